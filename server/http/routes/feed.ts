/** The feed over HTTP, for programs without socket.io: `rows` once, then `changes`, as server-sent events. */
import { filter as filterSchema, type Filter } from '#shared/kernel/filter.ts';
import { followRecords } from '#shared/protocol/api.ts';
import { invalid, notSignedIn, tooManyConnections } from '#shared/protocol/errors.ts';
import { recordType } from '#shared/modules/registry.ts';
import type { Actor, Identify } from '../../access/actor.ts';
import { may } from '../../access/policies.ts';
import { Counter } from '../../documents/limits.ts';
import type { Feed, Subscription } from '../../records/feed.ts';
import { EventStream } from '../events.ts';
import { invalidFrom } from '../problems.ts';
import { route, type Route } from '../route.ts';

export interface FeedRouteParts {
  feed: Feed;
  identify: Pick<Identify, 'onRevoked'>;
  /** Streams one person may have open. */
  connectionsPerUser: number;
  /** Aborted when the server stops: streams would keep it waiting. */
  signal: AbortSignal;
}

function filterFrom(text: string | undefined): Filter | undefined {
  if (text === undefined) return undefined;
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw invalid({ title: "The filter can't be read.", detail: 'It is JSON.', field: 'filter' });
  }
  const result = filterSchema.safeParse(parsed);
  if (!result.success) throw invalidFrom(result.error);
  return result.data;
}

export function feedRoutes({ feed, identify, connectionsPerUser, signal }: FeedRouteParts): Route[] {
  const connections = new Counter(connectionsPerUser);
  const open = new Map<EventStream, Actor>();
  /** Whose list is still being read, and whether they were shut out meanwhile. */
  const entering = new Set<{ actor: Actor; out: boolean }>();
  identify.onRevoked(
    (credential) => {
      for (const each of entering) each.out ||= each.actor.credential === credential;
      for (const [stream, actor] of open) if (actor.credential === credential) stream.end();
    },
    () => open.values()
  );
  signal.addEventListener('abort', () => {
    for (const stream of open.keys()) stream.end();
  });

  return [
    route({
      method: 'get',
      path: '/feed',
      summary:
        'Follow a list (text/event-stream): `rows` with the whole list, or nothing with `since`; then `changes`',
      tag: 'records',
      policy: ({ actor, query }) => {
        const type = typeof query['type'] === 'string' ? recordType(query['type']) : undefined;
        return type && may(actor, type, 'read') ? true : 'absent';
      },
      query: followRecords,
      handle: async ({ actor, query, request, response }) => {
        const { type, limit } = query;
        const filter = filterFrom(query.filter);
        // A browser that comes back says where it was; that is newer than what is in the address.
        const last = request.get('last-event-id');
        const since = last !== undefined && /^\d{1,15}$/.test(last) ? Number(last) : query.since;
        const user = `${actor.organization} ${actor.user}`;
        if (!connections.add(user)) throw tooManyConnections();
        let subscription: Subscription;
        const me = { actor, out: false };
        entering.add(me);
        try {
          subscription = await feed.subscribe(actor, { type, filter, limit, since });
          // Too far behind: the whole list replaces what the reader has.
          if ('reset' in subscription.answer)
            subscription = await feed.subscribe(actor, { type, filter, limit });
        } catch (error) {
          connections.remove(user);
          throw error;
        } finally {
          entering.delete(me);
        }
        // Gone while the list was read: nobody would ever tell that this stream is closed.
        if (response.closed || me.out) {
          subscription.stop();
          connections.remove(user);
          if (me.out) throw notSignedIn();
          return;
        }
        const stream = new EventStream(response, () => {
          subscription.stop();
          connections.remove(user);
          open.delete(stream);
        });
        open.set(stream, actor);
        const { answer } = subscription;
        if ('rows' in answer) stream.send('rows', answer.position, answer);
        else if ('changes' in answer) stream.send('changes', answer.position, answer);
        subscription.start((changes, position) => stream.send('changes', position, { position, changes }));
      }
    })
  ];
}

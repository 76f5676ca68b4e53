/** The `/feed` namespace of socket.io: carries the feed and presence as `shared/protocol/feed.ts` says. */
import type { Namespace, Server, Socket } from 'socket.io';
import { FEED_VERSION, feedRequest, type FeedNotice } from '#shared/protocol/feed.ts';
import {
  forbidden,
  notSignedIn,
  rubbish,
  tooMany,
  tooManyConnections,
  UmeError,
  type Problem
} from '#shared/protocol/errors.ts';
import type { z } from 'zod';
import type { Actor, Identify } from '../access/actor.ts';
import { mayConnect, type OriginSettings } from '../access/origin.ts';
import type { Config } from '../config.ts';
import { Counter, TokenBucket } from '../documents/limits.ts';
import type { Journal } from '../parts.ts';
import type { Feed, Subscription } from './feed.ts';
import { Places, type Presence } from './presence.ts';

/** Lists one connection may follow. */
const MAX_SUBSCRIPTIONS = 50;
/** Refused messages in a row after which a connection is closed. */
const MAX_REFUSED = 100;

export interface FeedSocketParts {
  feed: Feed;
  identify: Pick<Identify, 'fromRequest' | 'fromToken' | 'onRevoked' | 'onRenamed'>;
  journal: Pick<Journal, 'healthy' | 'onHealth'>;
  config: Pick<Config, 'UME_LIMIT_MESSAGES_PER_SECOND' | 'UME_LIMIT_CONNECTIONS_PER_USER'> & OriginSettings;
  log: { error(about: object, message: string): void };
}

type Request = z.output<typeof feedRequest>;
type Answer = (answer: object) => void;

const refusal = (problem: Problem): { ok: false; problem: Problem } => ({ ok: false, problem });

/** An error of a socket.io middleware: the client finds the problem in `error.data`. */
const refused = (error: UmeError): Error => Object.assign(new Error(error.message), { data: error.problem });

const unexpected = (): UmeError =>
  new UmeError({
    code: 'internal',
    status: 500,
    title: 'Something went wrong on our side.',
    detail: 'Try again in a moment.'
  });

/** One connection: its lists, its presence, and what it may use. */
class Listener {
  readonly #socket: Socket;
  readonly #actor: Actor;
  readonly #feed: Feed;
  readonly #places: Places;
  readonly #log: FeedSocketParts['log'];
  readonly #bucket: TokenBucket;
  readonly #presence: Presence;
  /** By the client's name; there from when it is asked for. */
  readonly #subscriptions = new Map<string, { stop: () => void }>();
  #refused = 0;

  constructor(socket: Socket, actor: Actor, places: Places, { feed, log, config }: FeedSocketParts) {
    this.#socket = socket;
    this.#actor = actor;
    this.#feed = feed;
    this.#places = places;
    this.#log = log;
    this.#bucket = new TokenBucket(config.UME_LIMIT_MESSAGES_PER_SECOND);
    this.#presence = {
      organization: actor.organization,
      person: { tab: socket.id, user: actor.user, name: actor.name },
      tell: (place, people) => this.notify({ v: 1, kind: 'presence', place, people })
    };
    // Every packet passes here, whatever event it claims to be.
    socket.use((packet) => this.#receive(packet));
    socket.on('disconnect', () => this.#leave());
  }

  notify(notice: FeedNotice): void {
    this.#socket.emit('message', notice);
  }

  /** Its person is called something else now. */
  rename(name: string): void {
    this.#presence.person.name = name;
    this.#places.renamed(this.#socket.id);
  }

  #leave(): void {
    this.#places.leave(this.#socket.id);
    for (const { stop } of this.#subscriptions.values()) stop();
    this.#subscriptions.clear();
  }

  #receive(packet: unknown[]): void {
    const last = packet.at(-1);
    const answer: Answer = typeof last === 'function' ? (last as Answer) : () => {};
    if (!this.#bucket.take()) {
      answer(refusal(tooMany().problem));
      if (++this.#refused >= MAX_REFUSED) this.#close(tooMany());
      return;
    }
    this.#refused = 0;
    const request = packet[0] === 'message' ? feedRequest.safeParse(packet[1]) : null;
    if (!request?.success || typeof last !== 'function') {
      const place = request?.error?.issues[0];
      const error = rubbish({
        detail: place
          ? `${place.path.join('.') || 'message'}: ${place.message}`
          : 'Send "message" and wait for its answer.'
      });
      answer(refusal(error.problem));
      this.#close(error);
      return;
    }
    this.#carryOut(request.data, answer).catch((error: unknown) => {
      if (!(error instanceof UmeError)) this.#log.error({ err: error }, 'a message of the feed failed');
      answer(refusal(error instanceof UmeError ? error.problem : unexpected().problem));
    });
  }

  #close(error: UmeError): void {
    this.notify({ v: 1, kind: 'refused', problem: error.problem });
    this.#socket.disconnect(true);
  }

  async #carryOut(request: Request, answer: Answer): Promise<void> {
    switch (request.kind) {
      case 'presence':
        this.#places.put(this.#presence, request.place, request.focus ?? null);
        answer({ ok: true });
        return;
      case 'unsubscribe':
        this.#drop(request.subscription);
        answer({ ok: true });
        return;
      case 'subscribe':
        return this.#subscribe(request, answer);
    }
  }

  #drop(name: string): void {
    this.#subscriptions.get(name)?.stop();
    this.#subscriptions.delete(name);
  }

  async #subscribe(
    { subscription: name, ...asked }: Extract<Request, { kind: 'subscribe' }>,
    answer: Answer
  ): Promise<void> {
    this.#drop(name);
    if (this.#subscriptions.size >= MAX_SUBSCRIPTIONS)
      throw tooMany({ title: 'Too many lists are open at once.', detail: 'Close some of them.' });
    let made: Subscription | null = null;
    let stopped = false;
    const mine = {
      stop: () => {
        stopped = true;
        made?.stop();
      }
    };
    this.#subscriptions.set(name, mine);
    const forget = () => {
      if (this.#subscriptions.get(name) === mine) this.#subscriptions.delete(name);
    };
    try {
      made = await this.#feed.subscribe(this.#actor, asked);
    } catch (error) {
      forget();
      throw error;
    }
    // Dropped, replaced or disconnected while the list was read.
    if (stopped) made.stop();
    answer({ ok: true, ...made.answer });
    if ('reset' in made.answer) return forget();
    if (stopped) return;
    made.start((changes, position) =>
      this.notify({ v: FEED_VERSION, kind: 'changes', subscription: name, position, changes })
    );
  }
}

/** Who is connecting. @throws {UmeError} where it may not. */
async function actorFor(socket: Socket, { identify, config }: FeedSocketParts): Promise<Actor> {
  const { headers, address, auth } = socket.handshake;
  const token: unknown = (auth as Record<string, unknown> | undefined)?.['token'];
  if (!mayConnect(headers, config))
    throw forbidden({ title: 'This connection does not come from a page of ume.' });
  const actor = await (typeof token === 'string'
    ? identify.fromToken(token)
    : identify.fromRequest({ cookie: headers.cookie, authorization: headers.authorization }, address));
  if (!actor) throw notSignedIn();
  return actor;
}

/** Who a socket that was let in belongs to. */
const actorOf = (socket: Socket): Actor => (socket.data as { actor: Actor }).actor;

/** Opens the namespace. @returns how to close it. */
export function openFeed(io: Server, parts: FeedSocketParts): () => void {
  const { identify, journal, config, log } = parts;
  const namespace: Namespace = io.of('/feed');
  const places = new Places();
  const connections = new Counter(config.UME_LIMIT_CONNECTIONS_PER_USER);
  /** Sockets by what they came with, from the moment it was found good. */
  const byCredential = new Map<string, Set<Socket>>();

  namespace.use((socket, next) => {
    actorFor(socket, parts).then(
      (actor) => {
        const key = `${actor.organization} ${actor.user}`;
        if (!connections.add(key)) return next(refused(tooManyConnections()));
        socket.data = { actor };
        const mine = byCredential.get(actor.credential) ?? new Set();
        byCredential.set(actor.credential, mine.add(socket));
        // `disconnect` comes only to those who got through; a connection that closes before that is let go here.
        const release = once(() => {
          connections.remove(key);
          mine.delete(socket);
          if (mine.size === 0) byCredential.delete(actor.credential);
        });
        socket.conn.once('close', release);
        socket.once('disconnect', release);
        if (socket.conn.readyState !== 'open') release();
        next();
      },
      (error: unknown) => {
        if (!(error instanceof UmeError)) log.error({ err: error }, 'somebody could not be identified');
        next(refused(error instanceof UmeError ? error : unexpected()));
      }
    );
  });

  namespace.on('connection', (socket) => {
    const { actor, revoked } = socket.data as { actor: Actor; revoked?: boolean };
    if (revoked) return void socket.disconnect(true);
    const listener = new Listener(socket, actor, places, parts);
    (socket.data as { listener?: Listener }).listener = listener;
    if (!journal.healthy) listener.notify({ v: 1, kind: 'storage', ok: false });
  });

  const stops = [
    identify.onRevoked(
      (credential) => {
        for (const socket of byCredential.get(credential) ?? []) {
          (socket.data as { revoked?: boolean }).revoked = true;
          socket.disconnect(true);
        }
      },
      () => [...byCredential.values()].flatMap((mine) => [...mine].map(actorOf))
    ),
    identify.onRenamed((user, name) => {
      for (const socket of namespace.sockets.values())
        if (actorOf(socket).user === user) (socket.data as { listener?: Listener }).listener?.rename(name);
    }),
    journal.onHealth(
      (ok) => void namespace.emit('message', { v: 1, kind: 'storage', ok } satisfies FeedNotice)
    )
  ];
  return () => {
    for (const stop of stops) stop();
    namespace.disconnectSockets(true);
    places.close();
    parts.feed.close();
  };
}

function once(act: () => void): () => void {
  let done = false;
  return () => {
    if (done) return;
    done = true;
    act();
  };
}

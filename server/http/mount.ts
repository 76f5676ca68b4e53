/** Carries declared routes out on an Express router: who is asking, who may, what is asked, then the answer. */
import { Router, type Request, type RequestHandler } from 'express';
import type { z } from 'zod';
import { forbidden, notFound, notSignedIn } from '#shared/protocol/errors.ts';
import { actorOf, type Identify, type Person } from '../access/actor.ts';
import { isFromHere } from './local.ts';
import { invalidFrom } from './problems.ts';
import type { Call, Route } from './route.ts';

/** `/records/{type}` in Express' words: `/records/:type`. */
const expressPath = (path: string): string => path.replaceAll(/\{([a-zA-Z]+)\}/g, ':$1');

/** The address a request came from, without IPv4's disguise as IPv6. */
export const addressOf = (request: Request): string => (request.ip ?? 'unknown').replace(/^::ffff:/, '');

function checked(schema: z.ZodType | undefined, value: unknown): unknown {
  if (!schema) return undefined;
  const result = schema.safeParse(value);
  if (!result.success) throw invalidFrom(result.error);
  return result.data;
}

/** What mounting needs to know of access. */
export interface Door extends Pick<Identify, 'personFrom'> {
  isOperator(token: string): boolean;
}

/** The header of the local control channel. */
export const OPERATOR_HEADER = 'x-ume-operator';

async function allow(route: Route, door: Door, person: Person | null, request: Request): Promise<void> {
  if (route.policy === 'public') return;
  if (route.policy === 'operator') {
    const token = request.get(OPERATOR_HEADER);
    if (token && isFromHere(request) && door.isOperator(token)) return;
    throw notSignedIn();
  }
  if (!person) throw notSignedIn();
  if (route.policy === 'person') return;
  const actor = actorOf(person);
  if (!actor)
    throw notSignedIn({
      title: 'You are in no organization yet.',
      detail: 'Found one, or open the invitation you were sent.'
    });
  const params = request.params as Record<string, string>;
  const answer = await route.policy({ actor, params, query: request.query });
  if (answer === 'absent') throw notFound();
  if (answer !== true) throw forbidden();
}

/** The handler of one declared route. */
export function handlerOf(route: Route, door: Door): RequestHandler {
  return async (request, response) => {
    const address = addressOf(request);
    const person = await door.personFrom(request.headers, address);
    await allow(route, door, person, request);
    const call = {
      actor: actorOf(person),
      person,
      params: request.params,
      query: checked(route.query, request.query),
      body: checked(route.body, request.body),
      address,
      request,
      response
    } as unknown as Call<never, string, unknown, unknown>;
    const answer = await route.handle(call);
    if (response.headersSent) return;
    // Answers speak of one person's rights: nobody on the way may keep them.
    if (!response.hasHeader('cache-control')) response.set('cache-control', 'no-store');
    if (answer === undefined) response.status(route.status ?? 204).end();
    else {
      // A handler may have chosen another status itself.
      if (response.statusCode === 200) response.status(route.status ?? 200);
      response.json(answer);
    }
  };
}

/** A router of declared routes. */
export function mount(routes: readonly Route[], door: Door): Router {
  const router = Router();
  for (const each of routes) router[each.method](expressPath(each.path), handlerOf(each, door));
  return router;
}

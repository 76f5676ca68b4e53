/**
 * A route, declared: what it takes, what it answers, who may, and what it does. `mount.ts` carries the declarations
 * out and `openapi.ts` describes them, so nothing is said twice and no route can forget to ask who may.
 */
import type { Request, Response } from 'express';
import type { z } from 'zod';
import type { Actor, Person } from '../access/actor.ts';

/** The names in a path: `/records/{type}/{id}` has `type` and `id`. */
export type PathParams<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? Name | PathParams<Rest>
  : never;

export interface Asked<Params extends string = string> {
  actor: Actor;
  params: Record<Params, string>;
  /** As it came: not validated yet, since who may is asked first. */
  query: Record<string, unknown>;
}

/**
 * Who may ask.
 * - `public`: anybody; `actor` and `person` are there when they are signed in.
 * - `person`: anybody signed in, even without an organization yet.
 * - `operator`: the command line on the server's own machine, by the token of the local control channel.
 * - a question to `access/policies`, asked before anything else happens: `true`, `false` (403), or `absent` (404, for
 *   what this actor may not even know of). Not signed in, or in no organization: 401.
 */
export type Policy<Params extends string = string> =
  | 'public'
  | 'person'
  | 'operator'
  | ((asked: Asked<Params>) => boolean | 'absent' | Promise<boolean | 'absent'>);

export interface Call<P, Params extends string, Query, Body> {
  actor: P extends string ? Actor | null : Actor;
  person: P extends 'public' | 'operator' ? Person | null : Person;
  params: Record<Params, string>;
  query: Query;
  body: Body;
  /** Where the request came from: an IP address, the proxy's word taken only with UME_TRUST_PROXY. */
  address: string;
  request: Request;
  /** For cookies, headers and streams. Whoever sends on it ends it, too; the answer is then not sent again. */
  response: Response;
}

type Input<S> = S extends z.ZodType ? z.output<S> : undefined;

interface Declared<Path extends string, P, B, Q, A> {
  method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** Under `/api/v1`, OpenAPI's way: `/records/{type}/{id}`. */
  path: Path;
  /** One line for the API's description. */
  summary: string;
  /** The heading it is listed under. */
  tag?: string;
  policy: P;
  body?: B;
  query?: Q;
  /** What it answers; where absent and nothing is returned, 204. */
  answer?: A;
  /** Status of success; 200 by default, 204 where nothing is returned. */
  status?: number;
}

export interface Route {
  method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  path: string;
  summary: string;
  tag?: string;
  policy: Policy;
  body?: z.ZodType;
  query?: z.ZodType;
  answer?: z.ZodType;
  status?: number;
  handle: (call: Call<never, string, unknown, unknown>) => unknown;
}

/**
 * Declares a route. The policy is asked first, then `query` and `body` are checked, then `handle` is called; what it
 * returns is sent as JSON. What it throws becomes a problem (RFC 9457).
 *
 * @example
 * route({
 *   method: 'get', path: '/records/{type}/{id}', summary: 'One record', answer: row,
 *   policy: ({ actor, params }) => mayOnType(actor, params.type, 'read'),
 *   handle: ({ actor, params }) => records.get(actor, params.type, params.id)
 * })
 */
export function route<
  const Path extends string,
  P extends Policy<PathParams<Path>>,
  B extends z.ZodType | undefined = undefined,
  Q extends z.ZodType | undefined = undefined,
  A extends z.ZodType | undefined = undefined
>(
  declared: Declared<Path, P, B, Q, A> & {
    handle: (
      call: Call<P, PathParams<Path>, Input<Q>, Input<B>>
    ) => A extends z.ZodType ? z.input<A> | Promise<z.input<A>> : unknown;
  }
): Route {
  return declared as unknown as Route;
}

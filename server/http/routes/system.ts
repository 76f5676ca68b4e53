/** What the server says of itself. */
import { collectDefaultMetrics, Registry } from 'prom-client';
import { z } from 'zod';
import { notSignedIn, forbidden } from '#shared/protocol/errors.ts';
import { isLocal } from '../local.ts';
import { openApiOf } from '../openapi.ts';
import { route, type Route } from '../route.ts';

/** What health tells, asked anew each time. */
export interface HealthSource {
  version: string;
  /** The storage engine: `url`, `mongod`, `download` or `embedded`. */
  engine(): string;
  /** Whether changes can be made durable at the moment. */
  storage(): boolean;
  /** Whether rooms have a video server: `ready`, or why not. */
  media(): string;
}

const health = z.object({
  ok: z.boolean(),
  version: z.string(),
  engine: z.string(),
  storage: z.object({ healthy: z.boolean() }),
  media: z.string()
});

/** A registry with Node's own numbers (memory, event loop, garbage) to which every part adds its own. */
export function createMetrics(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'ume_' });
  return registry;
}

export function systemRoutes(
  source: HealthSource,
  metrics: Registry,
  described: () => readonly Route[]
): Route[] {
  let document: unknown;
  return [
    route({
      method: 'get',
      path: '/health',
      tag: 'system',
      summary: 'Whether the server can do its work; 503 while changes cannot be saved',
      policy: 'public',
      answer: health,
      handle: ({ response }) => {
        const healthy = source.storage();
        if (!healthy) response.status(503);
        return {
          ok: healthy,
          version: source.version,
          engine: source.engine(),
          storage: { healthy },
          media: source.media()
        };
      }
    }),
    route({
      method: 'get',
      path: '/openapi.json',
      tag: 'system',
      summary: 'This description',
      policy: 'public',
      handle: () => (document ??= openApiOf(described(), source.version))
    }),
    route({
      method: 'get',
      path: '/metrics',
      tag: 'system',
      summary: "Numbers for Prometheus: for founders, and for the server's own machine",
      // On the machine itself nobody signs in, so the question is asked below.
      policy: 'public',
      handle: async ({ actor, request, response }) => {
        if (!isLocal(request)) {
          if (!actor) throw notSignedIn();
          if (actor.role !== 'founder') throw forbidden();
        }
        response.set('content-type', metrics.contentType).send(await metrics.metrics());
      }
    })
  ];
}

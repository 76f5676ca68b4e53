/** The HTTP side of the server: security headers, the API, then the pages. */
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import helmet from 'helmet';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { newId } from '#shared/kernel/ids.ts';
import { notFound } from '#shared/protocol/errors.ts';
import type { Access } from '../access/access.ts';
import { WaitError } from '../access/limits.ts';
import { refuseForeign } from '../access/origin.ts';
import type { Config } from '../config.ts';
import { mount } from './mount.ts';
import { problemBody, problemOf } from './problems.ts';
import { limitRequests } from './request-limit.ts';
import type { Route } from './route.ts';
import { adminRoutes } from './routes/admin.ts';
import { keyRoutes } from './routes/keys.ts';
import { memberRoutes } from './routes/members.ts';
import { organizationRoutes } from './routes/organizations.ts';
import { sessionRoutes } from './routes/session.ts';
import { createMetrics, systemRoutes, type HealthSource } from './routes/system.ts';

/** Largest body of an API request. Uploads have a way of their own. */
const BODY_LIMIT = '2mb';

export interface AppParts {
  config: Pick<Config, 'UME_URL' | 'UME_TRUST_PROXY' | 'UME_LIMIT_REQUESTS_PER_SECOND'>;
  log: Pick<Logger, 'debug' | 'error'>;
  access: Access;
  health: HealthSource;
  /** Routes of the other parts, such as records. */
  routes?: readonly Route[];
  metrics?: Registry;
  /** SvelteKit's handler; without it there are no pages. */
  kit?: RequestHandler;
}

/** Every route of the API, those of access and those handed in. */
export function allRoutes(
  parts: Omit<AppParts, 'kit' | 'log' | 'config'> & { config: Pick<Config, 'UME_URL'> }
): Route[] {
  const { access, config, health, metrics = createMetrics(), routes = [] } = parts;
  const all: Route[] = [
    ...sessionRoutes(access),
    ...organizationRoutes(access),
    ...memberRoutes(access, config.UME_URL),
    ...keyRoutes(access),
    ...routes,
    ...adminRoutes(access, config.UME_URL)
  ];
  all.push(...systemRoutes(health, metrics, () => all));
  return all;
}

/** Logs each request when it is answered: the route rather than the address, which may hold a token. */
const logged =
  (log: Pick<Logger, 'debug'>): RequestHandler =>
  (request, response, next) => {
    const begun = performance.now();
    response.on('finish', () => {
      const route = request.route as { path?: string } | undefined;
      log.debug(
        {
          method: request.method,
          route: route?.path ?? '-',
          status: response.statusCode,
          ms: Math.round(performance.now() - begun)
        },
        'request'
      );
    });
    next();
  };

/** Answers with a problem; what is our fault is logged under an id and says nothing else outside. */
const failed =
  (log: Pick<Logger, 'error'>): ErrorRequestHandler =>
  (error, request, response, next) => {
    if (response.headersSent) return next(error);
    let problem = problemOf(error);
    if (!problem) {
      const id = newId();
      log.error(
        { err: error as unknown, id, method: request.method, path: request.path },
        'a request failed'
      );
      problem = {
        code: 'internal',
        status: 500,
        title: 'Something went wrong on our side.',
        detail: `Try again. If it stays so, whoever runs ume finds the reason in the log under ${id}.`
      };
    }
    if (error instanceof WaitError) response.set('retry-after', String(error.seconds));
    response
      .status(problem.status)
      .set('cache-control', 'no-store')
      .type('application/problem+json')
      .send(JSON.stringify(problemBody(problem)));
  };

/** The whole Express app. Sockets are attached to the server beside it. */
export function createApp(parts: AppParts): Express {
  const { config, log, access, kit } = parts;
  const https = config.UME_URL?.startsWith('https:') ?? false;
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag'); // answers are personal and not to be kept; pages bring their own
  // One proxy: the address it saw itself is the last of the list, whatever the client put before it.
  app.set('trust proxy', config.UME_TRUST_PROXY ? 1 : false);

  const common = {
    referrerPolicy: { policy: 'same-origin' },
    strictTransportSecurity: https ? undefined : false,
    crossOriginOpenerPolicy: https ? undefined : false,
    originAgentCluster: https ? undefined : false
  } as const;

  const api = express.Router();
  api.use(
    helmet({
      ...common,
      contentSecurityPolicy: {
        useDefaults: false,
        directives: { 'default-src': ["'none'"], 'frame-ancestors': ["'none'"] }
      }
    })
  );
  api.use(logged(log));
  api.use((request, _response, next) => {
    const refusal = refuseForeign(request.method, request.headers, config);
    if (refusal) throw refusal;
    next();
  });
  // Before the body is read: what is refused costs next to nothing.
  api.use(limitRequests(access, config.UME_LIMIT_REQUESTS_PER_SECOND));
  api.use(express.json({ limit: BODY_LIMIT }));
  api.use('/v1', mount(allRoutes(parts), access));
  api.use(() => {
    throw notFound({ title: 'There is no such address.', detail: '/api/v1/openapi.json lists them all.' });
  });
  api.use(failed(log));
  app.use('/api', api);

  if (kit) {
    // SvelteKit sets the pages' content security policy itself, with its nonces.
    app.use(helmet({ ...common, contentSecurityPolicy: false, crossOriginEmbedderPolicy: false }));
    app.use((request, _response, next) => {
      // adapter-node assumes https unless told; hand it the truth.
      request.headers['x-forwarded-proto'] = request.protocol;
      next();
    }, kit);
  }
  app.use(() => {
    throw notFound();
  });
  app.use(failed(log));
  return app;
}

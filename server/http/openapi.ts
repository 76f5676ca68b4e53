/** The API's description (OpenAPI 3.1), made from the declared routes and their schemas. */
import { z } from 'zod';
import { createDocument, type ZodOpenApiObject } from 'zod-openapi';
import { problem } from '#shared/protocol/errors.ts';
import type { Route } from './route.ts';

const problems = {
  description: 'What was wrong and what would be right (RFC 9457)',
  content: { 'application/problem+json': { schema: problem.extend({ type: z.string() }) } }
};

function operationOf(route: Route) {
  const names = [...route.path.matchAll(/\{([a-zA-Z]+)\}/g)].map((match) => match[1]!);
  const path = z.object(Object.fromEntries(names.map((name) => [name, z.string()])));
  const status = String(route.status ?? (route.answer ? 200 : 204));
  return {
    summary: route.summary,
    tags: [route.tag ?? route.path.split('/')[1]!],
    ...(route.policy === 'public' ? { security: [] } : {}),
    ...(route.body ? { requestBody: { content: { 'application/json': { schema: route.body } } } } : {}),
    requestParams: {
      ...(names.length > 0 ? { path } : {}),
      ...(route.query ? { query: route.query as z.ZodObject } : {})
    },
    responses: {
      [status]: {
        description: 'Done',
        ...(route.answer ? { content: { 'application/json': { schema: route.answer } } } : {})
      },
      default: problems
    }
  };
}

/** The document at `GET /api/v1/openapi.json`. */
export function openApiOf(routes: readonly Route[], version: string): unknown {
  const paths: NonNullable<ZodOpenApiObject['paths']> = {};
  // The control channel is for our own command line.
  for (const each of routes.filter((one) => one.policy !== 'operator'))
    paths[each.path] = { ...paths[each.path], [each.method]: operationOf(each) };
  return createDocument({
    openapi: '3.1.0',
    info: { title: 'ume', version, description: 'Records, commands and people of an organization.' },
    servers: [{ url: '/api/v1' }],
    security: [{ key: [] }, { session: [] }],
    components: {
      securitySchemes: {
        key: { type: 'http', scheme: 'bearer', description: 'An API key' },
        session: { type: 'apiKey', in: 'cookie', name: 'ume.session_token' }
      }
    },
    paths
  });
}

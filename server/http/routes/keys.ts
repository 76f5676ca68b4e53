/** API keys. */
import { z } from 'zod';
import { createKey } from '#shared/protocol/api.ts';
import { apiKey, keyMade } from '#shared/protocol/identity.ts';
import type { Access } from '../../access/access.ts';
import { mayInOrganization } from '../../access/policies.ts';
import { route, type Route } from '../route.ts';

export const keyRoutes = ({ keys }: Access): Route[] => [
  route({
    method: 'post',
    path: '/keys',
    summary: 'Make an API key: shown once, acts as you, in this organization',
    policy: ({ actor }) => mayInOrganization(actor, 'keys:manage'),
    body: createKey,
    answer: keyMade,
    status: 201,
    handle: ({ actor, body }) => keys.create(actor, body)
  }),
  route({
    method: 'get',
    path: '/keys',
    summary: "Your API keys; a founder's list has everybody's",
    policy: ({ actor }) => mayInOrganization(actor, 'keys:manage'),
    answer: z.array(apiKey),
    handle: ({ actor }) => keys.list(actor)
  }),
  route({
    method: 'delete',
    path: '/keys/{id}',
    summary: 'Delete an API key, and those made with it; it is worth nothing at once',
    policy: ({ actor }) => mayInOrganization(actor, 'keys:manage'),
    handle: ({ actor, params }) => keys.remove(actor, params.id)
  })
];

/** Records over HTTP: declared routes that only connect the API's words with commands and queries. */
import { isRecordId } from '#shared/kernel/ids.ts';
import { recordType, recordTypes } from '#shared/modules/registry.ts';
import {
  createRecord,
  moveCommand,
  patchRecord,
  queryRecords,
  readHistory,
  searchRecords
} from '#shared/protocol/api.ts';
import { notFound } from '#shared/protocol/errors.ts';
import { historyEntry, moment, page, row, typeList } from '#shared/protocol/records.ts';
import { z } from 'zod';
import type { Actor } from '../../access/actor.ts';
import { may, type Action } from '../../access/policies.ts';
import type { Commands } from '../../records/commands.ts';
import type { History } from '../../records/history.ts';
import type { Queries } from '../../records/query.ts';
import { route, type Call, type Route } from '../route.ts';

export interface RecordParts {
  commands: Commands;
  queries: Queries;
  history: History;
}

const TAG = 'records';

/** Whether an actor may do something with records of the type in the path; absent where it may not even read them. */
const allows =
  (action: Action) =>
  ({ actor, params }: { actor: Actor; params: Record<'type', string> }): boolean | 'absent' => {
    const type = recordType(params.type);
    if (!type || !may(actor, type, 'read')) return 'absent';
    return may(actor, type, action);
  };

/** A record's id from the path: whole, or without its type. @throws {UmeError} notFound for anything else. */
function idOf({ type, id }: Record<'type' | 'id', string>): string {
  const whole = id.startsWith(`${type}/`) ? id : `${type}/${id}`;
  if (!isRecordId(whole)) throw notFound();
  return whole;
}

/** The caller's `Idempotency-Key` header: the same command sent again with it is carried out once. */
const keyOf = ({ request }: Pick<Call<never, string, unknown, unknown>, 'request'>): string | undefined =>
  request.get('idempotency-key');

export const recordRoutes = ({ commands, queries, history }: RecordParts): Route[] => [
  route({
    method: 'get',
    path: '/types',
    summary: 'Record types: fields, states, views, and what you may do',
    tag: TAG,
    policy: () => true,
    answer: typeList,
    handle: ({ actor }) => ({
      types: recordTypes()
        .filter((type) => may(actor, type, 'read'))
        .map((type) => ({
          ...type,
          may: {
            create: may(actor, type, 'create'),
            update: may(actor, type, 'update'),
            delete: may(actor, type, 'delete')
          }
        }))
    })
  }),
  route({
    method: 'post',
    path: '/records/{type}',
    summary: 'Create a record',
    tag: TAG,
    policy: allows('create'),
    body: createRecord,
    answer: row,
    status: 201,
    handle: (call) => commands.create(call.actor, call.params.type, call.body, keyOf(call))
  }),
  route({
    method: 'post',
    path: '/records/{type}/query',
    summary: 'Records that pass a filter, page by page',
    tag: TAG,
    policy: allows('read'),
    body: queryRecords.prefault({}),
    answer: page,
    handle: ({ actor, params, body }) => queries.query(actor, params.type, body)
  }),
  route({
    method: 'get',
    path: '/records/{type}/{id}',
    summary: 'One record',
    tag: TAG,
    policy: allows('read'),
    answer: row,
    handle: ({ actor, params }) => queries.get(actor, idOf(params))
  }),
  route({
    method: 'patch',
    path: '/records/{type}/{id}',
    summary: 'Change fields; text is merged into what others type',
    tag: TAG,
    policy: allows('update'),
    body: patchRecord,
    answer: row,
    handle: (call) => commands.patch(call.actor, idOf(call.params), call.body.fields, keyOf(call))
  }),
  route({
    method: 'delete',
    path: '/records/{type}/{id}',
    summary: 'Remove a record; the command restore brings it back',
    tag: TAG,
    policy: allows('delete'),
    handle: (call) => commands.remove(call.actor, idOf(call.params), keyOf(call))
  }),
  route({
    method: 'post',
    path: '/records/{type}/{id}/commands/move',
    summary: 'Move to a state, and a place among its neighbours there',
    tag: TAG,
    policy: allows('move'),
    body: moveCommand.prefault({}),
    answer: row,
    handle: (call) => commands.move(call.actor, idOf(call.params), call.body, keyOf(call))
  }),
  route({
    method: 'post',
    path: '/records/{type}/{id}/commands/restore',
    summary: 'Bring a removed record back',
    tag: TAG,
    policy: allows('delete'),
    answer: row,
    handle: (call) => commands.restore(call.actor, idOf(call.params), keyOf(call))
  }),
  route({
    method: 'get',
    path: '/records/{type}/{id}/history',
    summary: 'Who changed what, when and why, oldest first',
    tag: TAG,
    policy: allows('read'),
    query: readHistory,
    answer: z.object({ entries: z.array(historyEntry) }),
    handle: async ({ actor, params, query }) => ({
      entries: await history.history(actor, idOf(params), query)
    })
  }),
  route({
    method: 'get',
    path: '/records/{type}/{id}/history/{position}',
    summary: 'A record as it was after an entry of its history',
    tag: TAG,
    policy: allows('read'),
    answer: moment,
    handle: ({ actor, params }) => {
      const position = Number(params.position);
      if (!Number.isSafeInteger(position) || position < 0) throw notFound();
      return history.stateAt(actor, idOf(params), position);
    }
  }),
  route({
    method: 'post',
    path: '/search',
    summary: 'Records whose name or title contains words',
    tag: TAG,
    policy: () => true,
    body: searchRecords,
    answer: z.object({ rows: z.array(row) }),
    handle: async ({ actor, body }) => ({ rows: await queries.search(actor, body.text) })
  })
];

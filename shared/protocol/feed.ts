/**
 * The `/feed` namespace of socket.io: live lists and presence. Every client message is acknowledged with `{ok: true, …}`
 * or `{ok: false, problem}`. The client emits `message`, the server emits `message`.
 */
import { z } from 'zod';
import { filter } from '#shared/kernel/filter.ts';
import type { Row } from '#shared/kernel/row.ts';
import type { Problem } from './errors.ts';

export const FEED_VERSION = 1;

const subscription = z.string().min(1).max(64);
const id = z.string().max(120);

export const feedRequest = z.discriminatedUnion('kind', [
  /**
   * Follow the rows of a type that pass a filter. Without `since`: answered with all rows (at most `limit`) and a
   * position. With `since`: answered with what changed after it, or `reset: true` when that is too much to tell.
   */
  z.object({
    v: z.literal(FEED_VERSION),
    kind: z.literal('subscribe'),
    subscription,
    type: z.string().max(80),
    filter: filter.optional(),
    limit: z.number().int().min(1).max(5000).default(2000),
    since: z.number().int().nonnegative().optional()
  }),
  z.object({ v: z.literal(FEED_VERSION), kind: z.literal('unsubscribe'), subscription }),
  /** Where I am: a place (a space or a record), and what I look at there. `place: null` leaves. */
  z.object({
    v: z.literal(FEED_VERSION),
    kind: z.literal('presence'),
    place: id.nullable(),
    focus: id.nullable().optional()
  })
]);
export type FeedRequest = z.input<typeof feedRequest>;

/** A row that is now so, or an id that is no longer part of the list. */
export type FeedChange = { id: string; row: Row } | { id: string; gone: true };

export type SubscribeAnswer =
  | { ok: true; position: number; rows: Row[]; /** whether `limit` cut the list */ more: boolean }
  | { ok: true; position: number; changes: FeedChange[] }
  | { ok: true; reset: true }
  | { ok: false; problem: Problem };

export interface PresentPerson {
  /** One open tab. */
  tab: string;
  user: string;
  name: string;
  focus: string | null;
}

export type FeedNotice =
  /** In order of position; everything up to `position` is now told. */
  | { v: 1; kind: 'changes'; subscription: string; position: number; changes: FeedChange[] }
  /** The list can't be followed any more (too far behind, rights changed): subscribe anew. */
  | { v: 1; kind: 'reset'; subscription: string }
  /** Everybody at a place. */
  | { v: 1; kind: 'presence'; place: string; people: PresentPerson[] }
  /** The connection is closed now, and why: rubbish, or too much of it. */
  | { v: 1; kind: 'refused'; problem: Problem }
  /** Whether changes can be made durable at the moment. */
  | { v: 1; kind: 'storage'; ok: boolean };

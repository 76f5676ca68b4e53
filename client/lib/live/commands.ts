/** Commands given from lists, as they wait in the outbox. */
import type { Problem } from '#shared/protocol/errors.ts';

/** Where among its neighbours: right after one card and right before the next. */
export interface Place {
  after?: string;
  before?: string;
}

export type Command =
  | {
      kind: 'create';
      record: string;
      type: string;
      space: string | null;
      state: string | null;
      fields: Record<string, unknown>;
      place?: Place;
    }
  | { kind: 'move'; record: string; type: string; state: string | null; place: Place }
  | { kind: 'patch'; record: string; type: string; fields: Record<string, unknown> }
  | { kind: 'delete'; record: string; type: string }
  | { kind: 'restore'; record: string; type: string };

export type PendingStatus = 'waiting' | 'answered' | 'refused';

export interface Pending {
  /** Ordered by birth. */
  id: string;
  /** The idempotency key, where it isn't the id: sent twice under one key, a command is carried out once. */
  key?: string;
  command: Command;
  status: PendingStatus;
  /** When it was given; milliseconds since 1970. */
  at: number;
  /** Not sent before this instant: time to take it back. */
  notBefore?: number;
  /** Once answered: the journal position the answer includes. A list that has come this far shows it by itself. */
  position?: number;
  /** Once refused: why. */
  problem?: Problem;
}

/** The records a command speaks of besides its own: they must exist before it is sent. */
export const neighbours = (command: Command): string[] => {
  const place = command.kind === 'create' || command.kind === 'move' ? command.place : undefined;
  return [place?.after, place?.before].filter((each): each is string => each !== undefined);
};

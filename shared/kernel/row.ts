/**
 * A row: what lists, boards, search and the API read of a record. The server projects it from the record's
 * documents and the values it owns itself; nobody writes one by hand.
 */

/** What this reader may do with the record; travels with each row so that screens offer only what will work. */
export interface RowRights {
  update: boolean;
  delete: boolean;
  /** Names of the commands that would be carried out. */
  commands: string[];
}

export interface Row {
  /** `work.task/01J…` */
  id: string;
  type: string;
  /** Id of the space it lies in, where its type is `spaced`. */
  space: string | null;
  /** The lifecycle's state, where its type has one. Owned by the server. */
  state: string | null;
  /** Its place among its neighbours: a fractional index, compared as a string. Owned by the server. */
  rank: string;
  /** Validated values by field key. Rich text appears as plain text, a checklist as a list of its items. */
  fields: Record<string, unknown>;
  /** The journal position this row includes. */
  position: number;
  /** ISO 8601 instants, UTC. */
  createdAt: string;
  createdBy: string;
  updatedAt: string;
  updatedBy: string;
  may?: RowRights;
}

export interface ChecklistItem {
  id: string;
  text: string;
  done: boolean;
  rank: string;
}

/**
 * Names of records and of their documents.
 *
 * A record is `<type>/<ulid>`, its main document has the same name, and a section's document is
 * `<type>/<ulid>#<section>`. ULIDs sort by time of birth and carry 80 random bits, so they can't be guessed.
 */
import { monotonicFactory, ulid } from 'ulid';

const TYPE = '[a-z][a-z0-9]*\\.[a-z][a-z0-9-]*';
const ULID = '[0-9A-HJKMNP-TV-Z]{26}';
const RECORD = new RegExp(`^(${TYPE})/(${ULID})$`);
const DOCUMENT = new RegExp(`^((${TYPE})/${ULID})(?:#([a-z][a-z0-9-]{0,39}))?$`);

/** The section every record has: its document bears the record's own name. */
export const MAIN_SECTION = 'main';

export interface DocumentName {
  /** The record, `work.task/01J…`. */
  record: string;
  /** Its type, `work.task`. */
  type: string;
  section: string;
}

/** A new id, sortable by time and unguessable. */
export const newId = (now?: number): string => ulid(now);

/** A new record id of a type. */
export const newRecordId = (type: string, now?: number): string => `${type}/${ulid(now)}`;

/** Ids that keep their order even within one millisecond; for one process' own sequence of ids. */
export const orderedIds = (): (() => string) => monotonicFactory();

export const isRecordId = (value: unknown): value is string =>
  typeof value === 'string' && RECORD.test(value);

/** The type of a record id, or null where the id isn't one. */
export const typeOf = (id: string): string | null => RECORD.exec(id)?.[1] ?? null;

/** Reads a document's name; null where it isn't one. */
export function parseDocumentName(name: string): DocumentName | null {
  const match = DOCUMENT.exec(name);
  // One document has one name: under a second one it would be opened twice, and the copies would not know of each other.
  if (match?.[3] === MAIN_SECTION) return null;
  return match ? { record: match[1]!, type: match[2]!, section: match[3] ?? MAIN_SECTION } : null;
}

/** The name of a record's section's document. */
export const documentName = (record: string, section: string = MAIN_SECTION): string =>
  section === MAIN_SECTION ? record : `${record}#${section}`;

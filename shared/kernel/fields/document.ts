/**
 * A record's fields in its live document: how each kind is created, read, checked, written and put right.
 *
 * `getMap('fields')` holds plain values, a Y.Text under the key of a text and a Y.Map under that of a checklist; a rich
 * text is the XmlFragment named by its key. Only the server makes those containers, when the record is created or
 * mended: two clients that each made one would lose one of them with everything in it.
 */
import * as Y from 'yjs';
import { invalid, type Problem } from '../../protocol/errors.ts';
import type { Field, RecordType } from '../declare.ts';
import { MAIN_SECTION } from '../ids.ts';
import type { ChecklistItem } from '../row.ts';
import { valueOf, wrong, type Checked } from './checked.ts';
import { checkChecklist, mendedChecklist, readChecklist, writeChecklist } from './checklist.ts';
import { asOneLine, checkPlain, checkText } from './plain.ts';
import { checkRich, plainText, writeRich } from './rich.ts';
import { isText, onlyCharacters, writeText } from './text.ts';

/** The name of the Y.Map that holds a record's fields. */
export const FIELDS = 'fields';
/** Foreign keys named at most; all of them are removed. */
const MAX_UNKNOWN = 50;

export interface FieldProblem {
  field: string;
  problem: Problem;
}
export interface FieldsRead {
  /** Every field of the section that is sound: its value, null where a plain one is empty. */
  values: Record<string, unknown>;
  problems: FieldProblem[];
}

/** The fields whose values lie in a section's document. */
export const fieldsIn = (type: RecordType, section: string = MAIN_SECTION): Field[] =>
  type.fields.filter((each) => (each.section ?? MAIN_SECTION) === section);

/** Checks a value from outside for a field. Null empties it. */
export function checkField(field: Field, value: unknown): Checked {
  switch (field.kind) {
    case 'text':
      return value === null || value === undefined ? { value: '' } : checkText(field, value);
    case 'richText':
      return checkRich(field, value);
    case 'checklist':
      return checkChecklist(field, value);
    default:
      return checkPlain(field, value);
  }
}

/** What a field holds now, as a row shows it. */
export function readField(doc: Y.Doc, field: Field): Checked {
  if (field.kind === 'richText') return { value: plainText(doc.getXmlFragment(field.key)) };
  const value = doc.getMap(FIELDS).get(field.key);
  switch (field.kind) {
    case 'text':
      if (!isText(value) || !onlyCharacters(value))
        return wrong(field, `${field.label} must be co-edited text.`, 'Change the text that is there.');
      return checkText(field, value.toString());
    case 'checklist':
      return readChecklist(field, value);
    default:
      // A shared type or a binary where a plain value belongs is caught by the kind's own check.
      return value instanceof Y.AbstractType || value instanceof Y.Doc
        ? wrong(field, `${field.label} must be a plain value.`)
        : checkPlain(field, value);
  }
}

const same = (a: unknown, b: unknown): boolean => a === b || JSON.stringify(a) === JSON.stringify(b);

/** Puts a checked value in place, making its container where it is missing. Call it in a transaction. */
function put(doc: Y.Doc, field: Field, value: unknown): void {
  const fields = doc.getMap(FIELDS);
  const now = fields.get(field.key);
  switch (field.kind) {
    case 'richText':
      writeRich(doc.getXmlFragment(field.key), value as string);
      return;
    case 'text':
      if (isText(now)) writeText(now, value as string);
      else fields.set(field.key, new Y.Text(value as string));
      return;
    case 'checklist': {
      const map = now instanceof Y.Map ? (now as Y.Map<unknown>) : new Y.Map<unknown>();
      if (map !== now) fields.set(field.key, map);
      writeChecklist(map, value as ChecklistItem[]);
      return;
    }
    default:
      if (value === null) {
        if (fields.has(field.key)) fields.delete(field.key);
      } else if ('problem' in readField(doc, field) || !same(now, value)) {
        fields.set(field.key, value);
      }
  }
}

/**
 * Writes a field: text where it differs, a checklist item by item, so that what others do at the same time merges.
 * @throws {UmeError} invalid, with the field, where the value isn't allowed.
 */
export function writeField(doc: Y.Doc, field: Field, value: unknown): void {
  const checked = valueOf(checkField(field, value));
  doc.transact(() => put(doc, field, checked));
}

const isEmpty = (value: unknown): boolean =>
  value === null || (Array.isArray(value) && value.length === 0) || String(value).trim() === '';

/**
 * Checks values for a type's section: keys that exist there, and values their fields allow.
 * @throws {UmeError} invalid, with the field.
 */
export function checkFields(
  type: RecordType,
  given: Record<string, unknown>,
  section: string = MAIN_SECTION
): Map<Field, unknown> {
  const fields = new Map(fieldsIn(type, section).map((each) => [each.key, each]));
  const checked = new Map<Field, unknown>();
  for (const [key, value] of Object.entries(given)) {
    const field = fields.get(key);
    if (!field) throw invalid(unknown(type, key).problem);
    checked.set(field, valueOf(checkField(field, value)));
  }
  return checked;
}

/**
 * A section's document as a record begins with it: every container in place, texts trimmed.
 * @throws {UmeError} invalid, with the field: not declared, not allowed, or needed and empty.
 */
export function createDocument(
  type: RecordType,
  fields: Record<string, unknown>,
  section: string = MAIN_SECTION
): Y.Doc {
  const given = checkFields(type, fields, section);
  const doc = new Y.Doc();
  doc.transact(() => {
    for (const field of fieldsIn(type, section)) {
      let value = given.has(field) ? given.get(field) : valueOf(checkField(field, null));
      if (field.kind === 'text') value = (value as string).trim();
      if (field.required && isEmpty(value))
        throw invalid({ title: `${field.label} is needed.`, field: field.key });
      put(doc, field, value);
    }
  });
  return doc;
}

const unknown = (type: RecordType, key: string): FieldProblem => {
  const field = key.slice(0, 80);
  const { problem } = wrong(
    { key: field },
    `${type.label} has no field "${field}".`,
    `Its fields are: ${type.fields.map((each) => each.key).join(', ')}.`
  );
  return { field, problem };
};

/** Reads a section's fields. Never throws, whatever a client put there. */
export function readFields(type: RecordType, doc: Y.Doc, section: string = MAIN_SECTION): FieldsRead {
  const values: Record<string, unknown> = {};
  const problems: FieldProblem[] = [];
  const declared = fieldsIn(type, section);
  for (const field of declared) {
    const read = readField(doc, field);
    if ('problem' in read) problems.push({ field: field.key, problem: read.problem });
    else values[field.key] = read.value;
  }
  const keys = new Set(declared.filter((each) => each.kind !== 'richText').map((each) => each.key));
  let foreign = 0;
  for (const key of doc.getMap(FIELDS).keys()) {
    if (keys.has(key)) continue;
    if (++foreign > MAX_UNKNOWN) break;
    problems.push(unknown(type, key));
  }
  return { values, problems };
}

/** What a field is put right to: what is sound of what is there, else the last valid value, else its empty one. */
function mended(doc: Y.Doc, field: Field, last: unknown): unknown {
  const before = checkField(field, last);
  const fallback = 'value' in before ? before.value : valueOf(checkField(field, null));
  const now = doc.getMap(FIELDS).get(field.key);
  if (field.kind === 'checklist') return mendedChecklist(now, fallback as ChecklistItem[]);
  if (field.kind === 'text' && (typeof now === 'string' || isText(now))) {
    // A plain string where a text belongs, a pasted line break, an embedded object: what was typed is kept.
    const kept = checkText(field, asOneLine(now.toString()));
    if ('value' in kept) return kept.value;
  }
  return fallback;
}

/**
 * Puts right what `readFields` found: afterwards it finds nothing. Foreign keys are removed, containers of the wrong
 * kind are made anew.
 * @param lastValid the row's values before; used only where they are still allowed.
 */
export function repair(
  type: RecordType,
  doc: Y.Doc,
  problems: FieldProblem[],
  lastValid: Record<string, unknown>,
  section: string = MAIN_SECTION
): void {
  const declared = fieldsIn(type, section).filter((each) => each.kind !== 'richText');
  const broken = new Set(problems.map((each) => each.field));
  doc.transact(() => {
    const fields = doc.getMap(FIELDS);
    const keys = new Set(declared.map((each) => each.key));
    for (const key of [...fields.keys()]) if (!keys.has(key)) fields.delete(key);
    for (const field of declared) {
      if (broken.has(field.key)) put(doc, field, mended(doc, field, lastValid[field.key] ?? null));
    }
  });
}

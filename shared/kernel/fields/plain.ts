/** Checks of plain values: what each kind of field may hold, as it appears in a row. Null is the empty value of all. */
import type { Field } from '../declare.ts';
import { wrong, type Checked } from './checked.ts';

type Of<Kind extends Field['kind']> = Extract<Field, { kind: Kind }>;

/** Most values a multiple choice may hold, and the longest word in an open one (UTF-16 units). */
export const MAX_CHOICES = 50;
export const MAX_WORD = 40;
/** Most keys of a field of counts. */
export const MAX_COUNTS = 50;

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const MEMBER = /^[A-Za-z0-9_-]{1,64}$/;
const COUNT_KEY = /^[a-z][a-zA-Z0-9]{0,39}$/;
// Line breaks and control characters: what can't be part of one line of words.
// eslint-disable-next-line no-control-regex
const NOT_ONE_LINE = /[\u0000-\u0008\u000a-\u001f\u007f\u2028\u2029]/;

export const oneLine = (text: string): boolean => !NOT_ONE_LINE.test(text);
/** The same text on one line: each break or control character becomes a space. */
export const asOneLine = (text: string): string =>
  text.toWellFormed().replaceAll(new RegExp(NOT_ONE_LINE, 'g'), ' ');

/** Whether a string is a calendar day that exists, `2024-02-29`. */
export function isDay(value: string): boolean {
  if (!DAY.test(value)) return false;
  const at = new Date(`${value}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().slice(0, 10) === value;
}

export function checkText(field: Of<'text'>, value: unknown): Checked<string> {
  if (typeof value !== 'string') return wrong(field, `${field.label} must be text.`);
  if (value.length > field.max)
    return wrong(field, `${field.label} is too long.`, `It has room for ${field.max} characters.`);
  if (!oneLine(value)) return wrong(field, `${field.label} must be a single line.`);
  return { value: value.toWellFormed() };
}

function checkNumber(field: Of<'number'>, value: unknown): Checked<number> {
  if (typeof value !== 'number' || !Number.isFinite(value))
    return wrong(field, `${field.label} must be a number.`);
  if (field.min !== undefined && value < field.min)
    return wrong(field, `${field.label} is too small.`, `It must be at least ${field.min}.`);
  if (field.max !== undefined && value > field.max)
    return wrong(field, `${field.label} is too large.`, `It must be at most ${field.max}.`);
  return { value };
}

const checkBoolean = (field: Of<'boolean'>, value: unknown): Checked<boolean> =>
  typeof value === 'boolean' ? { value } : wrong(field, `${field.label} must be yes or no.`);

const checkDate = (field: Of<'date'>, value: unknown): Checked<string> =>
  typeof value === 'string' && isDay(value)
    ? { value }
    : wrong(field, `${field.label} must be a day that exists.`, 'Write it as 2026-11-20.');

const checkChoice = (field: Of<'choice'>, value: unknown): Checked<string> =>
  field.choices.some((each) => each.key === value)
    ? { value: value as string }
    : wrong(
        field,
        `${field.label} must be one of its choices.`,
        `They are: ${field.choices.map((each) => each.key).join(', ')}.`
      );

function checkChoices(field: Of<'choices'>, value: unknown): Checked<string[]> {
  if (!Array.isArray(value)) return wrong(field, `${field.label} must be a list.`);
  if (value.length > MAX_CHOICES)
    return wrong(field, `${field.label} has too many entries.`, `It has room for ${MAX_CHOICES}.`);
  const known = new Set(field.choices.map((each) => each.key));
  const kept = new Set<string>();
  for (const each of value) {
    if (typeof each !== 'string') return wrong(field, `${field.label} must be a list of words.`);
    if (kept.has(each)) return wrong(field, `${field.label} names the same twice.`);
    if (!known.has(each)) {
      if (!field.open)
        return wrong(
          field,
          `${field.label} must be some of its choices.`,
          `They are: ${[...known].join(', ')}.`
        );
      if (each.trim() === '' || each.length > MAX_WORD || !oneLine(each) || !each.isWellFormed())
        return wrong(field, `${field.label} must be short words.`, `Each has 1 to ${MAX_WORD} characters.`);
    }
    kept.add(each);
  }
  return { value: [...kept] };
}

const checkPerson = (field: Of<'person'>, value: unknown): Checked<string> =>
  typeof value === 'string' && MEMBER.test(value)
    ? { value }
    : wrong(field, `${field.label} must be a member.`, "Give the member's id.");

function checkCounts(field: Of<'counts'>, value: unknown): Checked<Record<string, number>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || ArrayBuffer.isView(value))
    return wrong(field, `${field.label} must be whole numbers by name.`);
  const kept: Record<string, number> = {};
  const entries = Object.entries(value);
  if (entries.length > MAX_COUNTS)
    return wrong(field, `${field.label} has too many entries.`, `It has room for ${MAX_COUNTS}.`);
  for (const [key, count] of entries) {
    if (!COUNT_KEY.test(key) || !Number.isInteger(count) || count < 0 || count > 1_000_000)
      return wrong(
        field,
        `${field.label} must be whole numbers by name.`,
        'Each is from 0 to 1,000,000, such as {"doing": 3}.'
      );
    kept[key] = count as number;
  }
  return { value: kept };
}

/** Checks a value of a kind that is kept as a plain value in the document. Null passes as the empty value. */
export function checkPlain(
  field: Exclude<Field, { kind: 'text' | 'richText' | 'checklist' }>,
  value: unknown
): Checked {
  if (value === null || value === undefined) return { value: null };
  switch (field.kind) {
    case 'number':
      return checkNumber(field, value);
    case 'boolean':
      return checkBoolean(field, value);
    case 'date':
      return checkDate(field, value);
    case 'choice':
      return checkChoice(field, value);
    case 'choices':
      return checkChoices(field, value);
    case 'person':
      return checkPerson(field, value);
    case 'counts':
      return checkCounts(field, value);
  }
}

/** Text that several people type in at once: a Y.Text, changed only where it differs. */
import * as Y from 'yjs';

const isHigh = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff;
const isLow = (unit: number): boolean => unit >= 0xdc00 && unit <= 0xdfff;

/** Whether an index lies between the two halves of one character. */
export const splitsCharacter = (text: string, index: number): boolean =>
  index > 0 && index < text.length && isHigh(text.charCodeAt(index - 1)) && isLow(text.charCodeAt(index));

/** A text cut to a number of UTF-16 units, never through a character. */
export const cut = (text: string, units: number): string =>
  text.length <= units ? text : text.slice(0, splitsCharacter(text, units) ? units - 1 : units);

export interface Splice {
  index: number;
  remove: number;
  insert: string;
}

/**
 * The one splice that turns a text into another, as small as common ends allow; null where they are equal. Its ends
 * never lie inside a surrogate pair, since Yjs would replace the halves.
 */
export function difference(from: string, to: string): Splice | null {
  if (from === to) return null;
  const shorter = Math.min(from.length, to.length);
  let start = 0;
  while (start < shorter && from.charCodeAt(start) === to.charCodeAt(start)) start++;
  while (start > 0 && (splitsCharacter(from, start) || splitsCharacter(to, start))) start--;
  let end = 0;
  while (
    end < shorter - start &&
    from.charCodeAt(from.length - 1 - end) === to.charCodeAt(to.length - 1 - end)
  )
    end++;
  while (end > 0 && (splitsCharacter(from, from.length - end) || splitsCharacter(to, to.length - end))) end--;
  return { index: start, remove: from.length - end - start, insert: to.slice(start, to.length - end) };
}

/** A text itself: a Y.XmlText is a Y.Text to `instanceof`, and no place for words. */
export const isText = (value: unknown): value is Y.Text =>
  value instanceof Y.Text && value.constructor === Y.Text;

/** Whether a text holds nothing but characters; embedded objects would shift every index. */
export const onlyCharacters = (text: Y.Text): boolean => text.length === text.toString().length;

/** Makes a Y.Text read as a text, leaving what both have in common, so that what others type there merges. */
export function writeText(text: Y.Text, to: string): void {
  if (!onlyCharacters(text)) text.delete(0, text.length);
  const splice = difference(text.toString(), to.toWellFormed());
  if (!splice) return;
  if (splice.remove > 0) text.delete(splice.index, splice.remove);
  if (splice.insert !== '') text.insert(splice.index, splice.insert);
}

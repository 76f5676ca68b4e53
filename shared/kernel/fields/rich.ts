/** Rich text: paragraphs in a Y.XmlFragment. Rows carry the beginning of its words. */
import * as Y from 'yjs';
import type { Field } from '../declare.ts';
import { wrong, type Checked } from './checked.ts';
import { cut } from './text.ts';

/** How much of a rich text a row carries, in UTF-16 units. */
export const EXCERPT = 280;
/** The longest plain text that may be written as rich text at once, in UTF-16 units. */
export const MAX_WRITTEN = 200_000;
/** Nodes visited for an excerpt: a document of a million empty, nested blocks must not stop the server. */
const MAX_NODES = 50_000;

/**
 * The words of a fragment up to a length, blocks and line breaks apart by one space. Walks the items themselves without
 * recursion, because what a client nests may be deeper than a call stack, and reads no further than it needs.
 */
export function plainText(fragment: Y.XmlFragment, units = EXCERPT): string {
  let words = '';
  let visited = 0;
  const add = (more: string) => {
    const flat = more.replaceAll(/\s+/g, ' ');
    words += words === '' || words.endsWith(' ') ? flat.trimStart() : flat;
  };
  // What is still to be read, the next last; null is the end of a block.
  const open: Array<Y.Item | null> = [fragment._start];
  while (open.length > 0 && words.length <= units && visited < MAX_NODES) {
    const item = open.pop()!;
    if (item === null) {
      add(' ');
      continue;
    }
    visited++;
    if (item.right) open.push(item.right);
    if (item.deleted) continue;
    const { content } = item;
    if (content instanceof Y.ContentString) {
      add(content.str.slice(0, units * 4));
    } else if (content instanceof Y.ContentType) {
      const inner = content.type;
      if (inner instanceof Y.XmlElement) {
        add(' ');
        open.push(null);
      }
      if ((inner instanceof Y.XmlElement || inner instanceof Y.XmlText) && inner._start)
        open.push(inner._start);
    }
  }
  return cut(words.toWellFormed(), units).trimEnd();
}

export function checkRich(field: Field, value: unknown): Checked<string> {
  if (value === null || value === undefined) return { value: '' };
  if (typeof value !== 'string') return wrong(field, `${field.label} must be text.`);
  if (value.length > MAX_WRITTEN)
    return wrong(
      field,
      `${field.label} is too long.`,
      `At most ${MAX_WRITTEN} characters are written at once.`
    );
  return { value: value.toWellFormed() };
}

/**
 * One paragraph a line, each with its text, empty ones too: two people's first keys land in the same text. Each would
 * make one of their own otherwise, and editors that join the two write letters twice.
 */
const paragraphs = (text: string): Y.XmlElement[] =>
  text.split(/\r\n|\r|\n/).map((line) => {
    const paragraph = new Y.XmlElement('paragraph');
    paragraph.insert(0, [new Y.XmlText(line)]);
    return paragraph;
  });

/** Replaces a rich text by plain paragraphs. Left alone where it reads the same already. */
export function writeRich(fragment: Y.XmlFragment, text: string): void {
  const flat = text.replaceAll(/\s+/g, ' ').trim();
  if (fragment.length > 0 && flat.length < EXCERPT && plainText(fragment, EXCERPT + 1) === flat) return;
  if (fragment.length > 0) fragment.delete(0, fragment.length);
  fragment.insert(0, paragraphs(text));
}

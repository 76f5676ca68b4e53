/** The words of one's own that the rows of a list use in their open choices, to offer them again. */
import type { RecordType } from '#shared/kernel/declare.ts';
import type { Row } from '#shared/kernel/row.ts';

export function wordsIn(type: RecordType, rows: Iterable<Row>): Record<string, string[]> {
  const open = type.fields.filter((each) => each.kind === 'choices' && each.open);
  const found = new Map(open.map((each) => [each.key, new Set<string>()]));
  for (const row of rows) {
    for (const [key, words] of found) {
      const value = row.fields[key];
      if (Array.isArray(value)) for (const word of value) if (typeof word === 'string') words.add(word);
    }
  }
  return Object.fromEntries([...found].map(([key, words]) => [key, [...words]]));
}

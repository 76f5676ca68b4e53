/** Carets in a line of text, told to others over awareness as places between letters rather than as numbers. */
import type { Awareness } from 'y-protocols/awareness';
import * as Y from 'yjs';

export interface Caret {
  client: number;
  name: string;
  color: string;
  index: number;
}

interface Told {
  field: string;
  head: unknown;
}

/** Tells where this person's caret is in a text; null when it is in none. */
export function tellCaret(awareness: Awareness, field: string, text: Y.Text, index: number | null): void {
  const before = (awareness.getLocalState() as { text?: Told } | null)?.text ?? null;
  if (index === null) {
    if (before?.field === field) awareness.setLocalStateField('text', null);
    return;
  }
  const head = Y.relativePositionToJSON(Y.createRelativePositionFromTypeIndex(text, index, -1));
  if (before?.field === field && JSON.stringify(before.head) === JSON.stringify(head)) return;
  awareness.setLocalStateField('text', { field, head });
}

/** Where the others' carets are in a text, first ones first. */
export function caretsIn(awareness: Awareness, field: string, text: Y.Text): Caret[] {
  const carets: Caret[] = [];
  for (const [client, state] of awareness.getStates()) {
    if (client === awareness.clientID) continue;
    const { text: told, user } = state as { text?: Told | null; user?: { name: string; color: string } };
    if (!told || told.field !== field || !user) continue;
    const place = Y.createAbsolutePositionFromRelativePosition(
      Y.createRelativePositionFromJSON(told.head),
      text.doc!
    );
    if (place && place.type === text)
      carets.push({ client, name: user.name, color: user.color, index: place.index });
  }
  return carets.sort((a, b) => a.index - b.index);
}

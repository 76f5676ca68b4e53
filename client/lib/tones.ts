import type { Tone } from '#shared/kernel/declare.ts';

export const TONES: readonly Tone[] = [
  'blue',
  'violet',
  'pink',
  'red',
  'orange',
  'amber',
  'green',
  'teal',
  'grey'
];

/** The class that makes `bg-tone-soft`, `text-tone`, `bg-tone-solid` and `border-tone-line` mean this tone. */
export const toneClass = (tone: Tone | null | undefined): string => `tone-${tone ?? 'grey'}`;

/** A tone that stays the same for one id, wherever it is drawn. Never grey: grey says "nothing special". */
export function toneOf(id: string): Tone {
  let hash = 0x811c9dc5;
  for (let i = 0; i < id.length; i++) hash = Math.imul(hash ^ id.charCodeAt(i), 0x01000193);
  return TONES[(hash >>> 0) % (TONES.length - 1)]!;
}

import type { Tone } from '#shared/kernel/declare.ts';
import { toneOf } from '#lib/tones.ts';

/** Whose data this browser is holding: everything kept on the device is filed under it. */
export interface Who {
  organization: string;
  user: string;
  name: string;
  /** `#rrggbb`: other forms are drawn transparent by the caret extension. */
  color: string;
}

/** Name of this person's own database, so that nothing leaks between two accounts in one browser. */
export const scopeOf = (who: Pick<Who, 'organization' | 'user'>): string =>
  `ume:${who.organization}:${who.user}`;

// The avatar's tone as a colour dark enough for white letters (4.5:1).
const COLORS: Record<Tone, string> = {
  blue: '#2a63c4',
  violet: '#7443c9',
  pink: '#b02a78',
  red: '#c0312b',
  orange: '#b04a0c',
  amber: '#8a5d00',
  green: '#1c7a3e',
  teal: '#0b7480',
  grey: '#62606a'
};

/** The colour of a person's caret: that of their avatar, the same everywhere. */
export const colorOf = (user: string): string => COLORS[toneOf(user)];

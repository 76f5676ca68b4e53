/** A hint while somebody chooses a password; what is allowed is the server's word (at least 10 characters). */
export interface Strength {
  /** 0 to 4 quarters of the bar. */
  score: 0 | 1 | 2 | 3 | 4;
  words: string;
}

const LEAST = 10;

/** How much a character adds: repeats and runs (aaaa, 1234, abcd) add next to nothing. */
function substance(password: string): number {
  let sum = 0;
  const seen = new Set<string>();
  let before = NaN;
  for (const char of password) {
    const code = char.codePointAt(0)!;
    const step = Math.abs(code - before);
    sum += step <= 1 ? 0.2 : seen.has(char) ? 0.6 : 1;
    seen.add(char);
    before = code;
  }
  return sum;
}

export function passwordStrength(password: string): Strength {
  if (password.length === 0)
    return { score: 0, words: `At least ${LEAST} characters. A few words are easy to keep in mind.` };
  const missing = LEAST - [...password].length;
  if (missing > 0)
    return { score: 1, words: `${missing} more ${missing === 1 ? 'character' : 'characters'}.` };
  const value = substance(password);
  if (value < 7) return { score: 1, words: 'Easy to guess. Mix in other words or signs.' };
  if (value < 11) return { score: 2, words: 'Fair. Longer is better.' };
  if (value < 15) return { score: 3, words: 'Good.' };
  return { score: 4, words: 'Strong.' };
}

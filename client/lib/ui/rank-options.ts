/** Folds case and accents, so that "curacao" finds Curaçao. */
const fold = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

/**
 * The options that fit what was typed: those that start with it, then those with a word that does, then the rest
 * that contain it; in each group in their own order.
 */
export function rankOptions<T extends { value: string; label: string; hint?: string }>(
  options: readonly T[],
  typed: string
): T[] {
  const wanted = fold(typed.trim());
  if (!wanted) return [...options];
  const score = (each: T): number => {
    const label = fold(each.label);
    if (fold(each.value) === wanted || label.startsWith(wanted)) return 0;
    if (label.split(/[\s/_(-]+/).some((word) => word.startsWith(wanted))) return 1;
    if (label.includes(wanted) || (each.hint && fold(each.hint).includes(wanted))) return 2;
    return 3;
  };
  return options
    .map((each, index) => ({ each, index, score: score(each) }))
    .filter((one) => one.score < 3)
    .sort((a, b) => a.score - b.score || a.index - b.index)
    .map((one) => one.each);
}

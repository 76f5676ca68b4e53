/** One or two letters for an avatar: of the first and the last word, by what people see as one character. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/).filter(Boolean);
  if (words.length === 0) return '?';
  const first = (word: string): string => {
    const { value } = new Intl.Segmenter().segment(word)[Symbol.iterator]().next();
    return (value?.segment ?? '').toUpperCase();
  };
  return words.length === 1 ? first(words[0]!) : first(words[0]!) + first(words.at(-1)!);
}

/** How a due day presses, and how it reads. */
export type DueTone = 'over' | 'today' | 'soon' | 'later';

const DAY_MS = 86_400_000;
const days = (from: string, to: string): number =>
  Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / DAY_MS);

/** Today where the person is, `2026-11-20`. */
export function todayHere(now: Date = new Date()): string {
  const two = (number: number) => String(number).padStart(2, '0');
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
}

/** What is finished presses no more. */
export function dueTone(due: string, today: string, closed: boolean): DueTone {
  const left = days(today, due);
  if (closed || left > 3) return 'later';
  return left < 0 ? 'over' : left === 0 ? 'today' : 'soon';
}

/** "Today", "Tomorrow", "Nov 24", with the year where it is another. */
export function dueWords(due: string, today: string, locale?: string): string {
  const left = days(today, due);
  if (left === 0) return 'Today';
  if (left === 1) return 'Tomorrow';
  if (left === -1) return 'Yesterday';
  return new Intl.DateTimeFormat(locale, {
    month: 'short',
    day: 'numeric',
    ...(due.slice(0, 4) !== today.slice(0, 4) && { year: 'numeric' }),
    timeZone: 'UTC'
  }).format(new Date(`${due}T00:00:00Z`));
}

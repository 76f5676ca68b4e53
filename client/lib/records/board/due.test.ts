import { describe, expect, it } from 'vitest';
import { dueTone, dueWords, todayHere } from './due.ts';

describe('a due day', () => {
  it('presses more the nearer it is, and not at all once the card is done', () => {
    const tones = ['2026-11-19', '2026-11-20', '2026-11-23', '2026-11-24'].map((day) =>
      dueTone(day, '2026-11-20', false)
    );
    expect(tones).toEqual(['over', 'today', 'soon', 'later']);
    expect(dueTone('2026-11-19', '2026-11-20', true)).toBe('later');
  });

  it('is said in words near today, and with its year in another', () => {
    expect(dueWords('2026-11-20', '2026-11-20')).toBe('Today');
    expect(dueWords('2026-11-21', '2026-11-20')).toBe('Tomorrow');
    expect(dueWords('2026-11-19', '2026-11-20')).toBe('Yesterday');
    expect(dueWords('2026-12-01', '2026-11-20', 'en')).toBe('Dec 1');
    expect(dueWords('2027-01-02', '2026-11-20', 'en')).toBe('Jan 2, 2027');
  });

  it('is counted by the calendar where the person is', () => {
    expect(todayHere(new Date(2026, 0, 5, 23, 59))).toBe('2026-01-05');
  });
});

import { describe, expect, it } from 'vitest';
import { History, type Step } from './history.ts';

const step = (label: string): Step => ({ label, again: [], back: [] });

describe('a board’s undo', () => {
  it('takes back the last thing first and does it again in order', () => {
    const history = new History();
    history.did(step('one'));
    history.did(step('two'));
    expect(history.undo()?.label).toBe('two');
    expect(history.undo()?.label).toBe('one');
    expect(history.undo()).toBeNull();
    expect(history.redo()?.label).toBe('one');
    expect(history.redo()?.label).toBe('two');
    expect(history.redo()).toBeNull();
  });

  it('forgets what was taken back once something new is done', () => {
    const history = new History();
    history.did(step('one'));
    history.undo();
    history.did(step('two'));
    expect(history.redo()).toBeNull();
  });

  it('does not take back twice', () => {
    const history = new History();
    const one = step('one');
    history.did(one);
    history.drop(one);
    expect(history.undo()).toBeNull();
  });

  it('remembers the last hundred', () => {
    const history = new History();
    for (let count = 0; count < 150; count++) history.did(step(String(count)));
    let steps = 0;
    while (history.undo()) steps++;
    expect(steps).toBe(100);
  });
});

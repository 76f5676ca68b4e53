import { describe, expect, it } from 'vitest';
import { saveState, type SaveFacts } from './save-state.ts';

const calm: SaveFacts = {
  connected: true,
  connecting: false,
  storage: true,
  edits: 0,
  marked: 0,
  commands: 0,
  refused: [],
  kept: true
};
const state = (over: Partial<SaveFacts>) => saveState({ ...calm, ...over });

describe('the save badge', () => {
  it('says saved only when nothing is open and the server is reached', () => {
    expect(state({}).kind).toBe('saved');
    expect(state({ edits: 1 }).kind).toBe('saving');
    expect(state({ commands: 2 }).kind).toBe('saving');
  });

  it('says "only on this device" for anything unsaved while the server is not reached', () => {
    expect(state({ connected: false, edits: 1 })).toMatchObject({
      kind: 'device',
      label: 'Only on this device'
    });
    expect(state({ connected: false, marked: 1 }).kind).toBe('device');
    expect(state({ connected: false, commands: 1 }).kind).toBe('device');
  });

  it('says so too while the server is reached but cannot make anything durable', () => {
    expect(state({ storage: false, edits: 1 }).kind).toBe('device');
    expect(state({ storage: false }).kind).toBe('offline');
  });

  it('says plainly offline when nothing is pending', () => {
    expect(state({ connected: false })).toMatchObject({ kind: 'offline', label: 'Offline' });
  });

  it('does not worry anybody in the first moments of a page', () => {
    expect(state({ connected: false, connecting: true }).kind).toBe('connecting');
    expect(state({ connected: false, connecting: true, marked: 1 }).kind).toBe('saving');
  });

  it('puts a refusal before everything else', () => {
    const problem = { code: 'forbidden', status: 403, title: 'You may not do that.' };
    expect(state({ refused: [problem], connected: false, edits: 1 })).toMatchObject({
      kind: 'refused',
      detail: 'You may not do that.'
    });
    expect(state({ refused: [problem, problem] }).label).toBe('2 not saved');
  });

  it('warns of leaving only where something would be lost', () => {
    expect(state({ edits: 1 }).atRisk).toBe(false);
    expect(state({ edits: 1, connected: false }).atRisk).toBe(false);
    expect(state({ kept: false }).atRisk).toBe(false);
    expect(state({ kept: false, commands: 1 })).toMatchObject({ atRisk: true });
    expect(state({ kept: false, commands: 1, connected: false }).label).toBe('Only in this tab');
  });
});

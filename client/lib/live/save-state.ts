/** What the badge says about people's work. It may be late, but it never claims more than the server has confirmed. */
import type { Problem } from '#shared/protocol/errors.ts';

export interface SaveFacts {
  /** The server is reached. */
  connected: boolean;
  /** Not reached yet, in the first moments of a page: neither good nor bad news. */
  connecting: boolean;
  /** The server can make changes durable. */
  storage: boolean;
  /** Open documents with edits the server has not confirmed. */
  edits: number;
  /** Documents with unconfirmed edits in this device's memory, open or not. */
  marked: number;
  /** Commands that wait for an answer. */
  commands: number;
  refused: readonly Problem[];
  /** Whether this device remembers things over a reload. */
  kept: boolean;
}

export type SaveKind = 'saved' | 'saving' | 'device' | 'offline' | 'connecting' | 'refused';

export interface SaveState {
  kind: SaveKind;
  label: string;
  detail: string;
  /** Closing the page now would lose something. */
  atRisk: boolean;
  /** How many things are not saved on the server. */
  unsaved: number;
}

const things = (count: number): string => (count === 1 ? '1 change' : `${count} changes`);

export function saveState(facts: SaveFacts): SaveState {
  const unsaved = Math.max(facts.edits, facts.marked) + facts.commands;
  const rest = { atRisk: unsaved > 0 && !facts.kept, unsaved };
  if (facts.refused.length > 0) {
    return {
      kind: 'refused',
      label: facts.refused.length === 1 ? 'Not saved' : `${facts.refused.length} not saved`,
      detail: facts.refused[0]!.title,
      ...rest
    };
  }
  if (unsaved > 0 && (!facts.storage || (!facts.connected && !facts.connecting))) {
    const why = facts.storage
      ? 'The workspace is not reached.'
      : 'The workspace can’t save anything at the moment.';
    return {
      kind: 'device',
      label: facts.kept ? 'Only on this device' : 'Only in this tab',
      detail: facts.kept
        ? `${why} ${things(unsaved)} will be saved there as soon as possible; you can close this page meanwhile.`
        : `${why} ${things(unsaved)} will be lost if you close this page: this browser keeps nothing.`,
      ...rest
    };
  }
  if (unsaved > 0) {
    return {
      kind: 'saving',
      label: 'Saving…',
      detail: `${things(unsaved)} on the way to the workspace.`,
      ...rest
    };
  }
  if (facts.connecting && !facts.connected)
    return { kind: 'connecting', label: 'Connecting…', detail: 'Looking for the workspace.', ...rest };
  if (!facts.connected) {
    return {
      kind: 'offline',
      label: 'Offline',
      detail: facts.kept
        ? 'You can go on: what you change is kept on this device and saved later.'
        : 'The workspace is not reached, and this browser keeps nothing: stay on this page while you work.',
      ...rest
    };
  }
  if (!facts.storage) {
    return {
      kind: 'offline',
      label: 'Saving is paused',
      detail: 'The workspace can’t save anything at the moment. What you change is kept and saved later.',
      ...rest
    };
  }
  return { kind: 'saved', label: 'Saved', detail: 'Everything you did is in the workspace.', ...rest };
}

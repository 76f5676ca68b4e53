/**
 * Binds a text control to a Y.Text: what is typed becomes the smallest change of the text, and what others type appears
 * without moving the caret from its letter. While an input method composes, nothing is changed under its hands.
 */
import type * as Y from 'yjs';
import { cut } from '#shared/kernel/fields/text.ts';
import { asOneLine } from '#shared/kernel/fields/plain.ts';
import { moved, rebased, typed, type Delta } from './splice.ts';

export interface TextBinding {
  end(): void;
}

export function bindText(
  control: HTMLTextAreaElement | HTMLInputElement,
  text: Y.Text,
  options: {
    /** Origin of what is typed, for undo. */
    origin: unknown;
    /** In UTF-16 units. */
    max: number;
    undo: Y.UndoManager;
    onChange?: () => void;
  }
): TextBinding {
  const { origin, max, undo, onChange } = options;
  let shown = text.toString();
  let composing = false;
  let writing = false;
  let missed: Delta[] = [];
  control.value = shown;

  const focused = () => control.ownerDocument.activeElement === control;

  function show(next: string, deltas: readonly Delta[], pushed = false): void {
    shown = next;
    if (control.value === next) return;
    if (!focused()) {
      control.value = next;
      return;
    }
    const follow = (place: number | null) =>
      deltas.reduce((at, delta) => moved(at, delta, pushed), place ?? next.length);
    const start = follow(control.selectionStart);
    const end = follow(control.selectionEnd);
    const direction = control.selectionDirection ?? 'none';
    control.value = next;
    control.setSelectionRange(start, end, direction);
  }

  function push(): void {
    const wanted = cut(asOneLine(control.value), max);
    const splice = typed(shown, wanted, control.selectionStart ?? wanted.length);
    if (splice) {
      const now = rebased(splice, missed);
      writing = true;
      text.doc!.transact(() => {
        if (now.remove > 0) text.delete(now.index, now.remove);
        if (now.insert) text.insert(now.index, now.insert);
      }, origin);
      writing = false;
    }
    const late = missed;
    missed = [];
    show(text.toString(), late);
    onChange?.();
  }

  const onText = (event: Y.YTextEvent) => {
    if (writing) return;
    const delta = event.delta as Delta;
    if (composing) missed.push(delta);
    // After one's own undo the caret belongs behind what came back.
    else show(text.toString(), [delta], event.transaction.origin === undo);
    onChange?.();
  };

  const listeners = new AbortController();
  const { signal } = listeners;
  control.addEventListener(
    'input',
    (event) => {
      if (!composing && !(event as InputEvent).isComposing) push();
    },
    { signal }
  );
  control.addEventListener('compositionstart', () => (composing = true), { signal });
  control.addEventListener(
    'compositionend',
    () => {
      composing = false;
      push();
    },
    { signal }
  );
  control.addEventListener(
    'beforeinput',
    (event) => {
      // The browser's own undo knows nothing of what others typed: ours does.
      const { inputType } = event as InputEvent;
      if (inputType !== 'historyUndo' && inputType !== 'historyRedo') return;
      event.preventDefault();
      if (inputType === 'historyUndo') undo.undo();
      else undo.redo();
    },
    { signal }
  );
  text.observe(onText);

  return {
    end() {
      listeners.abort();
      text.unobserve(onText);
    }
  };
}

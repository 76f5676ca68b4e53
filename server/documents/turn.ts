/**
 * The end of a turn of the event loop. What a turn brings in is handled first; then documents say what they have to say,
 * and last the sockets send what was written to them, each in one go. Framing and writing per message is what a fan-out
 * spends most of its time on.
 */
const speaking = new Set<() => void>();
const sending = new Set<() => void>();
let scheduled = false;

function schedule(): void {
  if (scheduled) return;
  scheduled = true;
  setImmediate(run);
}

function run(): void {
  for (const task of speaking) {
    speaking.delete(task);
    task();
  }
  scheduled = false;
  for (const task of sending) {
    sending.delete(task);
    task();
  }
}

/** Runs a task once at the end of this turn, however often it is asked for. */
export function speakAtEndOfTurn(task: () => void): void {
  speaking.add(task);
  schedule();
}

/** Runs a task once after everything that this turn still has to say. */
export function sendAtEndOfTurn(task: () => void): void {
  sending.add(task);
  schedule();
}

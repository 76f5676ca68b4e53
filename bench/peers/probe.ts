/**
 * Loaded into every server under test before its own code (`node --import`): answers questions that can't be answered
 * from outside, over the channel a parent has to its child. Costs the server nothing while nobody asks.
 */
import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';

/** What may be asked, and what comes back with the same `id`. */
export type Question =
  | { id: number; ask: 'usage' }
  | { id: number; ask: 'profile' }
  | { id: number; ask: 'profiled'; file: string };
export type Answer = { id: number; cpuMicros: number; rss: number; heap: number; external: number };

let session: Session | undefined;

async function answer(question: Question): Promise<void> {
  if (question.ask === 'profile') {
    session = new Session();
    session.connect();
    await session.post('Profiler.enable');
    await session.post('Profiler.setSamplingInterval', { interval: 500 });
    await session.post('Profiler.start');
  } else if (question.ask === 'profiled' && session) {
    const { profile } = await session.post('Profiler.stop');
    session.disconnect();
    session = undefined;
    writeFileSync(question.file, JSON.stringify(profile));
  }
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed, external, arrayBuffers } = process.memoryUsage();
  const reply: Answer = {
    id: question.id,
    cpuMicros: user + system,
    rss,
    heap: heapUsed,
    // What lies outside the heap, e.g. document states as bytes, is in one of the two by version.
    external: Math.max(external, arrayBuffers)
  };
  process.send?.(reply);
}

/** Collecting twice also frees what was only kept by finalizers. */
export const collect = (): void => {
  const gc = (globalThis as { gc?: () => void }).gc;
  gc?.();
  gc?.();
};

process.on('message', (message: Question | { id: number; ask: 'collect' }) => {
  if (message.ask === 'collect') {
    collect();
    void answer({ id: message.id, ask: 'usage' });
  } else if (typeof message.id === 'number') void answer(message);
});
// The channel must not keep a server alive that wants to stop, nor bring it down when the bench is gone.
process.channel?.unref();
process.on('disconnect', () => {});

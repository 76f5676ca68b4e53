/** Other processes: telling one from a later one with the same id, and ending it. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

/** A process as it can be written down and found again. */
export interface ProcessMark {
  pid: number;
  /** When it started, in whatever unit the system has. */
  started: string;
}

/** The mark of a living process; undefined when there is none of that id (a zombie counts as none). */
export function markOf(pid: number): ProcessMark | undefined {
  if (existsSync('/proc/self/stat')) {
    try {
      // The name in parentheses may contain anything; the fields after it start with the state.
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ');
      return fields[0] === 'Z' ? undefined : { pid, started: fields[19] ?? '' };
    } catch {
      return undefined;
    }
  }
  try {
    const started = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    return started ? { pid, started } : undefined;
  } catch {
    return undefined;
  }
}

/** Whether this very process still runs. */
export function isAlive(mark: ProcessMark): boolean {
  return markOf(mark.pid)?.started === mark.started;
}

/** Asks a process to end, and makes it after `patience` milliseconds. Resolves once it is gone. */
export async function endProcess(mark: ProcessMark, patience: number): Promise<void> {
  for (const [signal, time] of [
    ['SIGTERM', patience],
    ['SIGKILL', 5_000]
  ] as const) {
    if (!isAlive(mark)) return;
    try {
      process.kill(mark.pid, signal);
    } catch {
      return; // gone in between
    }
    for (const end = Date.now() + time; Date.now() < end && isAlive(mark);) await wait(50);
  }
}

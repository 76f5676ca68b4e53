/**
 * The processes a bench has started, so that none outlives it: not when it ends, fails, or is stopped with Ctrl+C.
 * Only processes started here are ever signalled, each by its id.
 */
import { readdirSync, readFileSync } from 'node:fs';

const alive = new Set<number>();
/** Things to undo at the end besides processes: temporary folders. Must be synchronous. */
const undoings = new Set<() => void>();

export function remember(pid: number): void {
  alive.add(pid);
}

export function forget(pid: number): void {
  alive.delete(pid);
}

export function atEnd(undo: () => void): void {
  undoings.add(undo);
}

/** A signal to one process; false when there is none of that id any more. */
export function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    process.kill(pid, name);
    return true;
  } catch {
    return false;
  }
}

/** Every process below `pid`, nearest first (Linux: read from /proc). */
export function descendants(pid: number): number[] {
  const childrenOf = new Map<number, number[]>();
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const parent = Number(statFields(Number(entry))?.[1]);
    if (!childrenOf.has(parent)) childrenOf.set(parent, []);
    childrenOf.get(parent)!.push(Number(entry));
  }
  const found: number[] = [];
  for (const queue = [pid]; queue.length > 0;) {
    const children = childrenOf.get(queue.shift()!) ?? [];
    found.push(...children);
    queue.push(...children);
  }
  return found;
}

/** CPU time a process has used, µs, to the 10 ms the kernel tells; 0 when it is gone. */
export function cpuMicros(pid: number): number {
  const fields = statFields(pid);
  return fields ? (Number(fields[11]) + Number(fields[12])) * 10_000 : 0;
}

/** Memory a process holds, bytes; 0 when it is gone. */
export function residentBytes(pid: number): number {
  try {
    const kilobytes = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Number(kilobytes ?? 0) * 1024;
  } catch {
    return 0;
  }
}

/**
 * Kills what works on a folder of ours, by its command line: a database engine whose server has gone first is nobody's
 * descendant any more. The folder's name must be one that was made up for this run.
 */
export function endUsersOf(folder: string): void {
  for (const entry of readdirSync('/proc')) {
    const pid = Number(entry);
    if (!/^\d+$/.test(entry) || pid === process.pid) continue;
    try {
      if (readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`${folder}/`)) signal(pid, 'SIGKILL');
    } catch {
      // gone meanwhile
    }
  }
}

/** The fields of /proc/<pid>/stat after the command's name, which may itself hold blanks and brackets. */
function statFields(pid: number): string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}

process.on('exit', () => {
  for (const pid of alive) {
    for (const below of descendants(pid)) signal(below, 'SIGKILL');
    signal(pid, 'SIGKILL');
  }
  for (const undo of undoings) undo();
});
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(name, () => process.exit(130));
}

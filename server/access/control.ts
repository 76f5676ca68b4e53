/**
 * How the command line reaches a running server: a file in the data folder, readable by the server's user only, names
 * its address and a token that opens `/api/v1/admin`. Whoever can read that file could read the database, too.
 */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { readPrivate, writePrivate } from './keyfile.ts';

export interface Control {
  /** The server's address on this machine. */
  url: string;
  pid: number;
  token: string;
}

const fileIn = (dataFolder: string): string => join(dataFolder, 'server.json');

export const writeControl = (dataFolder: string, control: Control): Promise<void> =>
  writePrivate(fileIn(dataFolder), JSON.stringify(control));

/** The running server of a data folder; null where none is running. */
export async function readControl(dataFolder: string): Promise<Control | null> {
  const text = await readPrivate(fileIn(dataFolder));
  if (!text) return null;
  const control = JSON.parse(text) as Control;
  return alive(control.pid) ? control : null;
}

/** At the end: only the process' own file, not that of one that started meanwhile. */
export function removeControl(dataFolder: string): void {
  try {
    const { pid } = JSON.parse(readFileSync(fileIn(dataFolder), 'utf8')) as Control;
    if (pid === process.pid) rmSync(fileIn(dataFolder), { force: true });
  } catch {
    // There is none: nothing to remove.
  }
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

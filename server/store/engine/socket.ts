/** Where an engine of ours listens: a socket file that only this user can reach, and no TCP port at all. */
import { createHash } from 'node:crypto';
import { chmodSync, lstatSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EngineError } from './errors.ts';

/** A socket's path must fit in `sockaddr_un`: 107 bytes on Linux, 103 on macOS. */
const LONGEST = 100;

/** A folder for the socket, mode 0700: in the data folder, or in the system's where that path is too long. */
export function socketPath(data: string): string {
  const near = join(data, 'run', 'engine.sock');
  if (Buffer.byteLength(near) <= LONGEST) return inPrivateFolder(join(data, 'run'), near);
  const name = createHash('sha256').update(data).digest('hex').slice(0, 12);
  const folder = join(process.env.XDG_RUNTIME_DIR || tmpdir(), `ume-${process.getuid?.() ?? 0}-${name}`);
  return inPrivateFolder(folder, join(folder, 'engine.sock'));
}

export function socketUrl(path: string): string {
  return `mongodb://${encodeURIComponent(path)}/`;
}

// Somebody else could have made a folder of that name in a shared place before us.
function inPrivateFolder(folder: string, path: string): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const is = lstatSync(folder);
  if (!is.isDirectory() || is.uid !== process.getuid?.()) {
    throw new EngineError(`${folder} should be a folder of this user's; remove it and start again.`);
  }
  chmodSync(folder, 0o700);
  return path;
}

/**
 * Brings a backup back, into an empty store only. It is read twice: once to check every sum, and, only where all is
 * well, again to write. Organizations come last: until then nobody sees anything, and a restore that was cut short looks
 * like a server that waits for its set-up.
 */
import { chmod, mkdir, open, rename } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import { BSON } from 'mongodb';
import type { Document } from 'mongodb';
import type { Connection } from 'mongoose';
import { database } from '../../store/connection.ts';
import { ArchiveError, readArchive } from './archive.ts';

const { EJSON } = BSON;
const BATCH_DOCUMENTS = 500;
const BATCH_BYTES = 8 * 1024 * 1024;
/** What tells that a store is in use. */
const TELLING = ['journal', 'organizations', 'users', 'memberships'];
const LAST = 'organizations';

/** What is written at the moment. */
interface Part {
  write(line: string): Promise<void>;
  close(): Promise<void>;
}

export interface Restored {
  collections: Record<string, number>;
  files: number;
  /** When the backup was made, ISO 8601. */
  at: string;
}

/** @throws {ArchiveError} where something is there already. */
export async function ensureEmpty(connection: Connection): Promise<void> {
  for (const name of TELLING) {
    if (
      await database(connection)
        .collection(name)
        .findOne({}, { projection: { _id: 1 } })
    )
      throw new ArchiveError(
        'There is data here already, and a backup is only restored where there is none. Choose another data folder ' +
          '(--data DIR) or, with MONGODB_URL, another database.'
      );
  }
}

/** Where a file of the archive belongs; it must not leave the data folder, whatever its name says. */
export function placeOf(data: string, name: string): string {
  const clean = normalize(name);
  if (!/^(keys|files)\//.test(clean) || clean.includes('..') || clean.includes('\0'))
    throw new ArchiveError(
      `This backup names a file that is none of its own: ${name}. Nothing more was restored.`
    );
  return join(data, clean);
}

/** Checks every sum of an archive. @throws {ArchiveError} */
export async function verify(file: string): Promise<void> {
  for await (const _piece of readArchive(file));
}

/** Writes what an archive holds that was verified. @throws {ArchiveError} */
export async function restore(connection: Connection, data: string, file: string): Promise<Restored> {
  await ensureEmpty(connection);
  const db = database(connection);
  const restored: Restored = { collections: {}, files: 0, at: '' };

  let batch: Document[] = [];
  let bytes = 0;
  async function flush(name: string): Promise<void> {
    if (batch.length > 0) await db.collection(name).insertMany(batch, { ordered: true });
    batch = [];
    bytes = 0;
  }
  async function documents(name: string, line: string): Promise<void> {
    batch.push(EJSON.parse(line, { relaxed: false }) as Document);
    bytes += line.length;
    if (batch.length >= BATCH_DOCUMENTS || bytes >= BATCH_BYTES) await flush(name);
  }

  const late: string[] = [];
  let into: Part | null = null;
  for await (const piece of readArchive(file)) {
    if (piece.kind === 'header') restored.at = piece.header.at;
    else if (piece.kind === 'open') {
      const { open: kind, name, mode } = piece.opened;
      if (kind === 'file') into = await writeFile(placeOf(data, name), mode ?? 0o600);
      else if (name === LAST) into = { write: async (line) => void late.push(line), close: async () => {} };
      else into = { write: (line) => documents(name, line), close: () => flush(name) };
      if (kind === 'file') restored.files += 1;
      else restored.collections[name] = 0;
    } else if (piece.kind === 'line') await into?.write(piece.line);
    else if (piece.kind === 'close') {
      await into?.close();
      if (piece.name in restored.collections) restored.collections[piece.name] = piece.count;
    }
  }
  for (const line of late) await documents(LAST, line);
  await flush(LAST);
  return restored;
}

/** A file that is there whole or not at all. */
async function writeFile(path: string, mode: number): Promise<Part> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const aside = `${path}.restoring`;
  const handle = await open(aside, 'w', mode);
  return {
    write: async (line: string) => {
      await handle.write(Buffer.from(line, 'base64'));
    },
    close: async () => {
      await handle.sync();
      await handle.close();
      await chmod(aside, mode);
      await rename(aside, path);
    }
  };
}

/**
 * Writes everything that cannot be rebuilt into an archive, also while the server runs and people edit.
 *
 * What makes it consistent is the order. First come people and organizations, then the journal up to where it ended
 * after that; the journal is only ever appended to, so that part never changes while it is read. An organization in the
 * archive therefore always finds its records there; what came later is not part of the backup. Rows are left out:
 * they are made from the journal. So are sessions: people sign in anew after a restore.
 */
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { BSON } from 'mongodb';
import type { Connection } from 'mongoose';
import { database } from '../../store/connection.ts';
import { ArchiveWriter } from './archive.ts';

const { EJSON } = BSON;

/** Written after the rest, and only up to a position. */
const JOURNAL = 'journal';
const SNAPSHOTS = 'snapshots';
/** Made from the journal, or worth nothing elsewhere. */
const LEFT_OUT = [/^rows\./, /^meta$/, /^sessions$/, /^verifications$/, /^setup$/, /^system\./];
/**
 * Read in the reverse of the order in which they come to be, so that whatever is in the archive finds there what it
 * refers to: an organization its founder's membership, a membership its person, a person their password.
 */
const FIRST = ['organizations', 'api_keys', 'invitations', 'memberships'];
const AFTER_ALL_OTHERS = ['users', 'credentials'];

/** The order in which collections are read; of those not named, `x.files` comes before the `x.chunks` it refers to. */
export function inOrder(names: string[]): string[] {
  const named = (list: string[]) => list.filter((name) => names.includes(name));
  const others = names.filter(
    (name) =>
      ![...FIRST, ...AFTER_ALL_OTHERS, JOURNAL, SNAPSHOTS].includes(name) &&
      !LEFT_OUT.some((pattern) => pattern.test(name))
  );
  return [...named(FIRST), ...others.sort().reverse(), ...named(AFTER_ALL_OTHERS)];
}

/** Folders of the data folder that belong to a backup; the database's own files do not. */
const FOLDERS = ['keys', 'files'];
/** Bytes of a file in one line. */
const PIECE = 48 * 1024;

export interface Dumped {
  file: string;
  /** Documents by collection. */
  collections: Record<string, number>;
  files: number;
  /** The journal's last position in it. */
  head: number;
}

/** Files under a folder, by their path in the data folder; names that begin with a dot are half-written. */
async function filesUnder(data: string, folder: string): Promise<string[]> {
  const found = await readdir(join(data, folder), { withFileTypes: true }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    }
  );
  const nested = await Promise.all(
    found
      .filter((each) => !each.name.startsWith('.'))
      .map((each) =>
        each.isDirectory()
          ? filesUnder(data, `${folder}/${each.name}`)
          : each.isFile()
            ? [`${folder}/${each.name}`]
            : []
      )
  );
  return nested.flat().sort();
}

/**
 * Writes a backup to a new file.
 * @throws when the file exists, or the disk is full: the caller removes what was written until then.
 */
export async function dump(connection: Connection, data: string, file: string): Promise<Dumped> {
  const db = database(connection);
  const archive = new ArchiveWriter(file);
  const collections: Record<string, number> = {};

  async function collection(name: string, filter: object = {}): Promise<void> {
    await archive.open({ open: 'collection', name });
    let count = 0;
    for await (const each of db.collection(name).find(filter).sort({ _id: 1 })) {
      await archive.line(EJSON.stringify(each, { relaxed: false }));
      count += 1;
    }
    await archive.close();
    collections[name] = count;
  }

  async function oneFile(name: string): Promise<void> {
    const { mode } = await stat(join(data, name));
    await archive.open({ open: 'file', name, mode: mode & 0o777 });
    for await (const chunk of createReadStream(join(data, name), { highWaterMark: PIECE }))
      await archive.line((chunk as Buffer).toString('base64'));
    await archive.close();
  }

  try {
    // What is created later has no place in it; what is deleted meanwhile is simply not found any more.
    const names = (await db.listCollections({}, { nameOnly: true }).toArray()).map((each) => each.name);
    await archive.header({ at: new Date().toISOString() });
    for (const name of inOrder(names)) await collection(name);
    const last = await db
      .collection<{ _id: number }>(JOURNAL)
      .find({}, { projection: { _id: 1 } })
      .sort({ _id: -1 })
      .limit(1)
      .next();
    const head = last?._id ?? 0;
    if (names.includes(JOURNAL)) await collection(JOURNAL, { _id: { $lte: head } });
    if (names.includes(SNAPSHOTS)) await collection(SNAPSHOTS, { position: { $lte: head } });
    const files = (await Promise.all(FOLDERS.map((folder) => filesUnder(data, folder)))).flat();
    for (const name of files) await oneFile(name);
    await archive.end();
    return { file, collections, files: files.length, head };
  } catch (error) {
    archive.abort();
    throw error;
  }
}

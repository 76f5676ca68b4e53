/** `./ume backup` and `./ume restore`. */
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Connection } from 'mongoose';
import type { Config } from '../../config.ts';
import { openStore } from '../../store/connection.ts';
import { runningEngine, startEngine } from '../../store/engine/engine.ts';
import { options, UsageError, type Command, type Given } from '../command.ts';
import { plainLog } from '../log.ts';
import { ArchiveError } from './archive.ts';
import { dump, type Dumped } from './dump.ts';
import { restore, verify, type Restored } from './restore.ts';

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false
  );

/** The file named either way: `./ume backup FILE` or `--to FILE`. */
function fileOf(given: Given, option: string): string {
  const [plain] = given.plain;
  const name = given.values[option] ?? plain;
  if (!name) throw new UsageError(`Which file? ./ume … --${option} FILE`);
  return resolve(name);
}

/** Opens the store: that of the running server, or with an engine of our own for as long as it takes. */
async function withStore<T>(config: Config, task: (connection: Connection) => Promise<T>): Promise<T> {
  const running = config.MONGODB_URL ? undefined : runningEngine(config.UME_DATA);
  const engine = running ? null : await startEngine(config, plainLog());
  try {
    const connection = await openStore(running?.url ?? engine!.url);
    try {
      return await task(connection);
    } finally {
      await connection.close();
    }
  } finally {
    await engine?.stop();
  }
}

export const backupCommand: Command = {
  name: 'backup',
  summary: 'Write everything the server keeps into one file, also while it runs',
  usage: '--to FILE [--data DIR] [--json]',
  help: `
  --to FILE    must not exist yet
  --data DIR   the data folder, default UME_DATA

The file holds people, organizations, the whole journal and the server's keys, with checksums; it reads the same
whatever database engine wrote it. Keep it as safe as the server itself: who has it can read everything.`,
  parse: options('backup --to FILE', ['to'], 1),
  run: async (given, config): Promise<Dumped> => {
    const file = fileOf(given, 'to');
    if (await exists(file)) throw new ArchiveError(`${file} exists already. Choose another name.`);
    await mkdir(dirname(file), { recursive: true });
    // Under its name only once it is whole.
    const aside = `${file}.part`;
    await rm(aside, { force: true });
    try {
      const dumped = await withStore(config, (connection) => dump(connection, config.UME_DATA, aside));
      await rename(aside, file);
      return { ...dumped, file };
    } catch (error) {
      await rm(aside, { force: true });
      throw error;
    }
  },
  words: (answer) => {
    const { file, collections, files, head } = answer as Dumped;
    const documents = Object.values(collections).reduce((sum, count) => sum + count, 0);
    return `${file}: ${documents} documents and ${files} files, up to journal position ${head}.`;
  }
};

export const restoreCommand: Command = {
  name: 'restore',
  summary: 'Bring a backup back, into an empty data folder',
  usage: '--from FILE [--data DIR] [--json]',
  help: `
  --from FILE  a file that ./ume backup wrote
  --data DIR   the data folder, default UME_DATA; nothing may be in it yet

Every checksum is verified before anything is written. Stop the server first; at its next start it makes lists and
boards anew from the journal, and people sign in again. Invitations and API keys are as they were at the backup.`,
  parse: options('restore --from FILE', ['from'], 1),
  run: async (given, config): Promise<Restored> => {
    const file = fileOf(given, 'from');
    if (runningEngine(config.UME_DATA))
      throw new ArchiveError(`A server is running on ${config.UME_DATA}. Stop it first.`);
    await verify(file);
    return withStore(config, (connection) => restore(connection, config.UME_DATA, file));
  },
  words: (answer) => {
    const { collections, files, at } = answer as Restored;
    const documents = Object.values(collections).reduce((sum, count) => sum + count, 0);
    return `Restored ${documents} documents and ${files} files from the backup of ${at}. Start the server: ./ume start`;
  }
};

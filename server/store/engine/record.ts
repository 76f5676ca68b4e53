/** `engine.json` in the data folder: which kind of engine made the files in `db/`. */
import { existsSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { EngineError } from './errors.ts';

const schema = z.object({
  kind: z.enum(['mongod', 'download', 'embedded']),
  /** For `download`: the version whose files these are. */
  version: z.string().optional(),
  since: z.string()
});
export type EngineRecord = z.infer<typeof schema>;

const pathOf = (data: string) => join(data, 'engine.json');
export const databaseFolder = (data: string) => join(data, 'db');

/**
 * The data folder's record; undefined where no engine has been chosen yet.
 * @throws {EngineError} when it is unreadable, or when there are database files but no record of whose they are.
 */
export function readRecord(data: string): EngineRecord | undefined {
  const path = pathOf(data);
  if (!existsSync(path)) {
    if (!isEmpty(databaseFolder(data))) {
      throw new EngineError(
        `${databaseFolder(data)} has database files, but ${path}, which names their engine, is missing. Put it back from a ` +
          `backup, or write it: {"kind": "embedded", "since": "unknown"} (or "mongod", or "download").`
      );
    }
    return undefined;
  }
  try {
    return schema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    throw new EngineError(
      `${path} can't be read. It should be like {"kind": "embedded", "since": "2026-01-01T00:00:00Z"}.`,
      { cause: error }
    );
  }
}

/** Writes the record in one piece. */
export function writeRecord(data: string, record: EngineRecord): void {
  const path = pathOf(data);
  writeFileSync(`${path}.new`, `${JSON.stringify(record, null, 2)}\n`);
  renameSync(`${path}.new`, path);
}

/** Takes back a choice that did not work out, before any data was written. */
export function forgetChoice(data: string): void {
  rmSync(pathOf(data), { force: true });
  rmSync(databaseFolder(data), { recursive: true, force: true });
}

function isEmpty(folder: string): boolean {
  return !existsSync(folder) || readdirSync(folder).length === 0;
}

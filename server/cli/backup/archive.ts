/**
 * The form of a backup: gzipped lines of JSON, whatever engine wrote or reads it.
 *
 *     {"ume":"backup","version":1,"at":…}
 *     {"open":"collection","name":"journal"}      then one document a line, as canonical EJSON
 *     {"close":"journal","count":…,"sha256":…}    over the lines of the part
 *     {"open":"file","name":"keys/auth","mode":384}   then its bytes in base64, a piece a line
 *     {"close":"keys/auth",…}
 *     {"end":true,"parts":…,"sha256":…}           over the closing lines
 *
 * A file that was cut short has no end, and one that was altered has a sum that differs: both are refused before
 * anything is restored.
 */
import { createHash, type Hash } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';

export const VERSION = 1;

/** A backup that cannot be read, or not be restored here. The message says what to do. */
export class ArchiveError extends Error {
  override name = 'ArchiveError';
}

export interface Header {
  ume: 'backup';
  version: number;
  /** ISO 8601, UTC. */
  at: string;
}

export interface Opened {
  open: 'collection' | 'file';
  name: string;
  /** Permission bits of a file. */
  mode?: number;
}

export type Piece =
  | { kind: 'header'; header: Header }
  | { kind: 'open'; opened: Opened }
  | { kind: 'line'; line: string }
  | { kind: 'close'; name: string; count: number }
  | { kind: 'end'; parts: number };

/** Writes an archive, part after part. */
export class ArchiveWriter {
  readonly #gzip: Writable;
  readonly #done: Promise<void>;
  readonly #whole = createHash('sha256');
  #part: { name: string; count: number; hash: Hash } | null = null;
  #parts = 0;

  /** @param path must not exist yet; only the owner may read what is written. */
  constructor(path: string) {
    const gzip = createGzip({ level: 6 });
    this.#gzip = gzip;
    this.#done = finished(gzip.pipe(createWriteStream(path, { mode: 0o600, flags: 'wx', flush: true })));
    this.#done.catch(() => gzip.destroy());
  }

  header(header: Omit<Header, 'ume' | 'version'>): Promise<void> {
    return this.#write(JSON.stringify({ ume: 'backup', version: VERSION, ...header }));
  }

  open(opened: Opened): Promise<void> {
    this.#part = { name: opened.name, count: 0, hash: createHash('sha256') };
    return this.#write(JSON.stringify(opened));
  }

  line(line: string): Promise<void> {
    const part = this.#part!;
    part.count += 1;
    part.hash.update(line).update('\n');
    return this.#write(line);
  }

  close(): Promise<void> {
    const { name, count, hash } = this.#part!;
    this.#part = null;
    this.#parts += 1;
    const closing = JSON.stringify({ close: name, count, sha256: hash.digest('hex') });
    this.#whole.update(closing).update('\n');
    return this.#write(closing);
  }

  /** Resolves once everything is on the disk. */
  async end(): Promise<{ parts: number }> {
    await this.#write(JSON.stringify({ end: true, parts: this.#parts, sha256: this.#whole.digest('hex') }));
    this.#gzip.end();
    await this.#done;
    return { parts: this.#parts };
  }

  /** Gives up. */
  abort(): void {
    this.#gzip.destroy();
  }

  async #write(line: string): Promise<void> {
    if (this.#gzip.write(`${line}\n`)) return;
    // A full disk ends the wait, too.
    await Promise.race([once(this.#gzip, 'drain'), this.#done]);
  }
}

/** The lines of a gzipped file, however long they are. */
async function* linesOf(path: string): AsyncGenerator<string> {
  const source = createReadStream(path);
  const gunzip = createGunzip();
  source.on('error', (error) => gunzip.destroy(error));
  let pieces: string[] = [];
  for await (const chunk of source.pipe(gunzip).setEncoding('utf8') as AsyncIterable<string>) {
    let from = 0;
    for (let at = chunk.indexOf('\n'); at !== -1; at = chunk.indexOf('\n', from)) {
      pieces.push(chunk.slice(from, at));
      yield pieces.join('');
      pieces = [];
      from = at + 1;
    }
    if (from < chunk.length) pieces.push(chunk.slice(from));
  }
  if (pieces.length > 0) throw damaged('it ends in the middle of a line');
}

const damaged = (how: string): ArchiveError =>
  new ArchiveError(`This backup is damaged: ${how}. Nothing was restored. Take another one.`);

/** Reads a line of our own; anything else is damage. */
function parsed(line: string): Record<string, unknown> {
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    throw damaged('a line of it cannot be read');
  }
}

/**
 * Reads an archive from its beginning to its end and checks every sum on the way. What comes before a failure may have
 * been altered, so: read it once to check, and again to restore.
 * @throws {ArchiveError} where it is not a backup, of another version, cut short, or altered.
 */
export async function* readArchive(path: string): AsyncGenerator<Piece> {
  const lines = linesOf(path);
  const whole = createHash('sha256');
  let state: 'start' | 'between' | 'ended' = 'start';
  let part: { name: string; count: number; hash: Hash } | null = null;
  let parts = 0;
  try {
    for await (const line of lines) {
      if (part && !line.startsWith('{"close":')) {
        part.count += 1;
        part.hash.update(line).update('\n');
        yield { kind: 'line', line };
        continue;
      }
      const said = parsed(line);
      if (state === 'ended') throw damaged('something follows its end');
      if (part) {
        const sum = part.hash.digest('hex');
        if (said['close'] !== part.name || said['count'] !== part.count || said['sha256'] !== sum)
          throw damaged(`its part "${part.name}" was altered`);
        whole.update(line).update('\n');
        parts += 1;
        yield { kind: 'close', name: part.name, count: part.count };
        part = null;
      } else if (state === 'start') {
        if (said['ume'] !== 'backup') throw new ArchiveError(`${path} is not a backup of ume.`);
        if (said['version'] !== VERSION)
          throw new ArchiveError(
            `This backup has form ${String(said['version'])}, and this ume reads form ${VERSION}: use the ume that made it, or a newer one.`
          );
        state = 'between';
        yield { kind: 'header', header: said as unknown as Header };
      } else if (typeof said['open'] === 'string' && typeof said['name'] === 'string') {
        part = { name: said['name'], count: 0, hash: createHash('sha256') };
        yield { kind: 'open', opened: said as unknown as Opened };
      } else if (said['end'] === true) {
        if (said['parts'] !== parts || said['sha256'] !== whole.digest('hex'))
          throw damaged('a part of it is missing');
        state = 'ended';
        yield { kind: 'end', parts };
      } else throw damaged('it has a line that means nothing');
    }
  } catch (error) {
    throw understood(error, path);
  }
  if (state !== 'ended') throw damaged('it was cut short');
}

/** Errors of the file system and of gzip in our words. */
function understood(error: unknown, path: string): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT') return new ArchiveError(`There is no file ${path}.`);
  if (code === 'Z_DATA_ERROR' && (error as Error).message.includes('incorrect header'))
    return new ArchiveError(`${path} is not a backup of ume.`);
  if (code?.startsWith('Z_')) return damaged('it cannot be unpacked');
  return error;
}

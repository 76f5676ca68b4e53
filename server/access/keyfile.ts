/** The server's own secret: made on first start, kept in a file that only the server's user may read. */
import { randomBytes } from 'node:crypto';
import { chmod, link, mkdir, readFile, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const read = async (path: string): Promise<string | null> => {
  try {
    const text = (await readFile(path, 'utf8')).trim();
    return text === '' ? null : text;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
};

/** Writes a file that only the owner may read. */
export async function writePrivate(path: string, text: string): Promise<void> {
  await writeFile(path, `${text}\n`, { mode: 0o600 });
  // The mode above counts only where the file is new.
  await chmod(path, 0o600);
}

/** Reads a file written by `writePrivate`; null where there is none. */
export const readPrivate = read;

/**
 * The secret in `UME_DATA/keys/<name>`, made where there is none yet. Two processes starting at once end up with one
 * secret: it is written aside and linked into place, which only the first can do.
 */
export async function ensureSecret(dataFolder: string, name: string): Promise<string> {
  const folder = join(dataFolder, 'keys');
  const path = join(folder, name);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const known = await read(path);
  if (known) return known;
  const aside = join(folder, `.${name}.${process.pid}.${randomBytes(4).toString('hex')}`);
  await writePrivate(aside, randomBytes(32).toString('hex'));
  try {
    await link(aside, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await unlink(aside);
  }
  const made = await read(path);
  if (!made)
    throw new Error(`${path} is empty. Restore it from a backup, or remove it: everybody signs in anew.`);
  return made;
}

/** Run by download.ts: `download-child.ts FOLDER [VERSION]`. Its last line is the answer, as JSON. */
import { chmodSync } from 'node:fs';

const [folder, version] = process.argv.slice(2);
// Settings of the downloader for other projects of this user are not for us.
for (const name of ['SYSTEM_BINARY', 'VERSION', 'DOWNLOAD_DIR', 'ARCHIVE_NAME'])
  delete process.env[`MONGOMS_${name}`];
process.env.MONGOMS_PREFER_GLOBAL_PATH = 'false';
const { MongoBinary } = await import('mongodb-memory-server-core');
const { DEFAULT_VERSION } = await import('mongodb-memory-server-core/lib/util/resolveConfig.js');

try {
  const wanted = version ?? DEFAULT_VERSION;
  const path = await MongoBinary.getPath({ downloadDir: folder, version: wanted });
  chmodSync(path, 0o755);
  process.stdout.write(`\n${JSON.stringify({ path, version: wanted })}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

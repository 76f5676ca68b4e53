/** Makes sure that the embedded engine is in the cache, for the tests. */
import { embeddedEngine } from '../../server/store/engine/embedded.ts';

const say = (message: string) => void process.stderr.write(`${message}\n`);
const result = await embeddedEngine(
  { UME_CACHE: process.env.UME_CACHE },
  { info: say, warn: say, error: say }
);
if ('missing' in result) {
  say(result.missing);
  process.exitCode = 1;
}

import { EngineError } from './errors.ts';
import type { EngineKind, OwnEngineKind } from './types.ts';

/** Best first: a server's own mongod, MongoDB's official build, the embedded engine. */
const CHAIN: OwnEngineKind[] = ['mongod', 'download', 'embedded'];

/**
 * Which engines to try, in order. The files of one kind are no good to another, so a data folder stays with the kind
 * that made it (`recorded`).
 * @throws {EngineError} when a setting asks for another kind than the one that made the data folder.
 */
export function enginesToTry(wish: {
  url?: string;
  forced: OwnEngineKind | 'auto';
  recorded?: OwnEngineKind;
}): EngineKind[] {
  if (wish.url) return ['url'];
  if (wish.recorded && wish.forced !== 'auto' && wish.forced !== wish.recorded) {
    throw new EngineError(
      `UME_ENGINE is "${wish.forced}", but this data folder was made by the "${wish.recorded}" engine, and the two cannot read ` +
        `each other's files. To move: run ./ume backup, start with another data folder and UME_ENGINE=${wish.forced}, and run ` +
        `./ume restore there. To go on as before: unset UME_ENGINE.`
    );
  }
  if (wish.recorded) return [wish.recorded];
  return wish.forced === 'auto' ? CHAIN : [wish.forced];
}

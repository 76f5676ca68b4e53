import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { EngineConfig } from './types.ts';

/** Where ume keeps what it fetched, for every checkout of this user; as `toolchain/cache.sh` has it. */
export function cacheFolder(config: Pick<EngineConfig, 'UME_CACHE'>): string {
  return resolve(config.UME_CACHE || join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'ume'));
}

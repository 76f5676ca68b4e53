/** For tests of the engine. Tests of what uses it take their database from `../testing.ts`. */
import type { EngineLog } from './types.ts';

export const quiet: EngineLog = { info: () => {}, warn: () => {}, error: () => {} };

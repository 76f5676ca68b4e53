/** Run by `./ume start` before the first start: fetches the engine while it says so in plain words. */
import { readConfig } from '../../config.ts';
import { prepareEngine } from './engine.ts';

const say = (message: string) => void process.stderr.write(`  ${message}\n`);
await prepareEngine(readConfig(process.env), { info: say, warn: say, error: say });

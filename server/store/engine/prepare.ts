/** Run by `./ume start` before the first start: fetches the engine while it says so in plain words. */
import { ConfigError, readConfig } from '../../config.ts';
import { EngineError, prepareEngine } from './engine.ts';

const say = (message: string) => void process.stderr.write(`${message}\n`);
try {
  await prepareEngine(readConfig(process.env), { info: say, warn: say, error: say });
} catch (error) {
  if (!(error instanceof EngineError || error instanceof ConfigError)) throw error;
  say(error.message);
  process.exitCode = 1;
}

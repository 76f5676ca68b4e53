/**
 * What tests need and takes long to have: begun all at once at low priority, waited for by the part that needs it.
 */
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '..', '..');
const logs = join(root, '.ume', 'log');

export type Need = 'worker' | 'chromium' | 'engine' | 'mongod';

const commands: Record<Need, { what: string; run: string[] }> = {
  worker: { what: 'the video worker', run: ['sh', 'toolchain/worker/obtain.sh'] },
  chromium: { what: 'Chromium', run: ['sh', 'toolchain/chromium.sh'] },
  engine: { what: 'the embedded database engine', run: [process.execPath, 'toolchain/test/engine.ts'] },
  mongod: { what: 'a MongoDB server for tests', run: ['sh', 'toolchain/test/mongod.sh'] }
};

export interface Prepared {
  ok: boolean;
  /** The last line it printed on standard output, e.g. a path. */
  answer: string;
  /** Why not, and the file with all it wrote. */
  problem: string;
}

export interface Preparation {
  what: string;
  begun: number;
  logFile: string;
  done: Promise<Prepared>;
}

/** Begins one; its output goes to `.ume/log/test-<need>.log`. */
export function prepare(need: Need): Preparation {
  const { what, run } = commands[need];
  mkdirSync(logs, { recursive: true });
  const logFile = join(logs, `test-${need}.log`);
  const output = openSync(logFile, 'w');
  const child = spawn('nice', ['-n', '10', ...run], {
    cwd: root,
    stdio: ['ignore', 'pipe', output]
  });
  closeSync(output);
  let answer = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (answer += text));
  const done = new Promise<Prepared>((resolve) => {
    const finish = (ok: boolean) => {
      const lastWords = readFileSync(logFile, 'utf8').trim().split('\n').slice(-3).join('\n  ');
      resolve({
        ok,
        answer: answer.trim().split('\n').at(-1) ?? '',
        problem: ok ? '' : `${lastWords}\n  (${logFile})`
      });
    };
    child.on('error', () => finish(false));
    child.on('close', (code) => finish(code === 0));
  });
  return { what, begun: Date.now(), logFile, done };
}

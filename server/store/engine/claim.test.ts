import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { claimData, runningEngine } from './claim.ts';
import { isAlive, markOf } from './process.ts';
import { quiet } from './testing.ts';

let data: string;
const children: ChildProcess[] = [];
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'ume-claim-'));
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(data, { recursive: true, force: true });
});

function sleeper(): number {
  const child = spawn('sleep', ['60'], { stdio: 'ignore' });
  children.push(child);
  return child.pid as number;
}
const gone = { pid: 2 ** 22 + 1, started: '1' };
const lock = (content: unknown) => writeFileSync(join(data, 'engine.lock'), JSON.stringify(content));

describe('the claim on a data folder', () => {
  it('is refused while another server lives that has it, naming that server', async () => {
    const pid = sleeper();
    lock({ owner: markOf(pid) });
    await expect(claimData(data, quiet)).rejects.toThrow(`process id ${pid}`);
  });

  it('is refused to the same process a second time', async () => {
    const claim = await claimData(data, quiet);
    await expect(claimData(data, quiet)).rejects.toThrow('in use');
    claim.release();
    (await claimData(data, quiet)).release();
  });

  it('passes on from a server that died, and ends the engine it left running', async () => {
    const pid = sleeper();
    const engine = markOf(pid);
    lock({ owner: gone, engine, url: 'mongodb://x/', kind: 'embedded' });
    expect(runningEngine(data)).toBeUndefined();
    const claim = await claimData(data, quiet);
    expect(engine && isAlive(engine)).toBe(false);
    claim.release();
    expect(existsSync(join(data, 'engine.lock'))).toBe(false);
  });

  it('spares a process that only has the id of the engine left behind', async () => {
    const pid = sleeper();
    lock({ owner: gone, engine: { pid, started: '1' } });
    (await claimData(data, quiet)).release();
    expect(markOf(pid)).toBeDefined();
  });

  it('is not hindered by an unreadable lock', async () => {
    writeFileSync(join(data, 'engine.lock'), '{"owner":');
    (await claimData(data, quiet)).release();
  });

  it('tells tools where the engine of a running server is', async () => {
    const claim = await claimData(data, quiet);
    claim.running({ pid: process.pid, url: 'mongodb://here/', kind: 'mongod' });
    expect(runningEngine(data)).toEqual({ url: 'mongodb://here/', kind: 'mongod', ownerPid: process.pid });
    claim.release();
    expect(runningEngine(data)).toBeUndefined();
  });

  it('goes to one of many that come at once', async () => {
    lock({ owner: gone });
    const results = await Promise.allSettled(Array.from({ length: 8 }, () => claimData(data, quiet)));
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
  });
});

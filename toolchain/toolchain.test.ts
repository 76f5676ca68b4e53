import { execFile, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const run = promisify(execFile);
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ume-toolchain-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const ume = (...words: string[]) => spawnSync(join(root, 'ume'), words, { encoding: 'utf8', cwd: folder });
const shell = (script: string) =>
  run(
    'sh',
    ['-euc', `ROOT='${root}'; for p in say lock hash; do . "$ROOT/toolchain/$p.sh"; done; ${script}`],
    {
      cwd: folder
    }
  );

describe('every script', () => {
  it('is plain sh', () => {
    const scripts = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.sh'))
      .map((name) => join(import.meta.dirname, name));
    for (const script of [join(root, 'ume'), ...scripts]) {
      expect({ script, ...pick(spawnSync('sh', ['-n', script], { encoding: 'utf8' })) }).toEqual({
        script,
        status: 0,
        stderr: ''
      });
    }
  });
});

const pick = ({ status, stderr }: { status: number | null; stderr: string }) => ({ status, stderr });

describe('./ume', () => {
  it('tells what it can', () => {
    const help = ume();
    expect(help.status).toBe(0);
    for (const word of ['start', 'test', 'bench', 'doctor', 'backup', 'restore', 'admin']) {
      expect(help.stdout).toContain(`./ume ${word}`);
    }
  });

  it('refuses what it cannot, in words', () => {
    expect(pick(ume('fly'))).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('no command "fly"')
    });
    expect(pick(ume('start', '--port', 'x'))).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('a number')
    });
    expect(pick(ume('start', '--port'))).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('needs a value')
    });
    expect(ume('test', 'nothing').stdout).toContain('There is no part "nothing"');
  });

  it('finds what a machine has, for people and for programs', () => {
    const doctor = ume('doctor', '--json', '--data', 'here');
    const answer = JSON.parse(doctor.stdout.trim().split('\n').at(-1) ?? '') as {
      checks: Array<Record<string, string>>;
    };
    const data = answer.checks.find((check) => check['name'] === 'data folder');
    // A folder is meant from where the person is.
    expect(data?.['detail']).toContain(join(folder, 'here'));
  });
});

describe('a lock', () => {
  const once = `work() { printf 'in '; sleep 0.3; printf 'out '; }; locked "$PWD/lock" waiting work`;

  it('lets one in at a time', async () => {
    await Promise.all([shell(`${once} >>log`), shell(`${once} >>log`)]);
    expect((await shell('cat log')).stdout).toBe('in out in out ');
  });

  it('of a process that died is taken over', async () => {
    mkdirSync(join(folder, 'lock'));
    writeFileSync(join(folder, 'lock', 'holder'), '4194305 1\n');
    expect((await shell(once)).stdout).toBe('in out ');
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is given back by a step that fails, and the failure is told', async () => {
    await expect(
      shell(`fails() { false; echo never; }; locked "$PWD/lock" waiting fails`)
    ).rejects.toMatchObject({
      code: 1,
      stdout: ''
    });
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('a fingerprint', () => {
  it('is of names and contents, wherever the checkout lies', async () => {
    for (const place of ['one', 'two']) {
      mkdirSync(join(folder, place, 'src'), { recursive: true });
      writeFileSync(join(folder, place, 'src', 'a'), 'text');
    }
    const of = async (place: string) => (await shell(`cd ${place}; fingerprint src`)).stdout;
    const before = await of('one');
    expect(await of('two')).toBe(before);
    writeFileSync(join(folder, 'one', 'src', 'b'), '');
    expect(await of('one')).not.toBe(before);
  });
});

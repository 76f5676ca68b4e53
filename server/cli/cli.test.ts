import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Browser } from '../access/testing.ts';
import { verify } from './backup/restore.ts';

/** Every command is a process of its own, and some start an engine. */
const TIME = 120_000;
const root = new URL('../..', import.meta.url).pathname;
let folder: string;
let running: ChildProcess | null = null;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ume-cli-'));
});
afterAll(async () => {
  await stop();
  rmSync(folder, { recursive: true, force: true });
});

const environment = (data: string) => ({
  ...process.env,
  MONGODB_URL: '',
  UME_ENGINE: 'embedded',
  UME_DATA: join(folder, data),
  UME_LOG: 'error',
  HOST: '127.0.0.1',
  PORT: '0'
});

interface Ran {
  code: number;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests look into answers of every shape
  answer: any;
  said: string;
  errors: string;
}

/** Runs `./ume …` and reads the last line of what it says. */
function ume(data: string, ...words: string[]): Promise<Ran> {
  return new Promise((done) => {
    execFile(
      process.execPath,
      [join(root, 'server/cli/main.ts'), ...words],
      { env: environment(data), cwd: folder },
      (error, said, errors) => {
        const last = said.trim().split('\n').at(-1) ?? '';
        const answer = last.startsWith('{') ? (JSON.parse(last) as unknown) : null;
        done({ code: error ? Number(error.code ?? 1) : 0, answer, said, errors });
      }
    );
  });
}

async function start(data: string): Promise<string> {
  const child = spawn(process.execPath, [join(root, 'server/main.ts')], { env: environment(data) });
  running = child;
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /^ume is ready at (\S+)/.exec(line)?.[1];
    if (url) return url;
  }
  throw new Error('the server ended before it was ready');
}

async function stop(): Promise<void> {
  const child = running;
  running = null;
  if (!child || child.exitCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
}

const founder = ['--email', 'ada@acme.example', '--password', 'correct horse battery'];

describe('the command line', { timeout: TIME }, () => {
  let key: string;
  let organization: string;

  it('founds an organization with nothing running', async () => {
    const { code, answer } = await ume(
      'one',
      'admin',
      'init',
      '--org',
      'Acme',
      '--type',
      'for-profit',
      ...founder,
      '--json'
    );
    expect(code).toBe(0);
    expect(answer).toEqual({
      organization: expect.stringMatching(/^[0-9A-Z]{26}$/),
      user: expect.stringMatching(/^[0-9A-Z]{26}$/),
      space: expect.stringMatching(/^core\.space\//),
      apiKey: expect.stringMatching(/^ume_/)
    });
    key = answer.apiKey;
    organization = answer.organization;
  });

  it('talks to the running server of its data folder', async () => {
    const url = await start('one');
    expect(statSync(join(folder, 'one/server.json')).mode & 0o777).toBe(0o600);
    const { answer } = await ume('one', 'admin', 'invite', '--org', 'Acme', '--role', 'viewer', '--json');
    expect(answer.url).toMatch(`${url}/invite/`);
    const second = await ume('one', 'admin', 'init', '--org', 'Beta', ...founder, '--json');
    const { body } = await new Browser(url, { key: second.answer.apiKey }).get('/me');
    expect(body.organizations.map((each: { name: string }) => each.name).sort()).toEqual(['Acme', 'Beta']);
    const wrong = await ume(
      'one',
      'admin',
      'init',
      '--org',
      'X',
      '--email',
      'ada@acme.example',
      '--password',
      'another password',
      '--json'
    );
    expect(wrong).toMatchObject({ code: 1, answer: { error: { code: 'conflict', field: 'email' } } });
    expect((await ume('one', 'admin', 'list')).said).toContain('founder  ada <ada@acme.example>');
    expect((await ume('one', 'admin', 'set-up-link', '--json')).answer).toEqual({ url: null });
  });

  it('finds a server where every route but the public ones asks who it is', async () => {
    const url = JSON.parse(readFileSync(join(folder, 'one/server.json'), 'utf8')).url as string;
    const stranger = new Browser(url);
    const { body } = await stranger.get('/openapi.json');
    type Operation = { security?: unknown[] };
    const operations = Object.entries(body.paths as Record<string, Record<string, Operation>>).flatMap(
      ([path, methods]) => Object.entries(methods).map(([method, each]) => ({ path, method, ...each }))
    );
    const guarded = operations.filter((each) => each.security?.length !== 0);
    expect(guarded.some((each) => each.path.startsWith('/records/'))).toBe(true);
    for (const { path, method } of guarded) {
      const address = path.replace('{type}', 'work.task').replaceAll(/\{\w+\}/g, 'x');
      const answer = await stranger.ask(method.toUpperCase(), address, method === 'get' ? undefined : {});
      expect([method, path, answer.status]).toEqual([method, path, 401]);
    }
  });

  it('backs up while people work, and brings everything back elsewhere', async () => {
    const url = JSON.parse(readFileSync(join(folder, 'one/server.json'), 'utf8')).url as string;
    const program = new Browser(url, { key });
    const made = await program.post('/records/work.task', { fields: { title: 'Kept' } });
    expect(made.status, JSON.stringify(made.body)).toBeLessThan(300);
    let working = true;
    const work = (async () => {
      while (working) await program.post('/records/work.task', { fields: { title: 'Meanwhile' } });
    })();
    const backup = await ume('one', 'backup', 'copy.ume', '--json');
    working = false;
    await work;
    await stop();
    expect(backup).toMatchObject({
      code: 0,
      answer: { collections: { organizations: 2, users: 1 }, files: 1 }
    });
    expect(statSync(join(folder, 'copy.ume')).mode & 0o777).toBe(0o600);
    expect((await ume('one', 'backup', 'copy.ume')).errors).toContain('exists already');

    const restored = await ume('two', 'restore', '--from', 'copy.ume', '--json');
    expect(restored.answer?.collections).toEqual(backup.answer.collections);
    const elsewhere = await start('two');
    const again = new Browser(elsewhere, { key });
    expect((await again.get('/me')).body).toMatchObject({ organization: { id: organization, name: 'Acme' } });
    const { body } = await again.post('/records/work.task/query', { limit: 500 });
    expect(body.rows.map((row: { id: string }) => row.id)).toContain(made.body.id);
    const person = new Browser(elsewhere);
    const signedIn = await person.post('/auth/sign-in', {
      email: 'ada@acme.example',
      password: 'correct horse battery'
    });
    expect(signedIn.status).toBe(200);
    expect((await ume('two', 'restore', 'copy.ume')).errors).toContain('Stop it first');
    await stop();
    expect((await ume('two', 'restore', 'copy.ume')).errors).toContain('There is data here already');
  });

  it('restores nothing of a backup that was altered or cut short', async () => {
    const whole = readFileSync(join(folder, 'copy.ume'));
    const text = gunzipSync(whole).toString();
    const lines = text.trimEnd().split('\n');
    const variants: Array<[string, Buffer, string]> = [
      ['altered', gzipSync(text.replace('Acme', 'Evil')), 'was altered'],
      ['shorter', gzipSync(`${lines.slice(0, -1).join('\n')}\n`), 'cut short'],
      [
        'without a part',
        gzipSync(text.replace(/\{"open":"file".*\n.*\n.*\n/, '')),
        'a part of it is missing'
      ],
      ['torn', gzipSync(text.slice(0, -20)), 'damaged'],
      ['truncated', whole.subarray(0, whole.length - 100), 'damaged'],
      ['of something else', Buffer.from('hello'), 'is not a backup'],
      ['of a newer form', gzipSync(text.replace('"version":1', '"version":9')), 'form 9']
    ];
    for (const [name, content, reason] of variants) {
      writeFileSync(join(folder, 'damaged'), content);
      await expect(verify(join(folder, 'damaged')), name).rejects.toThrow(reason);
    }
    expect(await ume('three', 'restore', 'damaged')).toMatchObject({ code: 1 });
    expect((await ume('three', 'admin', 'list', '--json')).answer).toEqual({ organizations: [] });
  });

  it('explains itself', async () => {
    expect((await ume('one', 'admin', '--help')).said).toContain('./ume admin invite');
    expect((await ume('one', 'admin', 'init', '--help')).said).toContain('--time-zone ZONE');
    expect(await ume('one', 'admin', 'frobnicate')).toMatchObject({ code: 2 });
    expect((await ume('one', 'admin', 'init', '--nonsense')).errors).toContain('Usage: ./ume admin init');
    expect((await ume('one', 'admin', 'init', '--json')).answer).toMatchObject({ error: { code: 'usage' } });
  });
});

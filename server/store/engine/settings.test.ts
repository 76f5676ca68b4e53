import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startEngine } from './engine.ts';
import { socketPath } from './socket.ts';
import { quiet } from './testing.ts';
import { serverAt, withoutPassword } from './url.ts';

let data: string;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'ume-engine-'));
});
afterEach(() => rmSync(data, { recursive: true, force: true }));

describe('settings that cannot work are told in words', () => {
  it('a MONGODB_URL that is none', async () => {
    await expect(
      startEngine({ UME_DATA: data, UME_ENGINE: 'auto', MONGODB_URL: 'localhost:27017' }, quiet)
    ).rejects.toThrow('MONGODB_URL should be like mongodb://');
  });

  it('a server that does not answer, without its password', async () => {
    const attempt = serverAt('mongodb://ume:secret@127.0.0.1:1/', quiet, 300);
    await expect(attempt).rejects.toThrow(/mongodb:\/\/\*\*\*@127\.0\.0\.1:1\/.*can't be used/);
    await expect(attempt).rejects.not.toThrow('secret');
    expect(withoutPassword('mongodb+srv://a:b@host/x')).toBe('mongodb+srv://***@host/x');
  });

  it('a UME_ENGINE that is not on this machine', async () => {
    const path = process.env.PATH;
    process.env.PATH = '/nowhere';
    try {
      await expect(startEngine({ UME_DATA: data, UME_ENGINE: 'mongod' }, quiet)).rejects.toThrow(
        'there is no mongod on PATH'
      );
    } finally {
      process.env.PATH = path;
    }
  });

  it('a data folder whose engine has gone', async () => {
    writeFileSync(join(data, 'engine.json'), JSON.stringify({ kind: 'mongod', since: 'then' }));
    const path = process.env.PATH;
    process.env.PATH = '/nowhere';
    try {
      const attempt = startEngine({ UME_DATA: data, UME_ENGINE: 'auto' }, quiet);
      await expect(attempt).rejects.toThrow(/made by the "mongod" engine, which can't be had now/);
    } finally {
      process.env.PATH = path;
    }
  });

  it('a record that cannot be read, and database files without a record', async () => {
    writeFileSync(join(data, 'engine.json'), 'rubbish');
    await expect(startEngine({ UME_DATA: data, UME_ENGINE: 'auto' }, quiet)).rejects.toThrow("can't be read");
    rmSync(join(data, 'engine.json'));
    mkdirSync(join(data, 'db'));
    writeFileSync(join(data, 'db', 'WiredTiger'), '');
    await expect(startEngine({ UME_DATA: data, UME_ENGINE: 'auto' }, quiet)).rejects.toThrow('is missing');
  });
});

describe('the socket', () => {
  it('is in a folder that only this user can enter', () => {
    const path = socketPath(data);
    expect(path).toBe(join(data, 'run', 'engine.sock'));
    expect(statSync(join(data, 'run')).mode & 0o777).toBe(0o700);
  });

  it('has a path that a socket may have, however long the data folder is', async () => {
    const path = socketPath(join(data, 'a'.repeat(90), 'b'.repeat(90)));
    const server = createServer().listen(path);
    await new Promise((resolve) => server.once('listening', resolve));
    server.close();
    rmSync(join(path, '..'), { recursive: true });
  });
});

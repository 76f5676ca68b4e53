/** A replica set of one member, on loopback, for the time of the tests. */
import { spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { MongoClient } from 'mongodb';
import { onPath } from '../../server/store/engine/mongod.ts';

/** An emulated server needs up to eleven seconds on an idle machine; milliseconds. */
const START = 120_000;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Starts it. @throws when it does not come up within two minutes. */
export async function startReplicaSet(mongod: string): Promise<{ url: string; stop(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'ume-replica-set-'));
  const port = await freePort();
  const logFile = join(folder, 'log');
  const output = openSync(logFile, 'a');
  // Where the kernel can tell it, it does not outlive the tests, however they end.
  const setpriv = onPath('setpriv');
  const child = spawn(
    setpriv ?? mongod,
    [
      ...(setpriv ? ['--pdeathsig', 'KILL', '--', mongod] : []),
      ...[
        '--dbpath',
        folder,
        '--port',
        String(port),
        '--bind_ip',
        '127.0.0.1',
        '--nounixsocket',
        '--replSet',
        'ume'
      ],
      ...['--wiredTigerCacheSizeGB', '0.5', '--oplogSize', '128', '--quiet'],
      ...['--setParameter', 'diagnosticDataCollectionEnabled=false']
    ],
    { stdio: ['ignore', output, output] }
  );
  closeSync(output);
  const gone = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const stop = async () => {
    kill(); // asked nicely, a primary first waits fifteen seconds for somebody to take over
    await gone;
    process.off('exit', kill);
    rmSync(folder, { recursive: true, force: true });
  };

  const members = [{ _id: 0, host: `127.0.0.1:${port}` }];
  try {
    for (const end = Date.now() + START; !(await isPrimary(port, members)); await wait(250)) {
      if (child.exitCode !== null) throw new Error(`mongod ended with code ${child.exitCode}`);
      if (Date.now() > end) throw new Error('no primary after two minutes');
    }
  } catch (error) {
    const lastWords = readFileSync(logFile, 'utf8').slice(-1_500);
    await stop();
    throw new Error(`the replica set does not start: ${String(error)}\n${lastWords}`, { cause: error });
  }
  return { url: `mongodb://127.0.0.1:${port}/?replicaSet=ume`, stop };
}

/** Asks how far it is, and makes it a set of one where it is none yet. */
async function isPrimary(port: number, members: object[]): Promise<boolean> {
  // A client that could not connect once stays closed: a new one each time.
  const client = new MongoClient(`mongodb://127.0.0.1:${port}/?directConnection=true`, {
    serverSelectionTimeoutMS: 2_000
  });
  try {
    const admin = client.db('admin');
    const hello = await admin.command({ hello: 1 });
    if (!hello['setName']) await admin.command({ replSetInitiate: { _id: 'ume', members } });
    return Boolean(hello['isWritablePrimary']);
  } catch {
    return false;
  } finally {
    await client.close();
  }
}

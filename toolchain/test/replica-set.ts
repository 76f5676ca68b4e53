/** A replica set of one member, on loopback, for the time of the tests. */
import { spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { MongoClient } from 'mongodb';

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
  const child = spawn(
    mongod,
    [
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
    child.kill('SIGTERM');
    await Promise.race([gone, wait(15_000).then(kill)]);
    await gone;
    process.off('exit', kill);
    rmSync(folder, { recursive: true, force: true });
  };

  const members = [{ _id: 0, host: `127.0.0.1:${port}` }];
  const client = new MongoClient(`mongodb://127.0.0.1:${port}/?directConnection=true`, {
    serverSelectionTimeoutMS: 2_000
  });
  try {
    for (const end = Date.now() + START; ; await wait(250)) {
      if (child.exitCode !== null) throw new Error(`mongod ended with code ${child.exitCode}`);
      try {
        const hello = await client.db('admin').command({ hello: 1 });
        if (hello['isWritablePrimary']) break;
        if (!hello['setName']) await client.db('admin').command({ replSetInitiate: { _id: 'ume', members } });
      } catch (error) {
        if (Date.now() > end) throw error;
      }
      if (Date.now() > end) throw new Error('no primary after two minutes');
    }
  } catch (error) {
    const lastWords = readFileSync(logFile, 'utf8').slice(-1_500);
    await stop();
    throw new Error(`the replica set does not start: ${String(error)}\n${lastWords}`, { cause: error });
  } finally {
    await client.close();
  }
  return { url: `mongodb://127.0.0.1:${port}/?replicaSet=ume`, stop };
}

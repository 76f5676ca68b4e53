import { existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { mediaConfig } from '../mediasoup.config.ts';
import { MediaWorkers } from './workers.ts';

const quiet = { info: () => {}, warn: () => {}, error: () => {} };
const worker = process.env.MEDIASOUP_WORKER_BIN;
const settings = { HOST: '127.0.0.1', UME_MEDIA_PORT: 0, UME_MEDIA_WORKERS: 2 };

let pool: MediaWorkers | undefined;
afterEach(() => pool?.close());

describe('without a worker binary', () => {
  it('the pool says why, and gives no worker', async () => {
    pool = new MediaWorkers(mediaConfig({ ...settings, MEDIASOUP_WORKER_BIN: '/nowhere/worker' }), quiet);
    await pool.start();
    expect(pool.status()).toEqual({
      available: false,
      workers: 0,
      reason: expect.stringContaining('/nowhere/worker')
    });
    expect(pool.next()).toBeUndefined();
  });

  it('a binary that does not work is told too', async () => {
    pool = new MediaWorkers(mediaConfig({ ...settings, MEDIASOUP_WORKER_BIN: '/bin/true' }), quiet);
    await pool.start();
    expect(pool.status()).toMatchObject({
      available: false,
      reason: expect.stringContaining("can't be started")
    });
  });
});

describe('the addresses browsers are told', () => {
  const infos = (more: object) => mediaConfig({ ...settings, ...more }).listenInfos(1);

  it('are UDP before TCP, on one port a worker', () => {
    expect(infos({ UME_MEDIA_PORT: 40_000 })).toMatchObject([
      { protocol: 'udp', ip: '127.0.0.1', port: 40_001 },
      { protocol: 'tcp', ip: '127.0.0.1', port: 40_001 }
    ]);
  });

  it('are never "everywhere"', () => {
    expect(infos({ HOST: '0.0.0.0', UME_MEDIA_ADDRESS: 'ume.example.org' })[0]).toMatchObject({
      ip: '0.0.0.0',
      announcedAddress: 'ume.example.org'
    });
  });
});

describe.skipIf(!worker || !existsSync(worker))('with a worker binary', () => {
  it('workers run, take turns, and close', async () => {
    pool = new MediaWorkers(mediaConfig({ ...settings, MEDIASOUP_WORKER_BIN: worker }), quiet);
    await pool.start();
    expect(pool.status()).toEqual({ available: true, workers: 2 });
    const [first, second] = [pool.next(), pool.next()];
    expect(first?.worker.pid).not.toBe(second?.worker.pid);
    const router = await first?.worker.createRouter({
      mediaCodecs: [{ kind: 'audio', mimeType: 'audio/opus', clockRate: 48_000, channels: 2 }]
    });
    const transport = await router?.createWebRtcTransport({ webRtcServer: first?.server as never });
    expect(transport?.iceCandidates.map((candidate) => candidate.protocol)).toEqual(['udp', 'tcp']);
    pool.close();
    expect(pool.status()).toMatchObject({ available: false, workers: 0 });
    expect(first?.worker.closed).toBe(true);
  });

  it('one that dies is replaced, and its rooms are told', async () => {
    pool = new MediaWorkers(
      mediaConfig({ ...settings, UME_MEDIA_WORKERS: 1, MEDIASOUP_WORKER_BIN: worker }),
      quiet
    );
    await pool.start();
    const pid = pool.next()?.worker.pid as number;
    const died: number[] = [];
    pool.onDied((dead) => died.push(dead.pid));
    process.kill(pid, 'SIGKILL');
    while (!died.length || !pool.status().available) await wait(20);
    expect(died).toEqual([pid]);
    expect(pool.next()?.worker.pid).not.toBe(pid);
  });

  it('are taken up when the binary comes later', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ume-media-'));
    const late = join(folder, 'worker');
    pool = new MediaWorkers(mediaConfig({ ...settings, MEDIASOUP_WORKER_BIN: late }), quiet, { look: 30 });
    await pool.start();
    expect(pool.status().available).toBe(false);
    symlinkSync(worker as string, late);
    while (!pool.status().available) await wait(20);
    rmSync(folder, { recursive: true });
  });
});

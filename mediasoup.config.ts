/**
 * The video server's settings as mediasoup takes them: https://mediasoup.org/documentation/v3/mediasoup/api/
 *
 * One worker is one process on one core (some 500 streams of 1 Mbit/s each way). Every worker has one WebRTC server,
 * that is one port for all its rooms, UDP first and TCP for networks that block UDP.
 */
import { availableParallelism, networkInterfaces } from 'node:os';
import type { types } from 'mediasoup';
import type { Config } from './server/config.ts';

export interface MediaConfig {
  /** How many workers run. */
  workers: number;
  worker: types.WorkerSettings;
  /** What the WebRTC server of the worker of this index listens on. */
  listenInfos(index: number): types.TransportListenInfo[];
}

type MediaSettings = Pick<
  Config,
  | 'HOST'
  | 'UME_MEDIA_WORKERS'
  | 'UME_MEDIA_IP'
  | 'UME_MEDIA_ADDRESS'
  | 'UME_MEDIA_PORT'
  | 'MEDIASOUP_WORKER_BIN'
>;

/** mediasoup's settings from ume's. */
export function mediaConfig(settings: MediaSettings): MediaConfig {
  const ip = settings.UME_MEDIA_IP ?? (settings.HOST === 'localhost' ? '127.0.0.1' : settings.HOST);
  const everywhere = ip === '0.0.0.0' || ip === '::';
  // Browsers are told this address; "everywhere" is none that they could reach.
  const announcedAddress = settings.UME_MEDIA_ADDRESS ?? (everywhere ? ownAddress() : undefined);
  return {
    workers: settings.UME_MEDIA_WORKERS ?? Math.min(availableParallelism(), 8),
    worker: {
      workerBin: settings.MEDIASOUP_WORKER_BIN,
      // 'debug' with tags like 'ice', 'dtls' or 'bwe' shows why a connection does not come up.
      logLevel: 'warn',
      logTags: ['ice', 'dtls', 'rtp', 'srtp', 'rtcp']
    },
    listenInfos: (index) =>
      (['udp', 'tcp'] as const).map((protocol) => ({
        protocol,
        ip,
        announcedAddress,
        port: settings.UME_MEDIA_PORT === 0 ? 0 : settings.UME_MEDIA_PORT + index
      }))
  };
}

/** This machine's first IPv4 address that others can reach. */
function ownAddress(): string | undefined {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find((address) => address.family === 'IPv4' && !address.internal)?.address;
}

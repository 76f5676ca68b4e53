/**
 * Memory of documents that are open and still: what decides how many a machine can hold.
 */
import { Connection } from '../load/connection.ts';
import { stateOfSize } from '../load/edits.ts';
import { pause, widely } from '../load/pace.ts';
import { contribute, inTime } from '../load/sessions.ts';
import type { Peer } from '../peers/peer.ts';
import { plots, settle, type Plot } from './grounds.ts';
import { Findings, type Scenario } from './scenario.ts';

/** Documents a socket: few sockets, so that documents are weighed and not connections. */
const A_SOCKET = 50;
/** Bytes of each document's state. */
const STATE = 14_000;

export const idleMemory: Scenario = {
  name: 'idle-memory',
  about: '1,000 loaded, idle documents of 14 kB state',
  run: async ({ peers, quick, seed, note }) => {
    const findings = new Findings();
    const documents = quick ? 200 : 1_000;
    const content = stateOfSize(STATE, seed);
    // One after the other, each fresh: what another holds must not press on this one's memory.
    for (const peer of peers) {
      note(`idle memory: ${documents} documents on ${peer.title}`);
      await peer.start();
      try {
        const ground = await plots([peer], documents + 1);
        const sockets: Connection[] = [];
        // One document first, so that code and caches are not counted as documents.
        await hold(peer, ground.slice(0, 1), content, sockets);
        await pause(1_000);
        const before = await peer.process.memory();
        await hold(peer, ground.slice(1), content, sockets);
        await pause(quick ? 1_500 : 4_000);
        const after = await peer.process.memory();
        await Promise.all(sockets.map((socket) => socket.close()));

        const scenario = `idle, ${documents.toLocaleString('en-US')} documents of 14 kB`;
        const each = (bytes: number) => bytes / 1024 / documents;
        findings.add(
          peer,
          { scenario, measure: 'live memory each', unit: 'kB' },
          each(after.live - before.live)
        );
        findings.add(
          peer,
          { scenario, measure: 'resident memory each', unit: 'kB' },
          each(after.rss - before.rss)
        );
      } finally {
        await peer.stop();
      }
    }
    return findings.measures();
  }
};

async function hold(peer: Peer, ground: Plot[], content: Uint8Array, sockets: Connection[]): Promise<void> {
  const groups = Array.from({ length: Math.ceil(ground.length / A_SOCKET) }, (_, group) =>
    ground.slice(group * A_SOCKET, (group + 1) * A_SOCKET)
  );
  await widely(groups, 2, async (group) => {
    const connection = new Connection(peer.target(group[0]!.name));
    sockets.push(connection);
    await inTime(connection.opened, `${peer.title}: connecting`);
    await Promise.all(
      group.map(async (plot) => {
        const member = connection.join(plot.name);
        await settle(peer, member, plot);
        await contribute(member, content);
      })
    );
  });
}

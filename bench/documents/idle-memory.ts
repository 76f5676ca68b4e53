/**
 * Memory of documents that are open and still: what decides how many a machine can hold.
 */
import { Connection, type Member } from '../load/connection.ts';
import { stateOfSize } from '../load/edits.ts';
import { pause, widely } from '../load/pace.ts';
import { contribute, inTime } from '../load/sessions.ts';
import type { Peer } from '../peers/peer.ts';
import type { Memory } from '../peers/server-process.ts';
import { plots, settle, type Plot } from './grounds.ts';
import { Findings, withServers, type Scenario } from './scenario.ts';

/** Documents a socket: few sockets, so that documents are weighed and not connections. */
const A_SOCKET = 50;
/** Bytes of each document's state. */
const STATE = 14_000;

/** How long documents are left alone before they count as idle, s: a server may take half a minute to be sure. */
const ALONE = 35;

export const idleMemory: Scenario = {
  name: 'idle-memory',
  about: '1,000 loaded, idle documents of 14 kB state',
  run: ({ peers, quick, seed, note }) =>
    withServers(peers, async () => {
      const findings = new Findings();
      const documents = quick ? 200 : 1_000;
      const content = stateOfSize(STATE, seed);
      const sockets = new Map<Connection, Member>();
      const before = new Map<Peer, Memory>();
      for (const peer of peers) {
        note(`idle memory: ${documents} documents on ${peer.title}`);
        const ground = await plots([peer], documents + 1);
        // One document first, so that code and caches are not counted as documents.
        await hold(peer, ground.slice(0, 1), content, sockets);
        await pause(1_000);
        before.set(peer, await peer.process.memory());
        await hold(peer, ground.slice(1), content, sockets);
      }
      note(`idle memory: leaving them alone for ${ALONE} s`);
      await leaveAlone([...sockets.values()]);
      for (const peer of peers) {
        const { live, rss } = await peer.process.memory();
        const scenario = `idle, ${documents.toLocaleString('en-US')} documents of 14 kB`;
        const each = (bytes: number) => bytes / 1024 / documents;
        const earlier = before.get(peer)!;
        findings.add(peer, { scenario, measure: 'live memory each', unit: 'kB' }, each(live - earlier.live));
        findings.add(
          peer,
          { scenario, measure: 'resident memory each', unit: 'kB' },
          each(rss - earlier.rss)
        );
      }
      await Promise.all([...sockets.keys()].map((socket) => socket.close()));
      return findings.measures();
    })
};

/** Servers close sockets that say nothing for a minute; a sign of life says nothing about any document. */
async function leaveAlone(members: readonly Member[]): Promise<void> {
  for (let seconds = 0; seconds < ALONE; seconds += 5) {
    for (const member of members) member.stayAlive();
    await pause(5_000);
  }
}

/** @param sockets gets every socket opened, with one of its members. */
async function hold(
  peer: Peer,
  ground: Plot[],
  content: Uint8Array,
  sockets: Map<Connection, Member>
): Promise<void> {
  const groups = Array.from({ length: Math.ceil(ground.length / A_SOCKET) }, (_, group) =>
    ground.slice(group * A_SOCKET, (group + 1) * A_SOCKET)
  );
  await widely(groups, 2, async (group) => {
    const connection = new Connection(peer.target(group[0]!.name));
    await inTime(connection.opened, `${peer.title}: connecting`);
    const members = await Promise.all(
      group.map(async (plot) => {
        const member = connection.join(plot.name);
        await settle(peer, member, plot);
        await contribute(member, content);
        return member;
      })
    );
    sockets.set(connection, members[0]!);
    // While another server is being filled, this one's sockets must not fall silent.
    for (const member of sockets.values()) member.stayAlive();
  });
}

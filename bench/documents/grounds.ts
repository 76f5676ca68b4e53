/**
 * The same documents on every server. ume's are records, whose documents begin with what the record was created with;
 * the others get exactly that, so that every edit of a bench is the same bytes to all.
 */
import { Connection, type Member } from '../load/connection.ts';
import { ground, type Ground } from '../load/edits.ts';
import { widely } from '../load/pace.ts';
import { contribute, inTime } from '../load/sessions.ts';
import type { Peer } from '../peers/peer.ts';

export type Plot = { name: string; ground: Ground };

/** Documents opened on one socket while their beginnings are read. */
const A_SOCKET = 50;
let invented = 0;

/** Names and beginnings of `count` documents nobody has used. Servers must be running. */
export async function plots(peers: readonly Peer[], count: number): Promise<Plot[]> {
  for (const peer of peers) {
    const names = await peer.documents(count);
    if (names) return read(peer, names);
  }
  const plain = ground();
  return Array.from({ length: count }, () => {
    const number = String(++invented).padStart(26, '0');
    return { name: `work.task/${number}`, ground: plain };
  });
}

/** What the first client in a document must send so that it holds the plot's `ground.state`. */
export function missing(peer: Peer, plot: Plot): Uint8Array {
  return peer.name === 'ume' ? plot.ground.seed : plot.ground.state;
}

/** Joins a document as its first client and lays the ground. */
export async function settle(peer: Peer, member: Member, plot: Plot): Promise<void> {
  await inTime(member.joined, `${peer.title}: opening ${plot.name}`);
  await contribute(member, missing(peer, plot));
}

async function read(peer: Peer, names: string[]): Promise<Plot[]> {
  const groups = Array.from({ length: Math.ceil(names.length / A_SOCKET) }, (_, group) =>
    names.slice(group * A_SOCKET, (group + 1) * A_SOCKET)
  );
  const read = await widely(groups, 4, async (group) => {
    const connection = new Connection(peer.target(group[0]!));
    await inTime(connection.opened, `${peer.title}: connecting`);
    const states = await Promise.all(
      group.map(async (name) => {
        const member = connection.join(name);
        const state = Uint8Array.from(await inTime(member.synced, `${peer.title}: opening ${name}`));
        return { name, ground: ground(state) };
      })
    );
    await connection.close();
    return states;
  });
  return read.flat();
}

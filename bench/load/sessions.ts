/**
 * Opening documents by the hundred, and closing them again.
 */
import type { Peer } from '../peers/peer.ts';
import { Connection, type Member } from './connection.ts';
import type { Protocol } from './frames.ts';
import { pause } from './pace.ts';

/** How long a server may take over a handshake before the bench gives up on it, ms. */
const PATIENCE = 60_000;

/** Opens a document on a socket of its own. Resolves when the handshake is done. */
export async function open(
  peer: Peer,
  documentName: string,
  protocol: Protocol = 'hocuspocus'
): Promise<Member> {
  const connection = new Connection(peer.target(documentName, protocol));
  await inTime(connection.opened, `${peer.title}: connecting`);
  const member = connection.join(documentName);
  const ready: Promise<unknown> = protocol === 'hocuspocus' ? member.joined : member.synced;
  await inTime(ready, `${peer.title}: opening ${documentName}`);
  return member;
}

/** Closes the sockets of these members. */
export async function closeAll(members: readonly Member[]): Promise<void> {
  await Promise.all(
    [...new Set(members.map(({ connection }) => connection))].map((connection) => connection.close())
  );
}

/** Sends an update and waits until the server has acknowledged everything. */
export async function contribute(member: Member, update: Uint8Array): Promise<void> {
  member.edit(member.frames.update(update));
  await acknowledged([member], PATIENCE);
}

/**
 * Waits until nothing is waiting for an acknowledgement.
 * @throws Error after `ms`.
 */
export async function acknowledged(members: readonly Member[], ms: number): Promise<void> {
  const end = performance.now() + ms;
  while (members.some((member) => member.unacknowledged > 0)) {
    if (performance.now() > end) {
      const open = members.reduce((sum, member) => sum + member.unacknowledged, 0);
      throw new Error(`${open} edits were not acknowledged within ${ms / 1000} s`);
    }
    await pause(2);
  }
}

/** @throws Error naming `what` when the promise takes too long. */
export async function inTime<Value>(promise: Promise<Value>, what: string, ms = PATIENCE): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} took more than ${ms / 1000} s`)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

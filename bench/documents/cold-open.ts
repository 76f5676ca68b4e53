/**
 * The first open of a document after the server was restarted: from connecting to holding its whole state, alone and
 * with fifty others at once. Only servers that keep documents can be asked.
 */
import * as Y from 'yjs';
import { Connection } from '../load/connection.ts';
import { author } from '../load/edits.ts';
import { pause } from '../load/pace.ts';
import { acknowledged, closeAll, contribute, inTime, open } from '../load/sessions.ts';
import type { Peer } from '../peers/peer.ts';
import { missing, plots, type Plot } from './grounds.ts';
import { Findings, interleaved, withServers, type Scenario, type Settings } from './scenario.ts';

/** Clients that come at once. */
const CROWD = 50;
/** Edits on their way to the server and not acknowledged, at most, while a document is built. */
const IN_FLIGHT = 1_000;

/** A document with a history: `updates` edits of one author. */
type Old = { plot: Plot; updates: number; client: number };

export const coldOpen: Scenario = {
  name: 'cold-open',
  about: `first open after a restart, of documents of 1k/10k/100k updates; then ${CROWD} clients at once`,
  run: async (settings) => {
    const findings = new Findings();
    const keepers = settings.peers.filter((peer) => peer.keeps);
    if (keepers.length === 0) return [];
    const { documents, fillers } = await build(settings, keepers);
    await interleaved(keepers, settings.quick ? 1 : 3, (peer) =>
      restarted(peer, fillers[0]!, async () => {
        settings.note(`cold open: ${peer.title}`);
        for (const old of documents) await alone(peer, old, findings);
      })
    );
    for (const peer of keepers) {
      await restarted(peer, fillers[0]!, async () => {
        settings.note(`cold open: ${CROWD} clients at once on ${peer.title}`);
        for (const updates of new Set(documents.map((old) => old.updates))) {
          await crowd(
            peer,
            documents.find((old) => old.updates === updates)!,
            findings
          );
        }
      });
    }
    return findings.measures();
  }
};

/** Writes the documents into every server, as fast as each takes them, and stops the servers. */
async function build({ quick, seed, note }: Settings, peers: readonly Peer[]) {
  const sizes = quick
    ? [1_000, 1_000, 10_000]
    : [...Array<number>(5).fill(1_000), 10_000, 10_000, 10_000, 100_000];
  return withServers(peers, async () => {
    const [filler, ...ground] = await plots(peers, sizes.length + 1);
    for (const peer of peers) await closeAll([await lay(peer, filler!)]);
    const documents: Old[] = [];
    for (const [index, plot] of ground.entries()) {
      const updates = sizes[index]!;
      // Mostly cards moved on a board of two hundred, as long-lived documents are.
      const history = author(plot.ground.state, seed + 100 + index, updates, { typing: 0.2, keys: 200 });
      documents.push({ plot, updates, client: history.client });
      for (const peer of peers) {
        note(`cold open: writing ${updates.toLocaleString('en-US')} updates into ${peer.title}`);
        const member = await lay(peer, plot);
        for (const update of history.updates) {
          member.edit(member.frames.update(update));
          if (member.unacknowledged >= IN_FLIGHT) await drained(member, IN_FLIGHT / 2);
        }
        await acknowledged([member], 120_000);
        await closeAll([member]);
      }
    }
    // The stock server stores two seconds after the last change, or as the last client leaves.
    await pause(3_000);
    return { documents, fillers: [filler!] };
  });
}

async function lay(peer: Peer, plot: Plot) {
  const member = await open(peer, plot.name);
  await contribute(member, missing(peer, plot));
  return member;
}

async function drained(member: { unacknowledged: number }, to: number): Promise<void> {
  const end = performance.now() + 60_000;
  while (member.unacknowledged > to) {
    if (performance.now() > end) throw new Error('The server stopped acknowledging');
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Starts a server again and opens one small document, so that what is measured is opening and not waking up. */
async function restarted(peer: Peer, filler: Plot, act: () => Promise<void>): Promise<void> {
  await withServers([peer], async () => {
    for (let count = 0; count < 3; count++) await closeAll([await open(peer, filler.name)]);
    await pause(500);
    await act();
  });
}

async function alone(peer: Peer, old: Old, findings: Findings): Promise<void> {
  const start = performance.now();
  const connection = new Connection(peer.target(old.plot.name));
  await inTime(connection.opened, `${peer.title}: connecting`);
  const state = await inTime(connection.join(old.plot.name).synced, `${peer.title}: opening a document`);
  const took = performance.now() - start;
  complete(peer, old, state);
  await connection.close();
  findings.add(
    peer,
    { scenario: scenarioOf(old), measure: 'cold open', unit: 'ms', aim: { to: 'sqlite', atMost: 1 / 3 } },
    took
  );
}

async function crowd(peer: Peer, old: Old, findings: Findings): Promise<void> {
  const before = await peer.process.cpu();
  const start = performance.now();
  const connections = Array.from({ length: CROWD }, () => new Connection(peer.target(old.plot.name)));
  const states = await Promise.all(
    connections.map(async (connection) => {
      await inTime(connection.opened, `${peer.title}: connecting`);
      return inTime(connection.join(old.plot.name).synced, `${peer.title}: opening a document`);
    })
  );
  const took = performance.now() - start;
  const after = await peer.process.cpu();
  for (const state of states) complete(peer, old, state);
  await Promise.all(connections.map((connection) => connection.close()));
  const scenario = scenarioOf(old);
  findings.add(peer, { scenario, measure: `${CROWD} at once, all in`, unit: 'ms' }, took);
  findings.add(
    peer,
    { scenario, measure: `${CROWD} at once, CPU per join`, unit: 'ms' },
    (after.server - before.server) / 1_000 / CROWD
  );
}

/** @throws Error when edits are missing: a quick open of half a document is no open. */
function complete(peer: Peer, old: Old, state: Uint8Array): void {
  const reached = Y.decodeStateVector(Y.encodeStateVectorFromUpdate(state)).get(old.client) ?? 0;
  if (reached !== old.updates) {
    throw new Error(`${peer.title} opened a document with ${reached} of ${old.updates} updates`);
  }
}

function scenarioOf(old: Old): string {
  return `cold, ${old.updates.toLocaleString('en-US')} updates`;
}

/**
 * The first open of a document after the server was restarted: from connecting to holding its whole state, alone and
 * with fifty others at once. Only servers that keep documents can be asked.
 */
import { clockRanges } from '../load/clocks.ts';
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
  const opening = new Opening(peer, old);
  await opening.opened();
  const took = (await opening.complete()) - start;
  await opening.close();
  findings.add(
    peer,
    { scenario: scenarioOf(old), measure: 'cold open', unit: 'ms', aim: { to: 'sqlite', atMost: 1 / 3 } },
    took
  );
}

async function crowd(peer: Peer, old: Old, findings: Findings): Promise<void> {
  const before = await peer.process.cpu();
  const start = performance.now();
  const openings = Array.from({ length: CROWD }, () => new Opening(peer, old));
  await Promise.all(openings.map((opening) => opening.opened()));
  const ends: number[] = [];
  for (const opening of openings) ends.push(await opening.complete());
  const after = await peer.process.cpu();
  await Promise.all(openings.map((opening) => opening.close()));
  const scenario = scenarioOf(old);
  findings.add(
    peer,
    { scenario, measure: `${CROWD} at once, all in`, unit: 'ms' },
    Math.max(...ends) - start
  );
  findings.add(
    peer,
    { scenario, measure: `${CROWD} at once, CPU per join`, unit: 'ms' },
    (after.server - before.server) / 1_000 / CROWD
  );
}

/** A server may send the state in one piece or several: the moment that counts is when the last needed one is here. */
class Opening {
  private readonly peer: Peer;
  private readonly old: Old;
  private readonly connection: Connection;
  private readonly pieces: Array<{ update: Uint8Array; at: number }> = [];

  constructor(peer: Peer, old: Old) {
    this.peer = peer;
    this.old = old;
    this.connection = new Connection(peer.target(old.plot.name));
  }

  /** Resolves when the first piece is here. */
  async opened(): Promise<void> {
    await inTime(this.connection.opened, `${this.peer.title}: connecting`);
    const member = this.connection.join(this.old.plot.name);
    member.onUpdate = (update) => this.pieces.push({ update, at: performance.now() });
    member.onState = member.onUpdate;
    await inTime(member.synced, `${this.peer.title}: opening a document`);
  }

  /**
   * The moment at which every edit was here.
   * @throws Error when edits are missing: a quick open of half a document is no open.
   */
  async complete(): Promise<number> {
    let reached = 0;
    let looked = 0;
    // Looking is done when the line has been quiet for a while, so that it does not hold up what is being timed.
    for (let quiet = 0; quiet < 100; quiet++) {
      for (; looked < this.pieces.length; looked++) {
        const { update, at } = this.pieces[looked]!;
        for (const { client, from, to } of clockRanges(update)) {
          if (client === this.old.client && from <= reached) reached = Math.max(reached, to);
        }
        if (reached >= this.old.updates) return at;
      }
      await pause(50);
    }
    throw new Error(`${this.peer.title} opened a document with ${reached} of ${this.old.updates} updates`);
  }

  close(): Promise<void> {
    return this.connection.close();
  }
}

function scenarioOf(old: Old): string {
  return `cold, ${old.updates.toLocaleString('en-US')} updates`;
}

/**
 * Everyone comes at once, as after a restart or at nine o'clock: a thousand clients, each with a name and a cursor for
 * the others to see.
 */
import { Connection } from '../load/connection.ts';
import { stateOfSize } from '../load/edits.ts';
import { awarenessClients, awarenessUpdate } from '../load/frames.ts';
import { pause, until, widely } from '../load/pace.ts';
import { closeAll, contribute, inTime, open } from '../load/sessions.ts';
import type { Peer } from '../peers/peer.ts';
import { percentile } from '../report/statistics.ts';
import { missing, plots, type Plot } from './grounds.ts';
import { Findings, interleaved, withServers, type Scenario } from './scenario.ts';

/** Connections being made at the same moment; more would measure the system's queue of them (511 by default). */
const CONNECTING = 250;
/** Bytes of what the documents hold: a card worked on for a while. */
const STATE = 14_000;

export const storm: Scenario = {
  name: 'storm',
  about: '1,000 clients with awareness join 1 document, and 200 documents, at once',
  run: ({ peers, quick, seed, note }) =>
    withServers(peers, async () => {
      const clients = quick ? 300 : 1_000;
      const findings = new Findings();
      const content = stateOfSize(STATE, seed);
      for (const documents of quick ? [1, 60] : [1, 200]) {
        await interleaved(peers, quick ? 1 : 2, async (peer) => {
          note(`storm: ${clients} clients join ${documents} document(s) of ${peer.title}`);
          const ground = await plots([peer], documents);
          // Each document is held open by one client, so that what is measured is joining and not loading.
          const hosts = await widely(ground, 25, async (plot) => {
            const host = await open(peer, plot.name);
            await contribute(host, missing(peer, plot));
            await contribute(host, content);
            return host;
          });
          await pause(500);
          await gale(peer, ground, clients, findings);
          await closeAll(hosts);
          await pause(500);
        });
      }
      return findings.measures();
    })
};

async function gale(peer: Peer, ground: readonly Plot[], clients: number, findings: Findings): Promise<void> {
  const scenario = `storm, ${clients.toLocaleString('en-US')} × ${ground.length} document${ground.length > 1 ? 's' : ''}`;
  const guests = new Guests(clients, ground.length);
  const before = await peer.process.cpu();
  const start = performance.now();
  const waits: number[] = [];
  const connections = await widely(Array.from({ length: clients }), CONNECTING, async (_, index) => {
    const plot = ground[index % ground.length]!;
    const began = performance.now();
    const connection = new Connection(peer.target(plot.name));
    await inTime(connection.opened, `${peer.title}: connecting`);
    const member = connection.join(plot.name, guests.introduce(index));
    member.onAwareness = (update) => guests.meet(index, update);
    await inTime(member.synced, `${peer.title}: joining`);
    waits.push(performance.now() - began);
    return connection;
  });
  const allIn = performance.now() - start;
  const allSeen = (await until(() => guests.done, 30_000)) ? performance.now() - start : Number.NaN;
  const after = await peer.process.cpu();
  await Promise.all(connections.map((connection) => connection.close()));

  const add = (measure: string, unit: string, value: number) =>
    findings.add(peer, { scenario, measure, unit }, value);
  add('all in', 'ms', allIn);
  add('all see all', 'ms', allSeen);
  add('join p50', 'ms', percentile(waits, 0.5));
  add('join p99', 'ms', percentile(waits, 0.99));
  add('server CPU per join', 'ms', (after.server - before.server) / 1_000 / clients);
}

/** Who has seen whom. Guest `index` sits in document `index % documents`. */
class Guests {
  private readonly documents: number;
  private readonly clients: number;
  private readonly seen: Uint8Array[];
  private missing: number;
  // The same bytes go to everyone: they are read once.
  private readonly read: Array<{ bytes: Uint8Array; guests: number[] }> = [];

  constructor(clients: number, documents: number) {
    this.clients = clients;
    this.documents = documents;
    this.seen = Array.from({ length: clients }, () => new Uint8Array(clients));
    this.missing = 0;
    for (let index = 0; index < clients; index++) {
      this.missing += Math.ceil((clients - (index % documents)) / documents) - 1;
    }
  }

  get done(): boolean {
    return this.missing === 0;
  }

  introduce(index: number): Uint8Array {
    const user = { name: `Guest ${index}`, color: '#2563eb' };
    return awarenessUpdate(FIRST_GUEST + index, 1, { user, cursor: { x: index % 800, y: index % 600 } });
  }

  meet(index: number, update: Uint8Array): void {
    const seen = this.seen[index]!;
    for (const guest of this.guests(update)) {
      if (guest === index || guest % this.documents !== index % this.documents || seen[guest]) continue;
      seen[guest] = 1;
      this.missing--;
    }
  }

  private guests(update: Uint8Array): number[] {
    for (const known of this.read) {
      if (known.bytes.length === update.length && Buffer.compare(known.bytes, update) === 0)
        return known.guests;
    }
    const guests = awarenessClients(update)
      .map((client) => client - FIRST_GUEST)
      .filter((guest) => guest >= 0 && guest < this.clients);
    this.read.unshift({ bytes: update, guests });
    if (this.read.length > 16) this.read.pop();
    return guests;
  }
}

/** Awareness ids of guests start here, so that they are as long as real ones. */
const FIRST_GUEST = 1_500_000_000;

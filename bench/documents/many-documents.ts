/**
 * Many documents with two people in each, at a steady load: what an edit costs where documents are many and crowds
 * small, which is what an organization's day is.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Member } from '../load/connection.ts';
import { author, type Author } from '../load/edits.ts';
import { Ledger } from '../load/ledger.ts';
import { arrivals, widely } from '../load/pace.ts';
import { random } from '#shared/testing/seed.ts';
import { closeAll, contribute, open } from '../load/sessions.ts';
import type { Peer } from '../peers/peer.ts';
import { busiest, type CpuProfile } from '../report/profile.ts';
import { missing, plots, type Plot } from './grounds.ts';
import { Findings, interleaved, noSlower, withServers, type Scenario, type Settings } from './scenario.ts';
import { measure, Writer } from './window.ts';

/** Two people a document. */
const PEOPLE = 2;

/** One stretch of load: who writes at which moment. The same for every server. */
type Load = { rate: number; round: number; moments: Float64Array; authors: number[] };

export const manyDocuments: Scenario = {
  name: 'many-documents',
  about: '500 documents × 2 clients, 1,000 and 4,000 updates/s offered',
  run: (settings) => withServers(settings.peers, () => run(settings))
};

async function run({ peers, quick, seed, note, profile }: Settings) {
  const documents = quick ? 200 : 500;
  const rates = quick ? [1_000, 2_000] : [1_000, 4_000];
  const rounds = quick ? 1 : 3;
  const seconds = quick ? 2 : 4;
  const warmup: Load = plan(documents, rates[0]!, 1, -1, seed);
  const loads = rates.flatMap((rate) =>
    Array.from({ length: rounds }, (_, round) =>
      plan(documents, rate, seconds, round, seed + 7 * round + rate)
    )
  );
  note(`many documents: preparing ${documents} documents and their edits`);
  const ground = await plots(peers, documents);
  const counts = new Uint32Array(documents * PEOPLE);
  for (const load of [warmup, ...loads]) for (const index of load.authors) counts[index]!++;
  const authors = Array.from(counts, (count, index) =>
    author(ground[Math.floor(index / PEOPLE)]!.ground.state, seed * 1_000 + index, count)
  );

  const findings = new Findings();
  const offices = new Map<Peer, Office>();
  try {
    for (const peer of peers) {
      note(`many documents: ${documents * PEOPLE} clients join ${peer.title}`);
      offices.set(peer, await gather(peer, ground, authors));
    }
    const window = (peer: Peer, load: Load) => {
      const { members, ledgers, writers } = offices.get(peer)!;
      const turns = load.authors.map((index) => writers[index]!);
      return measure(peer, members, ledgers, { moments: load.moments, writers: turns });
    };
    for (const peer of peers) await window(peer, warmup);

    for (const rate of rates) {
      note(`many documents: ${rate} updates/s, ${rounds} × ${seconds} s each`);
      const scenario = `${documents} documents × ${PEOPLE}, ${rate.toLocaleString('en-US')}/s`;
      await interleaved(peers, rounds, async (peer, round) => {
        const profiled = profile !== undefined && round === 0;
        if (profiled) await peer.process.startProfile();
        const found = await window(
          peer,
          loads.find((load) => load.rate === rate && load.round === round)!
        );
        if (profiled) await report(peer, join(profile, `${peer.name}-${rate}.cpuprofile`), note);
        // A server being profiled is slower.
        if (profiled && rounds > 1) return;

        const add = (measure: string, unit: string, value: number) =>
          findings.add(peer, { scenario, measure, unit }, value);
        const twice = { to: 'memory', atLeast: 2 } as const;
        findings.add(
          peer,
          { scenario, measure: 'updates per server CPU s', unit: '', aim: twice },
          found.updates / (found.cpu.server / 1e6)
        );
        add('same, database included', '', found.updates / ((found.cpu.server + found.cpu.below) / 1e6));
        add('server CPU per update', 'µs', found.cpu.server / found.updates);
        findings.add(
          peer,
          { scenario, measure: 'delivery p50', unit: 'ms', aim: noSlower.p50 },
          found.delivery.p50
        );
        findings.add(
          peer,
          { scenario, measure: 'delivery p99', unit: 'ms', aim: noSlower.p99 },
          found.delivery.p99
        );
        add('acknowledged p50', 'ms', found.acknowledgement.p50);
        add('acknowledged p99', 'ms', found.acknowledgement.p99);
        findings.add(
          peer,
          { scenario, measure: 'not delivered', unit: '', aim: { lost: true } },
          found.undelivered
        );
      });
    }
    return findings.measures();
  } finally {
    await closeAll([...offices.values()].flatMap(({ members }) => members));
  }
}

async function report(peer: Peer, file: string, note: (text: string) => void): Promise<void> {
  await peer.process.endProfile(file);
  note(`${peer.title}'s CPU profile is ${file}; most time is in`);
  for (const { name, share } of busiest(JSON.parse(readFileSync(file, 'utf8')) as CpuProfile, 12)) {
    note(`  ${(share * 100).toFixed(1).padStart(5)} %  ${name}`);
  }
}

function plan(documents: number, rate: number, seconds: number, round: number, seed: number): Load {
  const next = random(seed);
  const moments = arrivals(rate, seconds, seed);
  const authors = Array.from(moments, () => Math.floor(next() * documents * PEOPLE));
  return { rate, round, moments, authors };
}

type Office = { members: Member[]; ledgers: Ledger[]; writers: Writer[] };

async function gather(peer: Peer, ground: Plot[], authors: Author[]): Promise<Office> {
  const office: Office = { members: [], ledgers: [], writers: [] };
  const groups = await widely(ground, 25, async (plot) => {
    const first = await open(peer, plot.name);
    await contribute(first, missing(peer, plot));
    return [first, ...(await widely(Array.from({ length: PEOPLE - 1 }), 1, () => open(peer, plot.name)))];
  });
  groups.forEach((members, index) => {
    const ledger = new Ledger();
    const own = authors.slice(index * PEOPLE, (index + 1) * PEOPLE);
    for (const { client, from } of own) ledger.addAuthor(client, from);
    members.forEach((member, place) => {
      const { client, updates } = own[place]!;
      const receiver = ledger.addReceiver(client);
      member.onUpdate = (update) => receiver.receive(update, performance.now());
      const frames = updates.map((update) => member.frames.update(update));
      office.writers.push(new Writer(member, ledger, client, frames));
    });
    office.members.push(...members);
    office.ledgers.push(ledger);
  });
  return office;
}

/**
 * One document, many clients, ten people writing: how soon everyone else has an edit, and what passing it on costs.
 */
import type { Member } from '../load/connection.ts';
import { author, type Author } from '../load/edits.ts';
import { Ledger } from '../load/ledger.ts';
import { arrivals, widely } from '../load/pace.ts';
import { closeAll, contribute, open } from '../load/sessions.ts';
import type { Peer } from '../peers/peer.ts';
import { missing, plots, type Plot } from './grounds.ts';
import { Findings, interleaved, noSlower, withServers, type Scenario, type Settings } from './scenario.ts';
import { measure, Writer } from './window.ts';

const WRITERS = 10;
/** Edits a second of each writer: a quick typist with a cursor. */
const EACH = 20;
/** Edits that go before the measured ones, in seconds of the measured rate: code must be compiled first. */
const WARM_UP = 5;

export const fanOut: Scenario = {
  name: 'fan-out',
  about: `1 document, 10/50/200 clients, ${WRITERS} of them writing ${EACH} edits/s each`,
  run: (settings) =>
    withServers(settings.peers, async () => {
      const findings = new Findings();
      for (const clients of settings.quick ? [10, 200] : [10, 50, 200])
        await crowd(settings, clients, findings);
      const mixed = !settings.quick && settings.peers.some((peer) => peer.name === 'ume');
      if (mixed) await crowd(settings, 50, findings, true);
      return findings.measures();
    })
};

/**
 * @param mixed every other client reaches ume with y-websocket's protocol, which the stock server does not speak.
 */
async function crowd(settings: Settings, clients: number, findings: Findings, mixed = false): Promise<void> {
  const { peers, quick, seed, note } = settings;
  const rounds = quick ? 1 : 3;
  const seconds = quick ? 2 : 3;
  const scenario = mixed ? `same × ${clients}, half over y-websocket` : `1 document × ${clients} clients`;
  note(`fan-out: ${scenario}, ${rounds} × ${seconds} s each`);

  const [plot] = await plots(peers, 1);
  const edits = EACH * (WARM_UP + rounds * seconds);
  const authors = Array.from({ length: WRITERS }, (_, index) =>
    author(plot!.ground.state, seed + index, edits)
  );
  const crowds = new Map<Peer, Crowd>();
  try {
    for (const peer of peers) crowds.set(peer, await gather(peer, plot!, clients, authors, mixed));
    const window = async (peer: Peer, moments: Float64Array) => {
      const { members, ledger, writers } = crowds.get(peer)!;
      const turns = Array.from(moments, (_, index) => writers[index % WRITERS]!);
      return measure(peer, members, [ledger], { moments, writers: turns });
    };
    for (const peer of peers) await window(peer, arrivals(WRITERS * EACH * WARM_UP, 1, seed));

    await interleaved(peers, rounds, async (peer, round) => {
      const found = await window(peer, arrivals(WRITERS * EACH, seconds, seed + round + 1));
      const add = (measure: string, unit: string, value: number) =>
        findings.add(peer, { scenario, measure, unit }, value);
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
      add('server CPU per delivery', 'µs', found.cpu.server / found.deliveries);
      add('server CPU per update', 'µs', found.cpu.server / found.updates);
      if (peer.name === 'ume') add('database CPU per update', 'µs', found.cpu.below / found.updates);
      findings.add(
        peer,
        { scenario, measure: 'not delivered', unit: '', aim: { lost: true } },
        found.undelivered
      );
    });
  } finally {
    await closeAll([...crowds.values()].flatMap(({ members }) => members));
  }
}

type Crowd = { members: Member[]; ledger: Ledger; writers: Writer[] };

async function gather(
  peer: Peer,
  plot: Plot,
  clients: number,
  authors: Author[],
  mixed: boolean
): Promise<Crowd> {
  const protocol = (index: number) =>
    mixed && peer.name === 'ume' && index % 2 === 1 ? 'y-websocket' : 'hocuspocus';

  const first = await open(peer, plot.name);
  await contribute(first, missing(peer, plot));
  const others = await widely(Array.from({ length: clients - 1 }), 25, (_, index) =>
    open(peer, plot.name, protocol(index + 1))
  );
  const members = [first, ...others];
  const ledger = new Ledger();
  for (const { client, from } of authors) ledger.addAuthor(client, from);
  members.forEach((member, index) => {
    const receiver = ledger.addReceiver(authors[index]?.client);
    member.onUpdate = (update) => receiver.receive(update, performance.now());
  });
  const writers = authors.map(
    ({ client, updates }, index) =>
      new Writer(
        members[index]!,
        ledger,
        client,
        updates.map((update) => members[index]!.frames.update(update))
      )
  );
  return { members, ledger, writers };
}

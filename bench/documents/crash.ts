/**
 * The promise under test: an edit that was acknowledged is there after the server was killed. Ten clients write and
 * count acknowledgements; the server is killed at a moment from the seed; then everything acknowledged is looked for.
 */
import * as Y from 'yjs';
import type { Member } from '../load/connection.ts';
import { author } from '../load/edits.ts';
import { pause } from '../load/pace.ts';
import { random } from '#shared/testing/seed.ts';
import { closeAll, contribute, open } from '../load/sessions.ts';
import type { Peer } from '../peers/peer.ts';
import { missing, plots } from './grounds.ts';
import type { Measure, Scenario, Settings } from './scenario.ts';

const DOCUMENTS = 5;
const PEOPLE = 2;
/** Edits of one client that may be without acknowledgement at a time. */
const IN_FLIGHT = 8;
/** A client's pause between edits, ms. */
const PAUSE = 10;

type Outcome = { acknowledged: number; lost: number };

export const crash: Scenario = {
  name: 'crash',
  about: `acknowledged edits lost when the server is killed (SIGKILL) while ${DOCUMENTS * PEOPLE} clients write`,
  run: async (settings) => {
    const trials = settings.quick ? 1 : 4;
    const scenario = `killed ${trials} × while writing`;
    const acknowledged: Measure = { scenario, measure: 'edits acknowledged', unit: '', values: {} };
    const lost: Measure = { scenario, measure: 'of these lost', unit: '', values: {}, aim: { lost: true } };
    for (const peer of settings.peers.filter(({ keeps }) => keeps)) {
      const sum = { acknowledged: 0, lost: 0 };
      for (let index = 0; index < trials; index++) {
        const outcome = await trial(settings, peer, index);
        sum.acknowledged += outcome.acknowledged;
        sum.lost += outcome.lost;
      }
      acknowledged.values[peer.name] = sum.acknowledged;
      lost.values[peer.name] = sum.lost;
    }
    return [acknowledged, lost];
  }
};

async function trial({ seed, note }: Settings, peer: Peer, index: number): Promise<Outcome> {
  const next = random(seed * 31 + index);
  const lifetime = 1_000 + next() * 3_000;
  // Every other time the database goes down with the server, as when a machine does.
  const everything = index % 2 === 1;
  note(`crash: killing ${peer.title} after ${Math.round(lifetime)} ms`);

  await peer.start();
  const writers: Array<{ member: Member; client: number; acknowledged: number; name: string }> = [];
  let killed = false;
  try {
    const ground = await plots([peer], DOCUMENTS);
    for (const [place, plot] of ground.entries()) {
      for (let person = 0; person < PEOPLE; person++) {
        const member = await open(peer, plot.name);
        if (person === 0) await contribute(member, missing(peer, plot));
        const edits = author(plot.ground.state, seed + index * 1_000 + place * PEOPLE + person, 1_000);
        const writer = { member, client: edits.client, acknowledged: 0, name: plot.name };
        member.onAcknowledged = () => {
          if (!killed) writer.acknowledged++;
        };
        writers.push(writer);
        void (async () => {
          for (const update of edits.updates) {
            while (!killed && member.unacknowledged >= IN_FLIGHT) await pause(1);
            if (killed) return;
            member.edit(member.frames.update(update));
            await pause(PAUSE);
          }
        })();
      }
    }
    await pause(lifetime);
    await peer.process.kill(everything);
  } finally {
    // What was received before the connection broke counts: the server had said it.
    await pause(50);
    killed = true;
    await closeAll(writers.map(({ member }) => member));
    await peer.stop();
  }

  await peer.start();
  try {
    const outcome: Outcome = { acknowledged: 0, lost: 0 };
    for (const { name, client, acknowledged } of writers) {
      const member = await open(peer, name);
      const state = await member.synced;
      const kept = Y.decodeStateVector(Y.encodeStateVectorFromUpdate(state)).get(client) ?? 0;
      outcome.acknowledged += acknowledged;
      outcome.lost += Math.max(0, acknowledged - kept);
      await closeAll([member]);
    }
    return outcome;
  } finally {
    await peer.stop();
  }
}

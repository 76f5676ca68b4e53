/**
 * `./ume bench documents`: ume and stock Hocuspocus 4.7, in memory and with its SQLite extension, under one load in
 * one run.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bench } from '../bench.ts';
import { atEnd, endUsersOf } from '../peers/children.ts';
import { hocuspocusMemory } from '../peers/hocuspocus-memory.ts';
import { hocuspocusSqlite } from '../peers/hocuspocus-sqlite.ts';
import type { Peer, PeerName } from '../peers/peer.ts';
import { UmePeer } from '../peers/ume.ts';
import { coldOpen } from './cold-open.ts';
import { crash } from './crash.ts';
import { fanOut } from './fan-out.ts';
import { idleMemory } from './idle-memory.ts';
import { manyDocuments } from './many-documents.ts';
import type { Scenario } from './scenario.ts';
import { storm } from './storm.ts';
import { judge, verdictTable, type Verdict } from './verdict.ts';

const scenarios: Scenario[] = [fanOut, manyDocuments, coldOpen, storm, idleMemory, crash];

const peers: Record<PeerName, (folder: string) => Peer> = {
  memory: hocuspocusMemory,
  sqlite: hocuspocusSqlite,
  ume: (folder) => new UmePeer(folder)
};

export const documents: Bench = {
  name: 'documents',
  about: 'live documents: ume and stock Hocuspocus under the same load',
  parts: scenarios,
  peers: Object.keys(peers),
  run: async ({ seed, quick, only, against, profile, note }) => {
    const folder = mkdtempSync(join(tmpdir(), 'ume-bench-'));
    atEnd(() => {
      endUsersOf(folder);
      rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
    });
    const chosen = scenarios.filter(({ name }) => !only || only.includes(name));
    const entrants = (Object.keys(peers) as PeerName[])
      .filter((name) => !against || against.includes(name))
      .map((name) => peers[name](folder));
    const verdicts: Verdict[] = [];
    const failures: Array<{ scenario: string; error: string }> = [];
    for (const scenario of chosen) {
      const began = performance.now();
      try {
        const measures = await scenario.run({ seed, quick, peers: entrants, note, profile });
        verdicts.push(...measures.map(judge));
      } catch (error) {
        const text = error instanceof Error ? error.message : String(error);
        failures.push({ scenario: scenario.name, error: text });
        note(`${scenario.name} failed: ${text}`);
      }
      note(`${scenario.name}: ${((performance.now() - began) / 1000).toFixed(0)} s`);
    }
    const aims = verdicts.filter(({ met }) => met !== undefined);
    return {
      text: [
        verdictTable(verdicts),
        ...failures.map(({ scenario, error }) => `${scenario} FAILED: ${error}`),
        aims.length > 0 ? `Aims met: ${aims.filter(({ met }) => met).length} of ${aims.length}` : ''
      ]
        .filter(Boolean)
        .join('\n\n'),
      failed: failures.length > 0,
      data: {
        machine: { cpu: cpus()[0]?.model ?? '', cores: cpus().length, node: process.version },
        measures: verdicts,
        failures,
        met: failures.length === 0 && aims.length > 0 && aims.every(({ met }) => met)
      }
    };
  }
};

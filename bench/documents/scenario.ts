/**
 * What a scenario of this bench is, and how its findings are kept.
 */
import { median } from '../report/statistics.ts';
import type { Peer, PeerName } from '../peers/peer.ts';

/** How ume should compare. `lost` means the value itself must be 0. */
export type Aim = { to: PeerName; atMost: number } | { to: PeerName; atLeast: number } | { lost: true };

/** One line of the result: a quantity measured on every server it applies to. */
export type Quantity = { scenario: string; measure: string; unit: string; aim?: Aim };
export type Measure = Quantity & { values: Partial<Record<PeerName, number>> };

/** No slower than stock in memory. A shared machine's p99 differs by this much between two runs of the same server. */
export const noSlower = {
  p50: { to: 'memory', atMost: 1.1 },
  p99: { to: 'memory', atMost: 1.25 }
} as const satisfies Record<string, Aim>;

export type Settings = {
  /** Every choice made at random comes from this. */
  seed: number;
  /** Fewer, shorter rounds: for a look, not for a statement. */
  quick: boolean;
  /** In the order of the table's columns. Not running. */
  peers: Peer[];
  /** Says what is being done, for whoever waits. */
  note: (text: string) => void;
  /** A folder for CPU profiles, where a scenario takes them. */
  profile?: string;
};

export type Scenario = { name: string; about: string; run: (settings: Settings) => Promise<Measure[]> };

/** Collects values round by round; the result is each one's median, since a shared machine has bad moments. */
export class Findings {
  private readonly found = new Map<string, { quantity: Quantity; values: Map<PeerName, number[]> }>();

  add(peer: Peer, quantity: Quantity, value: number): void {
    const key = `${quantity.scenario}\n${quantity.measure}`;
    let entry = this.found.get(key);
    if (!entry) this.found.set(key, (entry = { quantity, values: new Map() }));
    const values = entry.values.get(peer.name);
    if (values) values.push(value);
    else entry.values.set(peer.name, [value]);
  }

  measures(): Measure[] {
    return [...this.found.values()].map(({ quantity, values }) => ({
      ...quantity,
      values: Object.fromEntries(
        [...values].map(([name, rounds]) => [name, isLoss(quantity) ? Math.max(...rounds) : median(rounds)])
      )
    }));
  }
}

/** Of losses the worst round counts: a median would hide them. */
function isLoss({ aim }: Quantity): boolean {
  return aim !== undefined && 'lost' in aim;
}

/** Every peer in every round, each round starting with another, so that drift of the machine hits all alike. */
export async function interleaved(
  peers: readonly Peer[],
  rounds: number,
  act: (peer: Peer, round: number) => Promise<void>
): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < peers.length; turn++) await act(peers[(turn + round) % peers.length]!, round);
  }
}

/** Runs something with all peers started, and stops them whatever happens. */
export async function withServers<Result>(
  peers: readonly Peer[],
  act: () => Promise<Result>
): Promise<Result> {
  try {
    await Promise.all(peers.map((peer) => peer.start()));
    return await act();
  } finally {
    await Promise.all(peers.map((peer) => peer.stop().catch(() => {})));
  }
}

/**
 * One stretch of measured load: edits go out at their moments, everyone's receipts are waited for, and what it cost
 * the server is read before and after.
 */
import type { Member } from '../load/connection.ts';
import type { Ledger } from '../load/ledger.ts';
import { follow, pause, until } from '../load/pace.ts';
import type { Peer } from '../peers/peer.ts';
import { percentile } from '../report/statistics.ts';

/** Someone who edits: the next frame to send and the ledger that follows it. */
export class Writer {
  readonly client: number;
  private readonly member: Member;
  private readonly ledger: Ledger;
  private readonly frames: readonly Buffer[];
  private next = 0;

  constructor(member: Member, ledger: Ledger, client: number, frames: readonly Buffer[]) {
    this.member = member;
    this.ledger = ledger;
    this.client = client;
    this.frames = frames;
  }

  write(): void {
    const frame = this.frames[this.next++];
    if (!frame) throw new Error('Too few edits were prepared');
    this.ledger.sent(this.client, performance.now());
    this.member.edit(frame);
  }
}

export type Window = {
  updates: number;
  deliveries: number;
  /** Receipts that had not come 20 s after the last edit. Anything but 0 is a fault of the server. */
  undelivered: number;
  seconds: number;
  /** CPU, µs: the server's own, and that of processes below it. */
  cpu: { server: number; below: number };
  /** ms */
  delivery: { p50: number; p99: number };
  acknowledgement: { p50: number; p99: number };
};

/**
 * @param plan which writer acts at which moment (ms).
 */
export async function measure(
  peer: Peer,
  members: readonly Member[],
  ledgers: readonly Ledger[],
  plan: { moments: Float64Array; writers: readonly Writer[] }
): Promise<Window> {
  const acknowledgements: number[] = [];
  for (const member of members) {
    member.stayAlive();
    member.onAcknowledged = (sentAt) => acknowledgements.push(performance.now() - sentAt);
  }
  await pause(300);
  for (const ledger of ledgers) {
    ledger.latencies.length = 0;
    ledger.delivered = 0;
  }

  const before = await peer.process.cpu();
  const took = await follow(plan.moments, (index) => plan.writers[index]!.write());
  await until(
    () =>
      ledgers.every((ledger) => ledger.outstanding <= 0) &&
      members.every((member) => member.unacknowledged === 0),
    20_000
  );
  const after = await peer.process.cpu();

  const latencies = Float64Array.from(ledgers.flatMap((ledger) => ledger.latencies));
  return {
    updates: plan.moments.length,
    deliveries: ledgers.reduce((sum, ledger) => sum + ledger.delivered, 0),
    undelivered: ledgers.reduce((sum, ledger) => sum + ledger.outstanding, 0),
    seconds: took / 1000,
    cpu: { server: after.server - before.server, below: after.below - before.below },
    delivery: { p50: percentile(latencies, 0.5), p99: percentile(latencies, 0.99) },
    acknowledgement: { p50: percentile(acknowledgements, 0.5), p99: percentile(acknowledgements, 0.99) }
  };
}

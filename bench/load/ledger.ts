/**
 * Who has received which edit of one document, and how long it took.
 */
import { clockRanges, type ClockRange } from './clocks.ts';

/** Edits remembered per document while waiting for slow receivers to see the same bytes. */
const REMEMBERED = 8;

export class Ledger {
  /** Receipts still owed by edits that were sent. */
  outstanding = 0;
  delivered = 0;
  /** From sending to each receiver's receipt, ms; emptied by whoever reads them. */
  readonly latencies: number[] = [];

  private readonly authors = new Map<number, { from: number; sentAt: number[] }>();
  private readonly receivers: Receiver[] = [];
  // A broadcast brings the same bytes to everyone: they are read once.
  private readonly read: Array<{ bytes: Uint8Array; ranges: ClockRange[] }> = [];

  /** Someone whose edits are followed. `from` is the clock of the first edit. */
  addAuthor(client: number, from: number): void {
    this.authors.set(client, { from, sentAt: [] });
  }

  /** A client that should receive every followed edit but its own. */
  addReceiver(own?: number): Receiver {
    const receiver = new Receiver(this, own);
    this.receivers.push(receiver);
    return receiver;
  }

  /** Notes that an author's next edit goes out now. */
  sent(client: number, at: number): void {
    const author = this.authors.get(client);
    if (!author) throw new Error(`No author ${client} in this ledger`);
    author.sentAt.push(at);
    for (const receiver of this.receivers) if (receiver.own !== client) this.outstanding++;
  }

  author(client: number): { from: number; sentAt: number[] } | undefined {
    return this.authors.get(client);
  }

  ranges(update: Uint8Array): ClockRange[] {
    for (const known of this.read) {
      if (known.bytes.length === update.length && Buffer.compare(known.bytes, update) === 0)
        return known.ranges;
    }
    const ranges = clockRanges(update).filter(({ client }) => this.authors.has(client));
    this.read.unshift({ bytes: update, ranges });
    if (this.read.length > REMEMBERED) this.read.pop();
    return ranges;
  }
}

/** One client's receipts. */
export class Receiver {
  readonly own: number | undefined;
  private readonly ledger: Ledger;
  private readonly seen = new Map<number, number>();

  constructor(ledger: Ledger, own?: number) {
    this.ledger = ledger;
    this.own = own;
  }

  /** Notes what an update brought that had not been seen. Doubles count once. */
  receive(update: Uint8Array, at: number): void {
    for (const { client, from, to } of this.ledger.ranges(update)) {
      if (client === this.own) continue;
      const author = this.ledger.author(client)!;
      const known = this.seen.get(client) ?? 0;
      const upTo = Math.min(to - author.from, author.sentAt.length);
      for (let index = Math.max(known, from - author.from); index < upTo; index++) {
        this.ledger.latencies.push(at - author.sentAt[index]!);
        this.ledger.delivered++;
        this.ledger.outstanding--;
      }
      if (upTo > known) this.seen.set(client, upTo);
    }
  }
}

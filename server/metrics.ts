import { Counter, Gauge } from 'prom-client';
import type { Registry } from 'prom-client';
import type { Door } from './documents/door.ts';
import type { Library } from './documents/library.ts';
import type { MongoJournal } from './journal/journal.ts';
import type { RowProjector } from './journal/projection.ts';

/** The numbers an operator watches: what waits, what is open, what was written. */
export function observe(
  registry: Registry,
  parts: { journal: MongoJournal; library: Library; door: Door; projector: RowProjector }
): void {
  const { journal, library, door, projector } = parts;
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(read());
      }
    });
  gauge('ume_documents_open', 'Documents in memory', () => library.size);
  gauge('ume_document_connections', 'Connections to documents', () => door.connections);
  gauge('ume_journal_head', 'Position of the last durable entry', () => journal.head);
  gauge('ume_journal_healthy', '1 while changes can be saved', () => (journal.healthy ? 1 : 0));
  gauge('ume_rows_behind', 'Entries that rows do not include yet', () => journal.head - projector.head);
  const entries = new Counter({
    name: 'ume_journal_entries_total',
    help: 'Entries written or seen since the start',
    registers: [registry]
  });
  journal.onCommitted((committed) => entries.inc(committed.length));
}

/** For tests: the parts that store and serve documents, on a database of their own, without sockets or HTTP. */
import { pino } from 'pino';
import type { Logger } from 'pino';
import { newRecordId } from '#shared/kernel/ids.ts';
import { createDocument } from '#shared/kernel/fields/index.ts';
import { recordType } from '#shared/modules/registry.ts';
import { encodeStateAsUpdate } from 'yjs';
import type { Actor } from './access/actor.ts';
import { Library } from './documents/library.ts';
import type { LibrarySettings } from './documents/library.ts';
import { MongoJournal } from './journal/journal.ts';
import { RowProjector } from './journal/projection.ts';
import { Replay } from './journal/replay.ts';
import { Snapshots } from './journal/snapshots.ts';
import { ensureIndexes } from './store/indexes.ts';
import { testStore } from './store/testing.ts';
import type { TestStore } from './store/testing.ts';

export const silent: Logger = pino({ level: 'silent' });

export const testSettings: LibrarySettings = {
  limits: { updateBytes: 1 << 20, documentBytes: 8 << 20, waitingBytes: 64 << 20 },
  snapshot: { entries: 500, bytes: 256 * 1024 }
};

export interface TestCore {
  store: TestStore;
  journal: MongoJournal;
  snapshots: Snapshots;
  replay: Replay;
  library: Library;
  projector: RowProjector;
  /** Stops the parts but keeps what they stored. */
  stop(): Promise<void>;
}

/** Starts the parts on a store: a second time on the same one is a restart. */
export async function startCore(
  store: TestStore,
  settings: LibrarySettings = testSettings
): Promise<TestCore> {
  const journal = new MongoJournal(store.connection, silent);
  const snapshots = new Snapshots(store.connection);
  const replay = new Replay(journal, snapshots);
  const library = new Library(store.connection, journal, replay, snapshots, settings, silent);
  const projector = new RowProjector(store.connection, journal, library, silent);
  await ensureIndexes(store.connection);
  await journal.open();
  await library.start();
  await projector.open();
  return {
    store,
    journal,
    snapshots,
    replay,
    library,
    projector,
    stop: async () => {
      await journal.close();
      await projector.close();
      await library.close();
    }
  };
}

export async function testCore(settings?: LibrarySettings): Promise<TestCore> {
  return startCore(await testStore(), settings);
}

export const testActor = (name: string, organization = 'org-a'): Actor => ({
  kind: 'user',
  user: `user-${name}`,
  name,
  organization,
  role: 'member',
  credential: `session:${name}`
});

/** Puts a task into the journal and waits for its row. */
export async function testTask(core: TestCore, actor: Actor, title: string): Promise<string> {
  const record = newRecordId('work.task');
  const doc = createDocument(recordType('work.task')!, { title });
  const entry = await core.journal.append({
    organization: actor.organization,
    by: actor,
    cause: { kind: 'command', name: 'create' },
    changes: [
      {
        record,
        section: 'main',
        update: encodeStateAsUpdate(doc),
        set: { state: 'todo', rank: 'a0', space: null },
        created: true
      }
    ]
  });
  await core.projector.settled(entry.position);
  return record;
}

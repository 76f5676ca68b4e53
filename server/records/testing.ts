/** For tests: records over the real journal, documents and rows, in a database of their own. */
import { rowModels, type RowModels } from '../store/models/row.ts';
import { stopTestEngine } from '../store/testing.ts';
import { testActor, testCore, type TestCore } from '../testing.ts';
import { recordCommands, type Commands } from './commands.ts';
import { Feed } from './feed.ts';
import { recordHistory, type History } from './history.ts';
import { recordQueries, type Queries } from './query.ts';

export interface TestRecords {
  core: TestCore;
  rows: RowModels;
  commands: Commands;
  queries: Queries;
  history: History;
  feed: Feed;
  /** A space of an organization, made when first asked for. */
  space(organization: string): Promise<string>;
  close(): Promise<void>;
}

/** @param backlog most changes somebody who comes back may be told. */
export async function testRecords(backlog = 2000): Promise<TestRecords> {
  const core = await testCore();
  const rows = rowModels(core.store.connection);
  const { journal, projector, library: documents, replay } = core;
  const isMember = async (_organization: string, user: string) => user.startsWith('user-');
  const commands = recordCommands({ rows, journal, projector, documents, isMember });
  const feed = new Feed({ rows, projector, backlog });
  const spaces = new Map<string, Promise<string>>();
  return {
    core,
    rows,
    commands,
    queries: recordQueries(rows, projector),
    history: recordHistory(rows, journal, (record, section, upTo) => replay.document(record, section, upTo)),
    feed,
    space: (organization) => {
      const made =
        spaces.get(organization) ??
        commands
          .create(testActor('founder', organization), 'core.space', { fields: { name: 'Team' } })
          .then(({ id }) => id);
      spaces.set(organization, made);
      return made;
    },
    close: async () => {
      feed.close();
      await core.stop();
      await core.store.close();
      await stopTestEngine();
    }
  };
}

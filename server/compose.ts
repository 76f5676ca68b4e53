/**
 * The composition root: builds every part of the server in order and hands each what it needs, without listening yet.
 * Stopping goes the other way round, and the database engine is the last to go.
 */
import { createServer } from 'node:http';
import type { Server as HttpServer } from 'node:http';
import type { Duplex } from 'node:stream';
import type { RequestHandler } from 'express';
import type { Connection } from 'mongoose';
import type { Logger } from 'pino';
import { Server as SocketServer } from 'socket.io';
import { MediaWorkers } from '../media/workers.ts';
import { mediaConfig } from '../mediasoup.config.ts';
import packageFile from '../package.json' with { type: 'json' };
import { createAccess } from './access/access.ts';
import type { Access } from './access/access.ts';
import { mayConnect } from './access/origin.ts';
import type { Config } from './config.ts';
import { Door } from './documents/door.ts';
import { recordExists } from './documents/permission.ts';
import { Library } from './documents/library.ts';
import { createApp } from './http/app.ts';
import { feedRoutes } from './http/routes/feed.ts';
import { recordRoutes } from './http/routes/records.ts';
import { createMetrics } from './http/routes/system.ts';
import { MongoJournal } from './journal/journal.ts';
import { RowProjector } from './journal/projection.ts';
import { Replay } from './journal/replay.ts';
import { Snapshots } from './journal/snapshots.ts';
import { observe } from './metrics.ts';
import { recordCommands } from './records/commands.ts';
import type { Commands } from './records/commands.ts';
import { Feed } from './records/feed.ts';
import { openFeed } from './records/feed-socket.ts';
import { recordHistory } from './records/history.ts';
import { recordQueries } from './records/query.ts';
import { openStore } from './store/connection.ts';
import { startEngine } from './store/engine/engine.ts';
import type { Engine } from './store/engine/engine.ts';
import { ensureIndexes } from './store/indexes.ts';
import { rowModels } from './store/models/row.ts';

export interface Server {
  config: Config;
  engine: Engine;
  connection: Connection;
  journal: MongoJournal;
  library: Library;
  projector: RowProjector;
  access: Access;
  commands: Commands;
  media: MediaWorkers;
  http: HttpServer;
  /** Stops taking connections, saves what is pending, and ends the engine. */
  close(): Promise<void>;
}

/** How long requests under way may take once the server stops, milliseconds. */
const PATIENCE = 5_000;
/** Edits of all documents that may wait for a database that is away, bytes; past it, edits are refused. */
const WAITING = 256 * 1024 * 1024;
/** A message carries one edit and a little around it. */
const MESSAGE_ROOM = 64 * 1024;

/**
 * Builds a server from its settings.
 * @param kit SvelteKit's handler; without it there are no pages.
 * @throws {EngineError} when no database is to be had.
 */
export async function compose(config: Config, log: Logger, kit?: RequestHandler): Promise<Server> {
  const engine = await startEngine(config, log);
  const connection = await openStore(engine.url).catch(async (error: unknown) => {
    await engine.stop();
    throw error;
  });

  const journal = new MongoJournal(connection, log);
  const snapshots = new Snapshots(connection);
  const replay = new Replay(journal, snapshots);
  const library = new Library(
    connection,
    journal,
    replay,
    snapshots,
    {
      limits: {
        updateBytes: config.UME_LIMIT_UPDATE_BYTES,
        documentBytes: config.UME_LIMIT_DOCUMENT_BYTES,
        waitingBytes: WAITING
      },
      snapshot: { entries: config.UME_SNAPSHOT_UPDATES, bytes: config.UME_SNAPSHOT_BYTES }
    },
    log
  );
  const projector = new RowProjector(connection, journal, library, log);
  const access = await createAccess({
    connection,
    config,
    log,
    createRecord: (actor, type, input) => commands.create(actor, type, input)
  });
  const rows = rowModels(connection);
  const commands = recordCommands({
    rows,
    journal,
    projector,
    documents: library,
    isMember: async (organization, user) => (await access.members.roleOf(organization, user)) !== null
  });
  const queries = recordQueries(rows, projector);
  const history = recordHistory(rows, journal, (record, section, upTo) =>
    replay.document(record, section, upTo)
  );
  await ensureIndexes(connection);
  await journal.open();
  await library.start();
  await projector.open();
  const feed = new Feed({ rows, projector, backlog: config.UME_LIMIT_FEED_BACKLOG });

  const stopping = new AbortController();
  const media = new MediaWorkers(mediaConfig(config), log);
  const metrics = createMetrics();
  const app = createApp({
    config,
    log,
    access,
    metrics,
    kit,
    routes: [
      ...recordRoutes({ commands, queries, history }),
      ...feedRoutes({
        feed,
        identify: access,
        connectionsPerUser: config.UME_LIMIT_CONNECTIONS_PER_USER,
        signal: stopping.signal
      })
    ],
    health: {
      version: packageFile.version,
      engine: () => engine.kind,
      storage: () => journal.healthy,
      media: () => (media.status().available ? 'ready' : (media.status().reason ?? 'not available'))
    }
  });

  const http = createServer(app);
  const door = new Door(
    { library, exists: recordExists(rows), identify: access.fromToken, log: log.child({ part: 'door' }) },
    {
      connection: {
        messagesPerSecond: config.UME_LIMIT_MESSAGES_PER_SECOND,
        documents: config.UME_LIMIT_DOCUMENTS_PER_CONNECTION,
        waitingBytes: config.UME_LIMIT_UPDATE_BYTES * 2
      },
      connectionsPerUser: config.UME_LIMIT_CONNECTIONS_PER_USER,
      messageBytes: config.UME_LIMIT_UPDATE_BYTES + MESSAGE_ROOM
    }
  );
  // Documents have sockets of their own on the same port: socket.io must leave upgrades that aren't its alone.
  const sockets = new SocketServer(http, {
    path: '/socket.io',
    destroyUpgrade: false,
    serveClient: false,
    maxHttpBufferSize: 1_000_000,
    allowRequest: (request, decide) => decide(null, mayConnect(request.headers, config))
  });
  const closeFeed = openFeed(sockets, { feed, identify: access, journal, config, log });
  http.on('upgrade', (request, stream: Duplex, head) => {
    // Node leaves the line to us with nobody listening: cut before somebody else does, it would end the process.
    stream.on('error', () => stream.destroy());
    if (request.url?.startsWith('/socket.io/')) return;
    const refuse = (status: string) => stream.end(`HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`);
    if (!mayConnect(request.headers, config)) return refuse('403 Forbidden');
    if (!door.upgrade(request, stream, head)) refuse('404 Not Found');
  });
  access.onRevoked(
    (credential) => door.revoke(credential),
    () => door.holders()
  );
  const stopExpiry = access.expiry.start();
  access.onRenamed((user, name) => door.rename(user, name));
  projector.onProjected((changes) => {
    for (const { id, row } of changes) if (!row) library.shut(id);
  });
  observe(metrics, { journal, library, door, projector });

  let closing: Promise<void> | null = null;
  async function close(): Promise<void> {
    stopExpiry();
    stopping.abort();
    http.close();
    http.closeIdleConnections();
    // Requests under way are finished; one that isn't by then keeps nobody waiting.
    setTimeout(() => http.closeAllConnections(), PATIENCE).unref();
    await door.close();
    closeFeed();
    feed.close();
    await sockets.close();
    http.closeAllConnections();
    await journal.close();
    await projector.close();
    await library.close();
    await media.close();
    await connection.close();
    await engine.stop();
  }
  return {
    config,
    engine,
    connection,
    journal,
    library,
    projector,
    access,
    commands,
    media,
    http,
    close: () => (closing ??= close())
  };
}

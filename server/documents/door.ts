/**
 * The door to documents: `/collab` for Hocuspocus' protocol, `/y/<document>?token=…` for y-websocket's, both onto the
 * same live documents.
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { Hocuspocus } from '@hocuspocus/server';
import type { Connection } from '@hocuspocus/server';
import type { Logger } from 'pino';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import { notSignedIn, storageDown, tooManyConnections, UmeError } from '#shared/protocol/errors.ts';
import type { Actor } from '../access/actor.ts';
import { isAway } from '../store/away.ts';
import { DocumentConnection } from './connection.ts';
import type { ConnectionLimits } from './connection.ts';
import type { Library } from './library.ts';
import { Counter } from './limits.ts';
import type { LiveDocument } from './live-document.ts';
import { permissionFor } from './permission.ts';
import type { RecordExists } from './permission.ts';
import { DocumentSocket } from './socket.ts';

export interface DoorSettings {
  connection: ConnectionLimits;
  connectionsPerUser: number;
  /** Largest WebSocket message, bytes. */
  messageBytes: number;
}

export interface DoorParts {
  library: Library;
  exists: RecordExists;
  identify: (token: string) => Promise<Actor | null>;
  log: Logger;
}

/** What Hocuspocus carries along for one document of one connection. */
interface Context {
  connection: DocumentConnection;
  actor?: Actor;
  document?: LiveDocument;
  counted?: boolean;
}

/** Somebody on their way in, and which credentials were pulled back since they came to the door. */
interface Entering {
  revoked: Set<string>;
}

/** Clients reconnect after 30 s without a message. So silence is looked for this often: at most 24 s pass without one. */
const HEARTBEAT = 12_000;

export class Door {
  readonly #hocuspocus: Hocuspocus<Context>;
  readonly #sockets: WebSocketServer;
  readonly #connections = new Set<DocumentConnection>();
  readonly #entering = new Set<Entering>();
  readonly #users: Counter;
  readonly #parts: DoorParts;
  readonly #settings: DoorSettings;
  readonly #heartbeat: NodeJS.Timeout;

  constructor(parts: DoorParts, settings: DoorSettings) {
    this.#parts = parts;
    this.#settings = settings;
    this.#users = new Counter(settings.connectionsPerUser);
    this.#sockets = new WebSocketServer({
      noServer: true,
      maxPayload: settings.messageBytes,
      perMessageDeflate: false
    });
    this.#hocuspocus = new Hocuspocus<Context>({
      quiet: true,
      timeout: 60_000,
      maxPendingDocuments: settings.connection.documents,
      onAuthenticate: async ({ token, documentName, context, connectionConfig }) => {
        const entering: Entering = { revoked: new Set() };
        this.#entering.add(entering);
        try {
          const actor = await this.#authenticate(context.connection, token);
          // Both ask the database, so both ask at once. What the library says is heard only by who may know of it.
          const opening = parts.library.open(documentName, actor.organization);
          opening.catch(() => undefined);
          const { readOnly } = await permissionFor(actor, documentName, this.#exists);
          const document = await opening;
          if (entering.revoked.has(actor.credential)) throw notSignedIn();
          connectionConfig.readOnly = readOnly;
          return { actor, document };
        } catch (error) {
          context.connection.refuse(documentName);
          throw this.#refusal(error, documentName);
        } finally {
          this.#entering.delete(entering);
        }
      },
      connected: async ({ connection, context, connectionConfig }) => {
        this.#join(connection as Connection<Context>, context, connectionConfig.readOnly);
      },
      // Documents live in the library. Nothing may reach Hocuspocus' own, empty copy.
      beforeSync: () => Promise.reject(new Error('documents are served by the library')),
      onStoreDocument: () => Promise.resolve()
    });
    this.#heartbeat = setInterval(() => {
      for (const connection of this.#connections) connection.keepAlive();
    }, HEARTBEAT);
    this.#heartbeat.unref();
  }

  get connections(): number {
    return this.#connections.size;
  }

  /** Takes an upgrade request if it is for a document; false where it is for somebody else. */
  upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): boolean {
    // What stands there is anybody's to choose, and a request for nonsense is not for us.
    const url = request.url?.startsWith('/') ? URL.parse(`http://localhost${request.url}`) : null;
    if (!url) return false;
    const single = url.pathname.startsWith('/y/') ? decode(url.pathname.slice(3)) : null;
    if (url.pathname !== '/collab' && single === null) return false;
    this.#sockets.handleUpgrade(request, stream, head, (ws) => {
      const connection = this.#accept(ws, stream, request, url, single);
      if (single !== null) connection.begin(single, url.searchParams.get('token') ?? '');
    });
    return true;
  }

  /** What a person writes from now on bears the new name. */
  rename(user: string, name: string): void {
    for (const connection of this.#connections)
      for (const { actor } of connection.ports) if (actor.user === user) actor.name = name;
  }

  /** Whose documents are open; the same one as often as there are. */
  *holders(): Generator<Actor> {
    for (const connection of this.#connections) for (const { actor } of connection.ports) yield actor;
  }

  /** Closes what a credential has open. */
  revoke(credential: string): void {
    for (const { revoked } of this.#entering) revoked.add(credential);
    for (const connection of this.#connections) {
      for (const port of [...connection.ports])
        if (port.actor.credential === credential) port.close(notSignedIn().problem);
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#heartbeat);
    for (const connection of this.#connections) connection.socket.close(1001, 'The server is restarting');
    await new Promise((resolve) => setTimeout(resolve, 50));
    for (const connection of this.#connections) connection.socket.ws.terminate();
    this.#sockets.close();
  }

  #accept(
    ws: WebSocket,
    stream: Duplex,
    request: IncomingMessage,
    url: URL,
    single: string | null
  ): DocumentConnection {
    const connection = new DocumentConnection(
      new DocumentSocket(ws, stream),
      this.#settings.connection,
      single
    );
    const headers = new Headers();
    if (request.headers['user-agent']) headers.set('user-agent', request.headers['user-agent']);
    connection.door = this.#hocuspocus.handleConnection(connection.outlet, new Request(url, { headers }), {
      connection
    });
    this.#connections.add(connection);
    ws.on('message', (data: Buffer, binary: boolean) => {
      connection.receive(binary ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : TEXT);
    });
    ws.on('error', () => ws.terminate());
    ws.on('close', (code, reason) => {
      this.#connections.delete(connection);
      const user = this.#counted.get(connection);
      if (user) this.#users.remove(user);
      connection.door.handleClose({ code, reason: reason.toString() });
    });
    return connection;
  }

  /** A document that somebody has open belongs to a record that is there: removed ones are shut. */
  readonly #exists: RecordExists = async (organization, record, type) => {
    const open = this.#parts.library.peek(record);
    if (open && open.ports.size > 0) return open.identity.organization === organization;
    return this.#parts.exists(organization, record, type);
  };

  readonly #counted = new WeakMap<DocumentConnection, string>();

  async #authenticate(connection: DocumentConnection, token: string): Promise<Actor> {
    const actor = await this.#parts.identify(token);
    // A connection that is gone by now would be counted for ever.
    if (!actor || !this.#connections.has(connection)) throw notSignedIn();
    connection.admit();
    if (!this.#counted.has(connection)) {
      if (!this.#users.add(actor.user)) throw tooManyConnections();
      this.#counted.set(connection, actor.user);
    }
    return actor;
  }

  #join(hocuspocus: Connection<Context>, context: Context, readOnly: boolean): void {
    const { connection, actor, document } = context;
    if (!actor || !document) return;
    // Thrown out or shut in the moment before: whoever asks again gets the one that is there now, or none.
    if (this.#parts.library.peek(document.identity.name) !== document)
      return hocuspocus.close({ code: 4205, reason: 'Reset Connection' });
    connection.join(hocuspocus.messageAddress, document, actor, readOnly, hocuspocus as Connection);
  }

  /** Hocuspocus passes `reason` on to the client: the problem as JSON. It logs errors that have a message. */
  #refusal(error: unknown, documentName: string): Error {
    if (error instanceof UmeError)
      return Object.assign(new Error(''), { reason: JSON.stringify(error.problem) });
    this.#parts.log.error(
      { err: error, document: documentName.slice(0, 200) },
      'a document could not be opened'
    );
    const title = "This document can't be opened right now.";
    const problem = isAway(error)
      ? storageDown({ title, detail: 'The database does not answer. Try again in a moment.' }).problem
      : { code: 'internal', status: 500, title };
    return Object.assign(new Error(''), { reason: JSON.stringify(problem) });
  }
}

/** Stands for a text message, which no document protocol has: it can't be read as a frame. */
const TEXT = new Uint8Array(0);

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return '';
  }
}

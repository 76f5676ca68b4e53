/**
 * One socket to a server and the documents open on it, speaking the protocol by hand: no Y.Doc, no timers, no event
 * objects, so that a thousand of them leave the machine to the server.
 */
import { WebSocket } from 'ws';
import { FrameWriter, addressKey, addressOf, readFrame, type Protocol } from './frames.ts';

/** Where to connect, and with what. */
export type Target = { url: string; token: string; protocol: Protocol };

/** An empty update: what a client that has nothing new answers to the server's first sync step. */
const NOTHING = Uint8Array.of(0, 0);
/** The state vector of an empty document. */
const EMPTY = Uint8Array.of(0);

/** One client in one document. */
export class Member {
  readonly frames: FrameWriter;
  readonly connection: Connection;
  readonly documentName: string;
  /** The server's whole answer to "I have nothing": the document's state. */
  readonly synced: Promise<Uint8Array>;
  /** Synced, and nothing we sent is waiting for its acknowledgement. */
  readonly joined: Promise<void>;

  /** Called with every update (not the first state), a view of the socket's buffer. */
  onUpdate: ((update: Uint8Array) => void) | undefined;
  /** Called with the first state, too. */
  onState: ((update: Uint8Array) => void) | undefined;
  onAwareness: ((update: Uint8Array) => void) | undefined;
  /** Called for every acknowledgement with the moment the edit was sent (ms), in the order of sending. */
  onAcknowledged: ((sentAt: number) => void) | undefined;
  /** Edits the server said it did not save. */
  refused = 0;

  /** Sending times of what is not acknowledged yet; a ring would be quicker, but these queues stay short. */
  private readonly waiting: number[] = [];
  private announced: Uint8Array | undefined;
  private hasState = false;
  private greeted = false;
  private settleSynced!: (state: Uint8Array) => void;
  private settleJoined!: () => void;
  private fail!: (error: Error) => void;

  constructor(connection: Connection, documentName: string, awareness?: Uint8Array) {
    this.connection = connection;
    this.documentName = documentName;
    this.frames = new FrameWriter(connection.target.protocol, documentName);
    this.announced = awareness;
    let failSynced!: (error: Error) => void;
    let failJoined!: (error: Error) => void;
    this.synced = new Promise((resolve, reject) => {
      this.settleSynced = resolve;
      failSynced = reject;
    });
    this.joined = new Promise((resolve, reject) => {
      this.settleJoined = resolve;
      failJoined = reject;
    });
    // Whoever waits learns of a failure; whoever does not must not bring the bench down by it.
    this.synced.catch(() => {});
    this.joined.catch(() => {});
    this.fail = (error) => {
      failSynced(error);
      failJoined(error);
    };
  }

  /** Edits sent and not acknowledged. */
  get unacknowledged(): number {
    return this.waiting.length;
  }

  /** Starts the handshake: the token first where the protocol has one, as the stock providers do. */
  start(): void {
    if (this.connection.target.protocol === 'hocuspocus') {
      this.connection.send(this.frames.auth(this.connection.target.token));
    } else {
      this.greet();
    }
  }

  /** Sends an edit prepared with `frames.update`. */
  edit(frame: Buffer): void {
    if (this.connection.target.protocol === 'hocuspocus') this.waiting.push(performance.now());
    this.connection.send(frame);
  }

  /** Sends an awareness state prepared with `awarenessUpdate`. */
  announce(update: Uint8Array): void {
    this.connection.send(this.frames.awareness(update));
  }

  /** A sign of life: servers close connections that say nothing for a minute. */
  stayAlive(): void {
    this.connection.send(this.frames.queryAwareness());
  }

  /** Tells whoever waits that the connection is gone. */
  lost(reason: string): void {
    this.fail(new Error(`${this.documentName}: ${reason}`));
  }

  receive(frame: Buffer, start: number): void {
    const message = readFrame(frame, start);
    switch (message.kind) {
      case 'update':
        this.onUpdate?.(message.payload);
        break;
      case 'status':
        if (!message.saved) this.refused++;
        this.acknowledge();
        break;
      case 'awareness':
        this.onAwareness?.(message.payload);
        break;
      case 'step2':
        if (this.hasState) this.onUpdate?.(message.payload);
        else this.onState?.(message.payload);
        this.hasState = true;
        this.settleSynced(message.payload);
        this.settle();
        break;
      case 'step1':
        this.edit(this.frames.step2(NOTHING));
        break;
      case 'authenticated':
        this.greet();
        break;
      case 'ping':
        this.connection.send(this.frames.pong());
        break;
      case 'denied':
        this.lost(`the server refused the token: ${message.reason}`);
        break;
      case 'close':
        this.lost(`the server closed the document: ${message.reason}`);
        break;
      case 'other':
        break;
    }
  }

  private greet(): void {
    this.connection.send(this.frames.step1(EMPTY));
    if (this.announced) this.announce(this.announced);
  }

  private acknowledge(): void {
    // The first one is about the handshake: an answer to our empty step 2, or, where a server does not ask someone who
    // has nothing what they have, said at once.
    const sentAt = this.waiting.shift();
    if (this.greeted && sentAt !== undefined) this.onAcknowledged?.(sentAt);
    this.greeted = true;
    this.settle();
  }

  private settle(): void {
    if (this.hasState && this.greeted && this.waiting.length === 0) this.settleJoined();
  }
}

/** One websocket. With Hocuspocus' protocol it carries any number of documents, with y-websocket's exactly one. */
export class Connection {
  readonly target: Target;
  readonly opened: Promise<void>;
  private readonly socket: WebSocket;
  private readonly members = new Map<string, Member>();
  private only: Member | undefined;

  constructor(target: Target) {
    this.target = target;
    this.socket = new WebSocket(target.url, { perMessageDeflate: false, skipUTF8Validation: true });
    this.opened = new Promise((resolve, reject) => {
      this.socket.once('open', () => {
        (this.socket as unknown as { _socket: { setNoDelay(on: boolean): void } })._socket.setNoDelay(true);
        resolve();
      });
      this.socket.once('error', reject);
    });
    this.opened.catch(() => {});
    this.socket.on('error', () => {}); // a server that is killed resets its connections; 'close' follows
    this.socket.on('message', (data) => this.receive(data as Buffer));
    this.socket.on('close', (code, reason) => {
      for (const member of this.members.values()) {
        member.lost(`the connection was closed (${code} ${reason.toString()})`);
      }
    });
  }

  /** Opens a document on this connection. Wait for `opened` first. */
  join(documentName: string, awareness?: Uint8Array): Member {
    const member = new Member(this, documentName, awareness);
    this.members.set(addressKey(documentName), member);
    this.only = this.members.size === 1 ? member : undefined;
    member.start();
    return member;
  }

  send(frame: Buffer): void {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(frame);
  }

  /** Bytes handed over that the system has not taken yet: what a sender must keep small to be a fair load. */
  get buffered(): number {
    return this.socket.bufferedAmount;
  }

  /** Closes, politely first; resolves when the socket is gone. */
  async close(): Promise<void> {
    if (this.socket.readyState === WebSocket.CLOSED) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => this.socket.terminate(), 2_000);
      this.socket.once('close', () => {
        clearTimeout(timer);
        resolve();
      });
      this.socket.close();
    });
  }

  private receive(frame: Buffer): void {
    if (this.target.protocol === 'y-websocket') {
      this.only?.receive(frame, 0);
      return;
    }
    const { key, end } = addressOf(frame);
    this.members.get(key)?.receive(frame, end);
  }
}

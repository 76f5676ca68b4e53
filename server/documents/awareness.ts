/**
 * Who is in a document and where: carets, selections, names. Each connection says what its own clients do; the server
 * keeps the latest word of each client and passes on what changed, all of a tick's changes in one message. States stay
 * the strings they came as, but for who it is: `user.id` and `user.name` are always those of whoever is signed in.
 *
 * Same message format as y-protocols: a count, then per client its id, its clock, and its state as JSON.
 */
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';

/** Who speaks on a connection. */
export interface Speaker {
  user: string;
  name: string;
}

interface Presence<Owner> {
  clock: number;
  /** JSON; `null` once the client has left. */
  state: string;
  owner: Owner;
  user: string;
}

/** Clients one connection may speak for: a tab has one, a test program some. */
const MAX_CLIENTS = 64;
const MAX_STATE = 16_384;

/** An awareness message that breaks a rule; the connection that sent it is closed. */
export class AwarenessError extends Error {
  override name = 'AwarenessError';
}

export class Awareness<Owner> {
  readonly #clients = new Map<number, Presence<Owner>>();
  readonly #speaker: (owner: Owner) => Speaker;

  constructor(speaker: (owner: Owner) => Speaker) {
    this.#speaker = speaker;
  }

  get size(): number {
    return this.#clients.size;
  }

  /**
   * Takes a connection's message. Returns the ids of the clients that changed. What it says of clients that another
   * connection speaks for is passed over: nobody signs somebody else out.
   * @throws {AwarenessError} when it can't be read or says too much.
   */
  receive(owner: Owner, message: Uint8Array): number[] {
    const decoder = decoding.createDecoder(message);
    const changed: number[] = [];
    try {
      const count = decoding.readVarUint(decoder);
      if (count > 10_000) throw new AwarenessError('too many clients in one message');
      for (let index = 0; index < count; index++) {
        const client = decoding.readVarUint(decoder);
        const clock = decoding.readVarUint(decoder);
        const state = decoding.readVarString(decoder);
        if (this.#take(owner, client, clock, state)) changed.push(client);
      }
    } catch (error) {
      throw error instanceof AwarenessError ? error : new AwarenessError('unreadable', { cause: error });
    }
    return changed;
  }

  #take(owner: Owner, client: number, clock: number, state: string): boolean {
    if (state.length > MAX_STATE) throw new AwarenessError('a state is too large');
    const known = this.#clients.get(client);
    const speaker = this.#speaker(owner);
    // Someone who reconnects comes by a new connection before the old one is found dead: newer clocks win.
    if (known && known.owner !== owner && (clock <= known.clock || known.user !== speaker.user)) return false;
    if (known && (clock < known.clock || (clock === known.clock && state !== 'null'))) return false;
    if (state === 'null') {
      if (!known || known.owner !== owner) return false;
      this.#clients.delete(client);
      this.#left.set(client, clock);
      return true;
    }
    if (!known && this.#count(owner) >= MAX_CLIENTS)
      throw new AwarenessError('too many clients on one connection');
    this.#clients.set(client, { clock, state: signed(state, speaker), owner, user: speaker.user });
    return true;
  }

  /** Clients that left since the last message was built, with the clock they left at. */
  readonly #left = new Map<number, number>();

  /** A connection is gone and its clients with it. Returns their ids. */
  leave(owner: Owner): number[] {
    const gone: number[] = [];
    for (const [client, presence] of this.#clients) {
      if (presence.owner !== owner) continue;
      this.#clients.delete(client);
      this.#left.set(client, presence.clock + 1);
      gone.push(client);
    }
    return gone;
  }

  /** A message of what some clients do now, left ones included; of everybody when none are named. */
  encode(clients?: Iterable<number>): Uint8Array {
    const encoder = encoding.createEncoder();
    const ids = clients ? [...clients] : [...this.#clients.keys()];
    encoding.writeVarUint(encoder, ids.length);
    for (const client of ids) {
      const presence = this.#clients.get(client);
      encoding.writeVarUint(encoder, client);
      encoding.writeVarUint(encoder, presence?.clock ?? this.#left.get(client) ?? 0);
      encoding.writeVarString(encoder, presence?.state ?? 'null');
    }
    return encoding.toUint8Array(encoder);
  }

  /** Forgets who left; call after they were told of. */
  settle(): void {
    this.#left.clear();
  }

  #count(owner: Owner): number {
    let count = 0;
    for (const presence of this.#clients.values()) if (presence.owner === owner) count += 1;
    return count;
  }
}

/**
 * A state with the name of whoever says it; other things it says stay. What is honest is passed on as it came.
 * @throws {SyntaxError} when it isn't JSON.
 */
function signed(state: string, { user: id, name }: Speaker): string {
  const said: unknown = JSON.parse(state);
  if (typeof said !== 'object' || said === null || !('user' in said)) return state;
  const user: unknown = said.user;
  const known = typeof user === 'object' && user !== null ? (user as Record<string, unknown>) : {};
  if (known['id'] === id && known['name'] === name) return state;
  return JSON.stringify({ ...said, user: { ...known, id, name } });
}

/**
 * A server to compare, whatever it is: started fresh, given documents, connected to.
 */
import type { Target } from '../load/connection.ts';
import type { Protocol } from '../load/frames.ts';
import type { ServerProcess } from './server-process.ts';

export type PeerName = 'memory' | 'sqlite' | 'ume';

export interface Peer {
  readonly name: PeerName;
  /** What the tables call it. */
  readonly title: string;
  /** Whether a document is still there after the process is gone. */
  readonly keeps: boolean;
  /** The running process; throws when there is none. */
  readonly process: ServerProcess;

  /** Starts the server on the data it had before, if it keeps any. */
  start(): Promise<void>;
  /** Stops it gracefully, everything stored. */
  stop(): Promise<void>;
  /** Where and with what to open a document. */
  target(documentName: string, protocol?: Protocol): Target;
  /**
   * Names of `count` documents nobody has used.
   * @returns undefined where any name will do: such a peer takes the names another peer gives.
   */
  documents(count: number): Promise<string[] | undefined>;
}

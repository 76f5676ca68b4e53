import type { Problem } from '#shared/protocol/errors.ts';
import type { Actor } from '../access/actor.ts';

/** One document open on one connection. */
export interface Port {
  readonly actor: Actor;
  readonly readOnly: boolean;
  /** Which frames it understands. */
  readonly protocol: 'hocuspocus' | 'y-websocket';
  /** The address its frames bear, encoded; ports with equal `addressKey` share it. Empty for y-websocket. */
  readonly address: Uint8Array;
  readonly addressKey: string;
  /** Sends a body (see frames.ts) in this port's format. */
  send(body: Uint8Array): void;
  /** Says that an edit is saved, to those who want to know. */
  acknowledge(): void;
  /** Writes a finished WebSocket frame, built for ports of this protocol and address. */
  write(frame: Buffer): void;
  /** Closes the document on this connection and says why. */
  close(problem: Problem): void;
}

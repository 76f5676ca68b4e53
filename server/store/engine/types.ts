import type { Config } from '../../config.ts';

/** `url`: a server of somebody else's. The others are processes of ours over files in the data folder. */
export type EngineKind = 'url' | 'mongod' | 'download' | 'embedded';
export type OwnEngineKind = Exclude<EngineKind, 'url'>;

export type EngineConfig = Pick<Config, 'MONGODB_URL' | 'UME_ENGINE' | 'UME_DATA' | 'UME_CACHE'>;

/** What the engine tells while it works; a pino logger is one. */
export interface EngineLog {
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

/** A program to run. `stdin` tells whether it stops by itself when its standard input ends. */
export interface Launch {
  file: string;
  args: string[];
  watchesStdin: boolean;
}

/** An engine's process ended although nobody had asked it to. */
export interface EngineExit {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** It is started again after this time, milliseconds. */
  restartIn: number;
}

export interface Engine {
  /** For mongoose and the driver; name the database in their options (`dbName`). It stays the same over restarts. */
  readonly url: string;
  readonly kind: EngineKind;
  /** What the engine says of itself, e.g. `8.2.6`. */
  readonly version: string;
  /** The process of an engine of ours; changes when it is started again. */
  readonly pid: number | undefined;
  /** Told each time the process ends unasked. Returns how to stop being told. */
  onExit(listener: (exit: EngineExit) => void): () => void;
  /** Ends the engine in good order, at most 25 seconds. Close what uses it first. Safe to call twice. */
  stop(): Promise<void>;
}

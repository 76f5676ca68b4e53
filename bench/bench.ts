/**
 * What a bench is to the command line.
 */
export type BenchOptions = {
  seed: number;
  quick: boolean;
  /** Names of parts to run; all when absent. */
  only?: string[];
  /** Names of servers to run against; all when absent. */
  against?: string[];
  /** A folder for CPU profiles. */
  profile?: string;
  note: (text: string) => void;
};

export type BenchResult = {
  /** For people. */
  text: string;
  /** For machines: part of the line `--json` prints. */
  data: Record<string, unknown>;
  failed: boolean;
};

export type Bench = {
  name: string;
  about: string;
  parts: ReadonlyArray<{ name: string; about: string }>;
  peers: readonly string[];
  run: (options: BenchOptions) => Promise<BenchResult>;
};

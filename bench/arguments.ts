/**
 * The command line of `./ume bench`. Pure.
 */
import { parseArgs } from 'node:util';

export type Command = {
  names: string[];
  json: boolean;
  quick: boolean;
  help: boolean;
  seed: number;
  only?: string[];
  against?: string[];
  profile?: string;
};

export const options = [
  ['--quick', 'fewer, shorter rounds: about two minutes, for a look'],
  ['--only PART,…', 'only these parts of a bench'],
  ['--against SERVER,…', 'only these servers'],
  ['--seed N', 'what every choice at random comes from; default 1'],
  ['--profile FOLDER', 'leaves CPU profiles of the servers there'],
  ['--json', 'the last line of output is one JSON object']
] as const;

/** A command line that can't be used; the message says what would be right. */
export class UsageError extends Error {
  override name = 'UsageError';
}

/** @throws {UsageError} */
export function parseCommand(args: readonly string[]): Command {
  const parsed = (() => {
    try {
      return parseArgs({
        args: [...args],
        allowPositionals: true,
        options: {
          json: { type: 'boolean', default: false },
          quick: { type: 'boolean', default: false },
          help: { type: 'boolean', short: 'h', default: false },
          seed: { type: 'string', default: '1' },
          only: { type: 'string' },
          against: { type: 'string' },
          profile: { type: 'string' }
        }
      });
    } catch (error) {
      throw new UsageError(error instanceof Error ? error.message : String(error));
    }
  })();
  const { json, quick, help, seed, only, against, profile } = parsed.values;
  if (!/^\d{1,9}$/.test(seed)) throw new UsageError(`--seed takes a whole number, not "${seed}"`);
  return {
    names: parsed.positionals,
    json,
    quick,
    help,
    seed: Number(seed),
    only: list(only),
    against: list(against),
    profile
  };
}

/** @throws {UsageError} naming what there is, when one of `chosen` is not among it. */
export function check(what: string, chosen: readonly string[] | undefined, there: readonly string[]): void {
  const wrong = chosen?.find((name) => !there.includes(name));
  if (wrong !== undefined)
    throw new UsageError(`There is no ${what} "${wrong}"; there are: ${there.join(', ')}`);
}

function list(text: string | undefined): string[] | undefined {
  return text
    ?.split(',')
    .map((name) => name.trim())
    .filter(Boolean);
}

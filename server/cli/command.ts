/** What a command of the command line is: what it takes, what it does, and what it tells people. */
import { parseArgs, type ParseArgsConfig } from 'node:util';
import type { Config } from '../config.ts';

/** Called wrongly; the message says how it is called. */
export class UsageError extends Error {
  override name = 'UsageError';
}

type Options = NonNullable<ParseArgsConfig['options']>;

export interface Given {
  data: string | undefined;
  /** Options by name, all of them words. */
  values: Record<string, string | undefined>;
  /** What stands without a name. */
  plain: string[];
}

export interface Command {
  name: string;
  summary: string;
  usage: string;
  help: string;
  parse(words: string[]): Given;
  run(given: Given, config: Config): Promise<object>;
  /** The answer for people. */
  words(answer: object): string;
}

/** Reads `--name value` options; `--json` and `--data` are understood everywhere. */
export const options =
  (usage: string, names: string[], plain = 0) =>
  (words: string[]): Given => {
    const wanted: Options = { json: { type: 'boolean' }, data: { type: 'string' } };
    for (const name of names) wanted[name] = { type: 'string' };
    try {
      const { values, positionals } = parseArgs({
        args: words,
        options: wanted,
        allowPositionals: plain > 0
      });
      if (positionals.length > plain)
        throw new UsageError(`That is too much: ${positionals.slice(plain).join(' ')}`);
      const { json: _json, data, ...rest } = values;
      return {
        data: data as string | undefined,
        values: rest as Record<string, string | undefined>,
        plain: positionals
      };
    } catch (error) {
      throw new UsageError(`${(error as Error).message}\nUsage: ./ume ${usage}`, { cause: error });
    }
  };

/** An option that must be there. */
export function needed(given: Given, name: string): string {
  const value = given.values[name];
  if (value === undefined || value === '')
    throw new UsageError(`--${name} is missing. Add --help for what is needed.`);
  return value;
}

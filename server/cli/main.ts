/** `./ume admin …`, `./ume backup` and `./ume restore`. With --json the last line of output is one JSON object. */
import { resolve } from 'node:path';
import { ZodError } from 'zod';
import { UmeError } from '#shared/protocol/errors.ts';
import { ConfigError, readConfig, type Config } from '../config.ts';
import { problemOf } from '../http/problems.ts';
import { EngineError } from '../store/engine/engine.ts';
import { adminCommands } from './admin.ts';
import { ArchiveError } from './backup/archive.ts';
import { backupCommand, restoreCommand } from './backup/commands.ts';
import { UsageError, type Command } from './command.ts';

const commands: Command[] = [...adminCommands, backupCommand, restoreCommand];

const say = (line: string): boolean => process.stdout.write(`${line}\n`);

/** The command that the words name, and what follows it. */
function find(words: string[]): { command: Command; rest: string[] } | null {
  for (const command of commands) {
    const name = command.name.split(' ');
    if (name.every((word, at) => words[at] === word)) return { command, rest: words.slice(name.length) };
  }
  return null;
}

function overview(area: string | undefined): string {
  const listed = commands.filter((each) => area === undefined || each.name.split(' ')[0] === area);
  const lines = listed.map((each) => `  ./ume ${each.name.padEnd(18)} ${each.summary}`);
  return [
    ...lines,
    '',
    'Add --help to a command for what it takes, --json for output that programs read.'
  ].join('\n');
}

/** Settings from the environment, with `--data` on top. */
function settings(data: string | undefined): Config {
  return readConfig(data === undefined ? process.env : { ...process.env, UME_DATA: resolve(data) });
}

/** What went wrong, for people, and for programs. */
function explained(error: unknown): { words: string; problem: object } | null {
  if (error instanceof UsageError || error instanceof ConfigError || error instanceof EngineError)
    return { words: error.message, problem: { code: 'usage', title: error.message } };
  if (error instanceof ArchiveError)
    return { words: error.message, problem: { code: 'archive', title: error.message } };
  if (error instanceof UmeError || error instanceof ZodError) {
    const problem = problemOf(error)!;
    const where = problem.field ? `${problem.field}: ` : '';
    return { words: `${where}${[problem.title, problem.detail].filter(Boolean).join(' ')}`, problem };
  }
  return null;
}

async function main(words: string[]): Promise<number> {
  const found = find(words);
  if (!found) {
    const area = words[0];
    const asked = words.length === 0 || words.slice(1).every((word) => /^(--)?help$|^-h$/.test(word));
    if (!asked) console.error(`There is no ./ume ${words.join(' ')}.\n`);
    say(overview(area === 'admin' ? area : undefined));
    return asked ? 0 : 2;
  }
  const { command, rest } = found;
  if (rest.includes('--help') || rest.includes('-h')) {
    say(
      `./ume ${command.name} ${command.usage}\n\n${command.summary}.\n\n${command.help.replace(/^\n/, '')}`
    );
    return 0;
  }
  const json = rest.includes('--json');
  try {
    const given = command.parse(rest);
    const answer = await command.run(given, settings(given.data));
    say(json ? JSON.stringify(answer) : command.words(answer));
    return 0;
  } catch (error) {
    const known = explained(error);
    if (!known) throw error;
    console.error(known.words);
    if (json) say(JSON.stringify({ error: known.problem }));
    return 1;
  }
}

// Open connections of what went wrong must not keep the command from ending.
main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  }
);

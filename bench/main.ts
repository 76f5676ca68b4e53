/**
 * `./ume bench [name…] [--json]`: runs benches and prints what they found.
 */
import { mkdirSync } from 'node:fs';
import { check, options, parseCommand, UsageError, type Command } from './arguments.ts';
import type { Bench } from './bench.ts';
import { documents } from './documents/index.ts';
import { table } from './report/table.ts';

const benches: Bench[] = [documents];

function help(): string {
  const parts = benches.flatMap((bench) => [
    [bench.name, bench.about],
    ...bench.parts.map(({ name, about }) => [`  ${name}`, about])
  ]);
  return [
    'usage: ./ume bench [name…] [options]',
    table(['bench', ''], parts),
    `servers: ${[...new Set(benches.flatMap(({ peers }) => peers))].join(', ')}`,
    table(['option', ''], options)
  ].join('\n\n');
}

async function main(command: Command): Promise<number> {
  if (command.help) {
    console.log(help());
    return 0;
  }
  check(
    'bench',
    command.names,
    benches.map(({ name }) => name)
  );
  const chosen = benches.filter(({ name }) => command.names.length === 0 || command.names.includes(name));
  check(
    'part',
    command.only,
    chosen.flatMap(({ parts }) => parts.map(({ name }) => name))
  );
  check(
    'server',
    command.against,
    chosen.flatMap(({ peers }) => peers)
  );
  if (command.profile) mkdirSync(command.profile, { recursive: true });

  const { seed, quick, only, against, profile } = command;
  const began = performance.now();
  // Progress goes to stderr, so that stdout holds results only.
  const note = (text: string) =>
    console.error(`[${((performance.now() - began) / 1000).toFixed(0).padStart(3)} s] ${text}`);
  const results: Record<string, unknown> = {};
  let failed = false;
  for (const bench of chosen) {
    note(`bench ${bench.name}, seed ${seed}${quick ? ', quick' : ''}`);
    const result = await bench.run({ seed, quick, only, against, profile, note });
    console.log(`\n${bench.name}, seed ${seed}${quick ? ', quick' : ''}\n\n${result.text}\n`);
    results[bench.name] = result.data;
    failed ||= result.failed;
  }
  const seconds = Math.round((performance.now() - began) / 1000);
  note('done');
  if (command.json) {
    console.log(JSON.stringify({ at: new Date().toISOString(), seed, quick, seconds, benches: results }));
  }
  return failed ? 1 : 0;
}

try {
  // Servers under test and their sockets must not keep this alive: the end of the last bench is the end.
  process.exit(await main(parseCommand(process.argv.slice(2))));
} catch (error) {
  console.error(error instanceof UsageError ? `${error.message}\n\n${help()}` : error);
  process.exit(error instanceof UsageError ? 2 : 1);
}

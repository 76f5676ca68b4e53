/**
 * `./ume test [part…]`: everything CI runs, with its set-up. Parts run one after the other; what takes long to have is
 * begun at once and waited for where it is needed. The last line is `N passed, N failed`.
 */
import { spawn } from 'node:child_process';
import { prepare, root, type Need, type Preparation, type Prepared } from './preparations.ts';
import { parts, type Part, type Run } from './parts.ts';
import { none, type Counts } from './reports.ts';

interface Result {
  part: Part;
  seconds: number;
  counts: Counts;
  /** Why it did not run. */
  nothing?: string;
}

const out = (line = '') => void process.stdout.write(`${line}\n`);
const seconds = (since: number) => Math.round((Date.now() - since) / 100) / 10;

function chosen(names: string[]): Part[] {
  const unknown = names.filter((name) => !parts.some((part) => part.name === name));
  if (unknown.length > 0) {
    out(`There is no part "${unknown.join('", "')}". The parts are:`);
    for (const part of parts) out(`  ${part.name.padEnd(8)}${part.what}`);
    process.exit(2);
  }
  return names.length === 0 ? parts : parts.filter((part) => names.includes(part.name));
}

const run: Run = (command, options = {}) =>
  new Promise((resolve) => {
    const [file = '', ...args] = command[0] === 'sh' ? command : [process.execPath, ...command];
    const env = { ...process.env, ...options.env };
    const child = spawn(file, args, {
      cwd: root,
      env,
      stdio: ['ignore', 'inherit', 'inherit']
    });
    child.on('error', (error) => {
      out(error.message);
      resolve(1);
    });
    child.on('close', (code) => resolve(code ?? 1));
  });

async function awaited(need: Need, preparation: Preparation): Promise<Prepared> {
  let told = false;
  const timer = setInterval(() => {
    out(
      `  waiting for ${preparation.what} (${Math.round(seconds(preparation.begun))} s so far; ${preparation.logFile})`
    );
    told = true;
  }, 15_000);
  const result = await preparation.done;
  clearInterval(timer);
  if (told && result.ok)
    out(`  ${preparation.what}: there after ${Math.round(seconds(preparation.begun))} s`);
  if (!result.ok) out(`  ${preparation.what} can't be had:\n  ${result.problem}`);
  return result;
}

// Leaving runs what the parts left to be ended (a replica set, say).
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(130));

const todo = chosen(process.argv.slice(2));
const needed = new Set(todo.flatMap((part) => [...part.needs, ...part.optional]));
const preparations = new Map([...needed].map((need) => [need, prepare(need)]));
const prepared = new Map<Need, Prepared>();
const results: Result[] = [];

for (const part of todo) {
  out(`\n── ${part.name}: ${part.what}`);
  const missing: Need[] = [];
  for (const need of [...part.needs, ...part.optional]) {
    const preparation = preparations.get(need);
    if (!preparation) continue;
    if (!prepared.has(need)) prepared.set(need, await awaited(need, preparation));
    if (!prepared.get(need)?.ok && part.needs.includes(need)) missing.push(need);
  }
  const begun = Date.now();
  let outcome: Counts | { nothing: string };
  try {
    if (missing.length > 0) {
      out(`  can't run without ${missing.map((need) => preparations.get(need)?.what).join(' and ')}`);
      outcome = { ...none, failed: 1 };
    } else {
      outcome = await part.run(run, prepared);
    }
  } catch (error) {
    out(String(error));
    outcome = { ...none, failed: 1 };
  }
  const took = seconds(begun);
  if ('nothing' in outcome) {
    out(`  nothing to do: ${outcome.nothing}`);
    results.push({ part, seconds: took, counts: none, nothing: outcome.nothing });
  } else {
    results.push({ part, seconds: took, counts: outcome });
  }
}

out('\npart      result    time       passed  failed  skipped');
for (const { part, seconds: took, counts, nothing } of results) {
  const result = nothing ? 'skipped' : counts.failed > 0 ? 'FAILED' : 'passed';
  const numbers = [counts.passed, counts.failed, counts.skipped]
    .map((count) => String(count || '·').padStart(8))
    .join('');
  out(`${part.name.padEnd(10)}${result.padEnd(8)}${`${took.toFixed(1)} s`.padStart(8)}  ${numbers}`);
}
const total = (key: keyof Counts) => results.reduce((sum, result) => sum + result.counts[key], 0);
out(`\n${total('passed')} passed, ${total('failed')} failed`);
process.exit(total('failed') > 0 ? 1 : 0);

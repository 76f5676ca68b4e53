import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { cpuMicros, descendants, endUsersOf, residentBytes, signal } from './children.ts';

it('finds a process below ours, what it uses, and ends it by the folder it works on', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ume-bench-test-'));
  const program =
    'const end = Date.now() + 300; while (Date.now() < end); console.log(1); setInterval(() => {}, 1000)';
  const child = spawn(process.execPath, ['-e', program, `${folder}/data`], {
    stdio: ['ignore', 'pipe', 'ignore']
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  });
  await once(child.stdout, 'data');
  const pid = child.pid!;
  expect(descendants(process.pid)).toContain(pid);
  expect(cpuMicros(pid)).toBeGreaterThan(0);
  expect(residentBytes(pid)).toBeGreaterThan(10_000_000);

  const gone = once(child, 'exit');
  endUsersOf(`${folder}-another`);
  expect(signal(pid, 0)).toBe(true);
  endUsersOf(folder);
  await gone;
  expect(cpuMicros(pid)).toBe(0);
  expect(residentBytes(pid)).toBe(0);
});

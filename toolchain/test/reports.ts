/** Counts from the test runners' own JSON reports. */
import { existsSync, readFileSync } from 'node:fs';

export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

export const none: Counts = { passed: 0, failed: 0, skipped: 0 };

const read = (file: string): Record<string, unknown> | undefined =>
  existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>) : undefined;

/** A file that could not even be loaded has no failed test in it, and counts as one. */
export function vitestCounts(file: string): Counts {
  const report = read(file);
  if (!report) return none;
  const files = (report['testResults'] ?? []) as Array<{
    status: string;
    assertionResults: Array<{ status: string }>;
  }>;
  const broken = files.filter(
    (one) => one.status === 'failed' && !one.assertionResults.some((test) => test.status === 'failed')
  );
  return {
    passed: Number(report['numPassedTests'] ?? 0),
    failed: Number(report['numFailedTests'] ?? 0) + broken.length,
    skipped: Number(report['numPendingTests'] ?? 0) + Number(report['numTodoTests'] ?? 0)
  };
}

/** One that passed only when tried again counts as passed; Playwright names it. */
export function playwrightCounts(file: string): Counts {
  const report = read(file);
  const stats = report?.['stats'] as Record<string, number> | undefined;
  if (!stats) return none;
  const errors = (report?.['errors'] ?? []) as unknown[];
  return {
    passed: (stats['expected'] ?? 0) + (stats['flaky'] ?? 0),
    failed: (stats['unexpected'] ?? 0) + (errors.length > 0 && !stats['unexpected'] ? 1 : 0),
    skipped: stats['skipped'] ?? 0
  };
}

/**
 * From measures to what a person wants to know: ratios, and whether the aims are met. Pure.
 */
import { figure, table } from '../report/table.ts';
import type { Measure } from './scenario.ts';

export type Verdict = Measure & {
  /** ume divided by the server it is compared with. */
  ratio?: number;
  /** What the ratio is to. */
  base?: 'memory' | 'sqlite';
  /** In words; absent where there is no aim or nothing to hold against it. */
  aimed?: string;
  met?: boolean;
};

export function judge(measure: Measure): Verdict {
  const { values, aim } = measure;
  const base =
    aim && 'to' in aim && aim.to !== 'ume' ? aim.to : values.memory === undefined ? 'sqlite' : 'memory';
  const own = values.ume;
  const other = values[base];
  const verdict: Verdict = { ...measure };
  if (own !== undefined && other !== undefined && other !== 0) {
    verdict.ratio = own / other;
    verdict.base = base;
  }
  if (!aim || own === undefined) return verdict;
  if ('lost' in aim) return { ...verdict, aimed: 'none', met: own === 0 };
  const { ratio } = verdict;
  if (ratio === undefined) return verdict;
  if ('atMost' in aim)
    return { ...verdict, aimed: `≤ ${figure(aim.atMost)} × ${aim.to}`, met: ratio <= aim.atMost };
  return { ...verdict, aimed: `≥ ${figure(aim.atLeast)} × ${aim.to}`, met: ratio >= aim.atLeast };
}

/** The table at the end of a run. */
export function verdictTable(verdicts: readonly Verdict[]): string {
  let before = '';
  const rows = verdicts.map((verdict) => {
    const { scenario, measure, unit, values, ratio, base, aimed, met } = verdict;
    const name = scenario === before ? '' : scenario;
    before = scenario;
    return [
      name,
      unit ? `${measure}, ${unit}` : measure,
      figure(values.memory),
      figure(values.sqlite),
      figure(values.ume),
      ratio === undefined ? '' : `${figure(ratio)}${base === 'sqlite' ? '*' : ''}`,
      aimed ?? '',
      met === undefined ? '' : met ? 'met' : 'NOT MET'
    ];
  });
  const head = ['scenario', 'measure', 'stock memory', 'stock SQLite', 'ume', 'ume ÷ stock', 'aim', ''];
  const text = table(head, rows, 'llrrrrll');
  return verdicts.some(({ base }) => base === 'sqlite')
    ? `${text}\n\n* to stock SQLite: memory keeps nothing`
    : text;
}

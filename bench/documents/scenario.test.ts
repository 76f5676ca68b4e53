import { expect, it } from 'vitest';
import type { Peer } from '../peers/peer.ts';
import { Findings, interleaved } from './scenario.ts';

const peer = (name: string) => ({ name }) as Peer;

it('findings are medians of rounds, but of losses the worst', () => {
  const findings = new Findings();
  const speed = { scenario: 's', measure: 'speed', unit: 'ms' };
  const loss = { scenario: 's', measure: 'lost', unit: '', aim: { lost: true } } as const;
  for (const value of [5, 1, 2]) findings.add(peer('ume'), speed, value);
  for (const value of [0, 3, 0]) findings.add(peer('ume'), loss, value);
  findings.add(peer('memory'), speed, 7);
  expect(findings.measures()).toEqual([
    { ...speed, values: { ume: 2, memory: 7 } },
    { ...loss, values: { ume: 3 } }
  ]);
});

it('every server takes part in every round, and each begins in turn', async () => {
  const order: string[] = [];
  await interleaved([peer('memory'), peer('sqlite'), peer('ume')], 3, async ({ name }, round) => {
    order.push(`${round}${name[0]}`);
  });
  expect(order).toEqual(['0m', '0s', '0u', '1s', '1u', '1m', '2u', '2m', '2s']);
});

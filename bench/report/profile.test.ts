import { expect, it } from 'vitest';
import { busiest } from './profile.ts';

const frame = (functionName: string, url = '') => ({ functionName, url, lineNumber: 0 });

it('adds up a function’s samples and leaves idle time out', () => {
  const profile = {
    nodes: [
      { id: 1, callFrame: frame('(idle)') },
      { id: 2, callFrame: frame('write', 'file:///a/b/socket.ts') },
      { id: 3, callFrame: frame('', 'file:///a/b/other.ts') },
      { id: 4, callFrame: frame('write', 'file:///a/b/socket.ts') }
    ],
    samples: [1, 2, 3, 4, 1],
    timeDeltas: [1000, 20, 20, 40, 1000]
  };
  expect(busiest(profile, 5)).toEqual([
    { name: 'write b/socket.ts', share: 0.75 },
    { name: '(nameless) b/other.ts', share: 0.25 }
  ]);
  expect(busiest(profile, 1)).toHaveLength(1);
});

import { expect, it } from 'vitest';
import { nextPath } from './next-path.ts';

it('goes to paths of this app and nowhere else', () => {
  expect(nextPath('/members?x=1')).toBe('members?x=1');
  for (const bad of [
    null,
    '',
    'https://evil.example',
    '//evil.example',
    '/\\evil.example',
    'members',
    '/sign-in?next=/'
  ])
    expect(nextPath(bad)).toBe('');
});

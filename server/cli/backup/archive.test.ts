import { describe, expect, it } from 'vitest';
import { inOrder } from './dump.ts';
import { placeOf } from './restore.ts';

describe('the order of a backup', () => {
  it('reads what refers before what is referred to, and leaves out what can be made again', () => {
    const names = ['credentials', 'fs.chunks', 'fs.files', 'journal', 'memberships', 'meta', 'organizations'];
    expect(inOrder([...names, 'rows.work.task', 'sessions', 'setup', 'snapshots', 'users'])).toEqual([
      'organizations',
      'memberships',
      'fs.files',
      'fs.chunks',
      'users',
      'credentials'
    ]);
  });
});

describe('a file of a backup', () => {
  it('stays in the data folder, whatever it is called', () => {
    expect(placeOf('/data', 'keys/auth')).toBe('/data/keys/auth');
    expect(placeOf('/data', 'files/a/b.pdf')).toBe('/data/files/a/b.pdf');
    for (const name of ['../etc/passwd', 'keys/../../x', '/etc/passwd', 'db/x', 'keys', 'files/..'])
      expect(() => placeOf('/data', name), name).toThrow('none of its own');
  });
});

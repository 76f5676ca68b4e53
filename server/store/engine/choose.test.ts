import { describe, expect, it } from 'vitest';
import { enginesToTry } from './choose.ts';

describe('which engine', () => {
  it('is the one that MONGODB_URL names, whatever else is set', () => {
    expect(enginesToTry({ url: 'mongodb://db', forced: 'embedded', recorded: 'mongod' })).toEqual(['url']);
  });

  it('is the best to be had, on a new data folder', () => {
    expect(enginesToTry({ forced: 'auto' })).toEqual(['mongod', 'download', 'embedded']);
  });

  it('stays the one that made the data folder', () => {
    expect(enginesToTry({ forced: 'auto', recorded: 'embedded' })).toEqual(['embedded']);
  });

  it('is the one that UME_ENGINE names', () => {
    expect(enginesToTry({ forced: 'mongod' })).toEqual(['mongod']);
    expect(enginesToTry({ forced: 'mongod', recorded: 'mongod' })).toEqual(['mongod']);
  });

  it('is refused, with the way to move, when UME_ENGINE names another than made the data folder', () => {
    expect(() => enginesToTry({ forced: 'mongod', recorded: 'embedded' })).toThrow(
      /made by the "embedded" engine.*backup/s
    );
  });
});

import { join } from 'node:path';
import { StockPeer } from './stock.ts';

/** Stock Hocuspocus with its SQLite extension: as it is run by people who want to find their documents again. */
export function hocuspocusSqlite(folder: string): StockPeer {
  return new StockPeer('sqlite', 'stock SQLite', join(folder, 'sqlite.log'), join(folder, 'stock.sqlite'));
}

import { join } from 'node:path';
import { StockPeer } from './stock.ts';

/** Stock Hocuspocus that keeps nothing: the fastest it can be, and what the ratios are to. */
export function hocuspocusMemory(folder: string): StockPeer {
  return new StockPeer('memory', 'stock memory', join(folder, 'memory.log'));
}

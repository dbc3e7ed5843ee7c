import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { median, quantile } from '../rounds.ts';

const SYNCS = 300;
/** Bytes of a page of the store. */
const BYTES = 4_096;

/** How long the disk needs to make one small write durable: ms of one fdatasync after it. */
export function measureFsync(folder: string): { readonly p50: number; readonly p99: number } {
  const file = openSync(join(folder, 'fsync'), 'w');
  const bytes = Buffer.alloc(BYTES, 'x');
  const times = Array.from({ length: SYNCS }, (_, index) => {
    const begun = performance.now();
    writeSync(file, bytes, 0, BYTES, index * BYTES);
    fdatasyncSync(file);
    return performance.now() - begun;
  });
  closeSync(file);
  return { p50: median(times), p99: quantile(times, 0.99) };
}

export function fsyncLine({ p50, p99 }: { readonly p50: number; readonly p99: number }): string {
  return `the disk: ${Math.round(1_000 / p50)} fdatasync a second, one after the other (p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms)`;
}

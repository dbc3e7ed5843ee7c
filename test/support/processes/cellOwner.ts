/**
 * A node of a cell. It follows, and as soon as it owns the cell, it writes until it is killed, 16 at a time.
 * Prints `owned <epoch>`, `acked <key>` when the write of a key has resolved, `refused <code>` for each
 * writer that ends with an error, and `lost`. SIGTERM hands the cell over. Arguments: database, node, path,
 * time to live in ms, prefix of its keys, more options of followCell() as JSON.
 */
import { Overlay } from '../../../engine/durable/overlay.ts';
import { type CellOptions, followCell } from '../../../engine/durable/postgres/index.ts';
import { silentLog } from '../silentLog.ts';

const [database = '', node = '', path = '', ttlMs = '', prefix = '', more = '{}'] = process.argv.slice(2);
const PADDING = 'x'.repeat(1_000);
const standby = await followCell({
  database,
  cell: 'main',
  node,
  path,
  ttlMs: Number(ttlMs),
  log: silentLog,
  ...(JSON.parse(more) as Partial<CellOptions>),
});
console.log('follows');
const cell = await standby.owned;
console.log(`owned ${cell.counts.epoch}`);
const overlay = new Overlay(cell);
let next = 0;

async function writeUntilKilled(): Promise<void> {
  for (;;) {
    const key = `${prefix}-${next++}`;
    try {
      await overlay.write([{ table: 't', key, text: `${key} ${PADDING}` }]);
    } catch (error) {
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
      console.log(`refused ${String((cause as { code?: string }).code)}`);
      return;
    }
    console.log(`acked ${key}`);
  }
}

process.once('SIGTERM', () => void cell.close().then(() => console.log('closed')));
void cell.lost.then(() => console.log('lost'));
for (let writer = 0; writer < 16; writer++) void writeUntilKilled();

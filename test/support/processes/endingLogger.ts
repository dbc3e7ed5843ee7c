/** Writes 2,000 lines, a megabyte, and ends at once. Argument: how it ends (exit, throw, return). */

import { systemClock } from '../../../engine/ports/systemClock.ts';
import { openStandardOutput } from '../../../server/adapters/lineOutput.ts';

const [end = ''] = process.argv.slice(2);
const output = openStandardOutput({ clock: systemClock, onDropped: () => {} });
for (let number = 0; number < 2_000; number++) output.write(`${number} ${'x'.repeat(500)}\n`);
if (end === 'exit') process.exit(3);
if (end === 'throw') throw new Error('as asked');

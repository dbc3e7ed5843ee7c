import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { canRecord } from '../../../support/crashStates.ts';
import { fastFolder } from '../../../support/damage.ts';
import { playCrashStates } from '../../../support/playCrashStates.ts';

describe('A store after one of many power failures', () => {
  it('opens, and has everything that was acknowledged, in 1,200 states of its files', async function () {
    this.timeout(1_200_000);
    if (!canRecord()) {
      console.log('      skipped: strace is missing, or may not trace here');
      this.skip();
    }
    const folder = mkdtempSync(join(fastFolder(), 'orsay-crash-'));
    try {
      // Enough for several checkpoints.
      await playCrashStates(folder, { writes: 3_000, states: 1_200 });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

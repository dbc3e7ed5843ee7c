import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { canRecord } from '../../../support/crashStates.ts';
import { fastFolder } from '../../../support/damage.ts';
import { playCrashStates } from '../../../support/playCrashStates.ts';

describe('A store after a power failure', () => {
  it('opens, and has everything that was acknowledged, whichever unsynced writes are lost', async function () {
    this.timeout(120_000);
    if (!canRecord()) {
      console.log('      skipped: strace is missing, or may not trace here');
      this.skip();
    }
    const folder = mkdtempSync(join(fastFolder(), 'orsay-crash-'));
    try {
      await playCrashStates(folder, { writes: 200, states: 60 });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

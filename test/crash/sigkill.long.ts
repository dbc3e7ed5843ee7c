import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { createLedgerLoad } from '../support/crash/ledgerLoad.ts';
import { eventually, type Load } from '../support/crash/load.ts';
import { type ServerProcess, startOrsayProcess } from '../support/crash/orsayProcess.ts';
import { createRandom } from '../support/crash/random.ts';
import { type Recorder, startRecorder } from '../support/crash/recorder.ts';
import { createWalkLoad } from '../support/crash/walkLoad.ts';

/** ORSAY_CRASH_SEED repeats the random choices of a run; ORSAY_CRASH_KILLS makes it longer. */
const SEED = Number(process.env.ORSAY_CRASH_SEED ?? Date.now() % 1_000_000);
const KILLS = Number(process.env.ORSAY_CRASH_KILLS ?? 24);
/** Share of the kills that come while the server is starting, so that recovery is killed too. */
const KILLED_AT_START = 0.2;
const LONGEST_START_MS = 1_500;
const LONGEST_LIFE_MS = 900;

describe(`a server killed ${KILLS} times with SIGKILL (ORSAY_CRASH_SEED=${SEED})`, () => {
  let folder: string;
  let recorder: Recorder;
  let server: ServerProcess;
  const random = createRandom(SEED);

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'orsay-crash-'));
    recorder = await startRecorder();
  });

  after(async () => {
    server.child.kill('SIGKILL');
    await recorder.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('has processed every acknowledged event once and every other at most once, with its timers and effects', async function () {
    this.timeout(240_000 + KILLS * 10_000);
    const ledger = createLedgerLoad({ random, recorder });
    const walks = createWalkLoad();
    const loads: Load[] = [ledger, walks];
    for (let kill = 0; kill < KILLS; kill++) {
      const before = ledger.figures.acked;
      await liveAndDie(loads, () => ledger.figures.acked > before);
    }
    server = startOrsayProcess(folder);
    const base = await server.ready;
    for (const load of loads) await load.check(base);
    for (const load of loads) await load.finish(base);
    // Otherwise nothing above was a check.
    expect(ledger.figures.acked).to.be.greaterThan(KILLS);
    console.log(`        ${JSON.stringify({ ...ledger.figures, ...walks.figures })}`);
  });

  /**
   * One process of the server: it starts, is checked, works under load, and is killed at a random time after
   * its first acknowledgement.
   */
  async function liveAndDie(loads: readonly Load[], hasAcknowledged: () => boolean): Promise<void> {
    const { below, chance } = random;
    server = startOrsayProcess(folder);
    if (chance(KILLED_AT_START)) {
      // Real time, because the kill comes at a random time of the start.
      await Promise.race([server.ended, passed(below(LONGEST_START_MS))]);
      return server.kill();
    }
    const base = await server.ready;
    for (const load of loads) await load.check(base);
    const working = loads.map((load) => load.work(base));
    const lived = eventually(
      () => 'a first acknowledgement',
      async () => hasAcknowledged() || undefined,
    ).then(() => passed(below(LONGEST_LIFE_MS)));
    await Promise.race([lived, Promise.all(working)]);
    await server.kill();
    await Promise.all(working);
  }
});

function passed(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

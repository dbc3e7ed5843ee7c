import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { fillStore, waitingDocument } from '../support/crash/fillStore.ts';
import { call, eventually } from '../support/crash/load.ts';
import { type ServerProcess, startOrsayProcess } from '../support/crash/orsayProcess.ts';
import { type Recorder, startRecorder } from '../support/crash/recorder.ts';

/** Set ORSAY_RECOVERY_SESSIONS=100000 to measure the figures of the README. */
const SESSIONS = Number(process.env.ORSAY_RECOVERY_SESSIONS ?? 5_000);
const LATE = Math.min(500, SESSIONS / 10);
const HOUR_MS = 3_600_000;
/** Time that the waiting sessions may add to the start of an empty server. */
const MOST_EXTRA_MS = 1_000;

describe(`a server that starts with ${SESSIONS} waiting sessions, ${LATE} of them with overdue timers`, () => {
  let folder: string;
  let recorder: Recorder;
  let server: ServerProcess;
  let ids: readonly string[];

  before(async function () {
    this.timeout(30_000 + SESSIONS * 2);
    folder = mkdtempSync(join(tmpdir(), 'orsay-recovery-'));
    recorder = await startRecorder();
    const now = Date.now();
    ids = await fillStore({
      path: join(folder, 'full', 'store'),
      count: SESSIONS,
      text: waitingDocument(recorder.url),
      dueAt: (number) => (number < LATE ? now - HOUR_MS + number : now + HOUR_MS + number),
    });
  });

  after(async () => {
    await server?.kill();
    await recorder.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function firstAnswerAfter(dataDir: string): Promise<{ ms: number; base: string }> {
    server = startOrsayProcess(dataDir);
    const base = await server.ready;
    const { status } = await call(`${base}/genesys/1/admin/sessions?limit=1`, { method: 'GET' });
    expect(status).to.equal(200);
    return { base, ms: performance.now() - server.startedAt };
  }

  it('answers as soon as an empty one, fires the overdue timers once, and wakes any session', async function () {
    this.timeout(120_000);
    const empty = await firstAnswerAfter(join(folder, 'empty'));
    await server.kill();
    const full = await firstAnswerAfter(join(folder, 'full'));
    console.log(`        first answer: ${Math.round(full.ms)} ms (empty store: ${Math.round(empty.ms)} ms)`);
    expect(full.ms - empty.ms).to.be.lessThan(MOST_EXTRA_MS);

    const last = await call(`${full.base}/scxml/session/${ids.at(-1)}/request/ask`);
    expect(last).to.deep.equal({ status: 200, body: { fired: 0 } });
    await eventually(
      () => `${LATE} late timers`,
      async () => (ids.slice(0, LATE).every((id) => recorder.keysOf(id).size > 0) ? true : undefined),
    );
    for (const id of ids.slice(0, LATE)) {
      expect(recorder.keysOf(id).size, id).to.equal(1);
      const { body } = await call(`${full.base}/scxml/session/${id}/request/ask`);
      expect(body, id).to.deep.equal({ fired: 1 });
    }
    expect(recorder.requests).to.equal(LATE);
  });
});

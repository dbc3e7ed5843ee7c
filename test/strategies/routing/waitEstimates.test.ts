import { expect } from 'chai';
import { MemoryStore } from '../../../engine/durable/memory/memoryStore.ts';
import { queueReply } from '../../../server/urs/wire.ts';
import type { CallMove } from '../../../strategies/routing/callWatcher.ts';
import { LAST_CALL } from '../../../strategies/routing/virtualQueues.ts';
import {
  MAX_ESTIMATED_QUEUES,
  SAVE_EVERY_MS,
  WaitEstimates,
} from '../../../strategies/routing/waitEstimates.ts';
import { createBrittleStore } from '../../support/brittleStore.ts';
import { asId } from '../../support/ids.ts';
import { silentLog } from '../../support/silentLog.ts';
import { createSimulatedClock } from '../../support/simulatedClock.ts';
import { openStatisticsCentre, type StatisticsCentre } from '../../support/statisticsCentre.ts';
import { createTestIds } from '../../support/testIds.ts';

const VQ = 'VQ_1';

describe('the estimated waits of queues', () => {
  it('are learned from calls that wait, and compared with what came', async function () {
    this.timeout(60_000);
    const centre = openStatisticsCentre();
    await serve(centre, 60);
    const early = await centre.routing.viewQueue(LAST_CALL, { vq: VQ });
    expect(early).to.include({ ewtSeconds: 20 });
    expect(early.estimate).to.include({ meanMs: 20_000, isRough: true });
    await serve(centre, 60);
    const { estimate, accuracy } = await centre.routing.viewQueue(LAST_CALL, { vq: VQ });
    // Every call waited for 20 s, so there is no doubt.
    expect(estimate).to.deep.equal({
      meanMs: 20_000,
      p10Ms: 20_000,
      p50Ms: 20_000,
      p90Ms: 20_000,
      isRough: false,
    });
    expect(accuracy).to.include({ waitMs: 20_000, saidMs: 20_000, errorMs: 0, inBand: 1 });
    expect(await centre.peek('EstimateMedian', 'Queue', VQ)).to.equal(20);
    expect(await centre.peek('EstimateNinetyPercent', 'Queue', VQ)).to.equal(20);
    expect(await centre.peek('EstimateError', 'Queue', VQ)).to.equal(0);
    expect(await centre.peek('EstimateBias', 'Queue', VQ)).to.equal(0);
    expect(await centre.peek('EstimateBandPercentage', 'Queue', VQ)).to.equal(100);
  });

  it('outlive a restart, and the calls that wait then are counted', async function () {
    this.timeout(60_000);
    const store = new MemoryStore();
    const killable = createBrittleStore(store);
    const ids = createTestIds();
    const before = openStatisticsCentre({ store: killable, ids });
    await serve(before, 60);
    const waiting = await startCall(before);
    await before.advance(SAVE_EVERY_MS);

    killable.kill();
    // A clock of its own: the alarms of the old centre would go on.
    const clock = createSimulatedClock(before.clock.now());
    const after = openStatisticsCentre({ store, clock, ids });
    await Promise.all([after.routing.readAhead(), after.advance(0)]);
    const { estimate } = await after.routing.viewQueue(LAST_CALL, { vq: VQ });
    expect(estimate).to.include({ meanMs: 40_000, isRough: true });
    // The call that waits ends 10 s later: the next departure is 10 s after the start, not at once.
    await after.advance(10_000);
    await answer(after, waiting);
    const { estimate: later } = await after.routing.viewQueue(LAST_CALL, { vq: VQ });
    expect(Math.round(later!.meanMs / 100)).to.equal(Math.round((60 * 20_000 + 10_000) / 61 / 100));
  });

  it('take customers who give up into account', async function () {
    this.timeout(60_000);
    const centre = openStatisticsCentre();
    await serve(centre, 60);
    for (let at = 0; at < 60; at += 1) {
      const connId = await startCall(centre);
      await centre.advance(20_000);
      await centre.routing.cancelCall(connId);
    }
    for (let at = 0; at < 20; at += 1) await startCall(centre);
    const { estimate } = await centre.routing.viewQueue(LAST_CALL, { vq: VQ });
    expect(estimate!.meanMs, 'less than 21 slots of 20 s').to.be.lessThan(0.6 * 21 * 20_000);
  });

  it('fail no call whose commit is durable when they cannot be read', async () => {
    const memory = new MemoryStore();
    const store = {
      get: (table: string, key: string) => {
        if (table === 'waitEstimate') throw new Error('damaged page');
        return memory.get(table, key);
      },
      scan: memory.scan.bind(memory),
      write: memory.write.bind(memory),
      close: memory.close.bind(memory),
    };
    const warnings: string[] = [];
    const centre = openStatisticsCentre({
      store,
      log: { ...silentLog, warn: (_, message) => void warnings.push(message) },
    });
    const connId = await startCall(centre);
    expect(centre.routing.get(connId)?.vq).to.equal(VQ);
    await centre.routing.cancelCall(connId);
    expect(centre.routing.get(connId)).to.equal(undefined);
    expect(warnings).to.include('The estimated waits of a queue could not be read.');
  });

  it('take no memory for queues about which somebody only asks', async () => {
    const reads: string[] = [];
    const memory = new MemoryStore();
    const store = {
      get: (table: string, key: string) => {
        if (table === 'waitEstimate') reads.push(key);
        return memory.get(table, key);
      },
      scan: memory.scan.bind(memory),
      write: memory.write.bind(memory),
      close: memory.close.bind(memory),
    };
    const centre = openStatisticsCentre({ store });
    await startCall(centre);
    const own = reads.length;
    for (let asked = 0; asked < MAX_ESTIMATED_QUEUES + 1; asked += 1) {
      const view = await centre.routing.viewQueue(LAST_CALL, { vq: `VQ_unknown_${asked}` });
      expect(view).to.include({ calls: 0, position: 1 });
    }
    reads.length = 0;
    await centre.routing.viewQueue(LAST_CALL, { vq: VQ });
    expect({ own, again: reads }, 'the estimator of the queue with a call stayed').to.deep.equal({
      own: 1,
      again: [],
    });
  });

  it('keep counting the calls of a queue whose place in memory other queues took', async () => {
    const centre = openStatisticsCentre();
    const estimates = new WaitEstimates({ ...centre, log: silentLog });
    const begin = centre.clock.now();
    const move = (id: string, vq: string, way: Pick<CallMove, 'from' | 'to'>, at: number) => {
      const priority = { base: 0, increment: 0, everyMs: 0 };
      const call = { id, vq, enteredAt: begin, priority } as unknown as CallMove['call'];
      estimates.callsMoved([{ call, ...way }], at);
    };
    const others = (at: number) => {
      for (let n = 0; n <= MAX_ESTIMATED_QUEUES; n += 1) {
        move(`${at} ${n}`, `VQ_other_${n}`, { from: 'outside', to: 'waiting' }, at);
      }
    };
    for (let n = 0; n < 60; n += 1) move(`c${n}`, VQ, { from: 'outside', to: 'waiting' }, begin);
    for (let n = 0; n < 60; n += 1) {
      const at = begin + (n + 1) * 20_000;
      if (n % 20 === 10) others(at);
      move(`c${n}`, VQ, { from: 'waiting', to: 'asked' }, at);
      move(`c${n}`, VQ, { from: 'asked', to: 'served' }, at);
    }
    const rule = { base: 0, increment: 0, everyMs: 0 };
    const question = { ahead: 0, rule, ageMs: 0, now: begin, agents: () => 1 };
    expect(estimates.estimate([VQ], question)?.meanMs).to.be.closeTo(20_000, 1);
  });

  it('are seen in lvq only by those who ask for them', () => {
    const view = {
      now: 0,
      waitedMs: 0,
      calls: 1,
      position: 1,
      weightedPosition: 1,
      hit: 0,
      ewtSeconds: 60,
      estimate: { meanMs: 60_000, p10Ms: 6_000, p50Ms: 42_400, p90Ms: 138_200, isRough: true },
    };
    const plain = { time: 0, wt: 0, calls: 1, pos: 1, wpos: 1, hit: 0, ewt: 60 };
    expect(queueReply(view)).to.deep.equal(plain);
    expect(queueReply(view, { asksForBand: true })).to.deep.equal({
      ...plain,
      ewt_p50: 42,
      ewt_p90: 138,
      ewt_rough: true,
    });
  });
});

async function startCall({ routing }: StatisticsCentre): Promise<Parameters<typeof routing.cancelCall>[0]> {
  const { connId } = await routing.startCall({ target: 'Billing@S.GA', vq: VQ, routeDelayMs: 0 });
  return connId;
}

/** Kate takes the call, and is not ready after it. */
async function answer(
  centre: StatisticsCentre,
  connId: Parameters<typeof centre.routing.cancelCall>[0],
): Promise<void> {
  await centre.interactions.setAgent(asId('kate'), { state: 'ready', groups: ['Billing'] });
  await centre.advance(0);
  await centre.routing.cancelCall(connId);
  await centre.interactions.setAgent(asId('kate'), { state: 'notReady' });
}

/** Calls that wait 20 s each, one after the other. */
async function serve(centre: StatisticsCentre, calls: number): Promise<void> {
  for (let at = 0; at < calls; at += 1) {
    const connId = await startCall(centre);
    await centre.advance(20_000);
    await answer(centre, connId);
    await centre.advance(5_000);
  }
}

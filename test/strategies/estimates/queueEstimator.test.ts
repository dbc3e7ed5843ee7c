import { expect } from 'chai';
import { score } from '../../../bench/routing/estimateScores.ts';
import {
  HANDLING_MS,
  impatient,
  important,
  lognormal,
  moving,
  oneSkill,
  shared,
} from '../../../bench/routing/scenarios.ts';
import type { CallPhase, EstimatedCall } from '../../../strategies/estimates/estimates.ts';
import { NumberRing } from '../../../strategies/estimates/numberRing.ts';
import { QueueEstimator } from '../../../strategies/estimates/queueEstimator.ts';
import { MAX_KNOWN_RULES, RuleLanes } from '../../../strategies/estimates/ruleLanes.ts';
import { waitBehind, waitWithOvertaking } from '../../../strategies/estimates/waitFormulas.ts';

const PLAIN = { base: 0, increment: 0, everyMs: 0 };
/** Smaller than the benchmark, and seeded: the figures are the same in each run. */
const SMALL = { warmUp: 2_000, measured: 4_000 };

describe('the estimator of waits', () => {
  it('knows nothing before anything is measured', () => {
    const question = { ahead: 0, rule: PLAIN, ageMs: 0, now: 0, agents: () => 5 };
    expect(new QueueEstimator().estimate(question)).to.equal(undefined);
  });

  it('begins with the handling time divided by the agents, and says that it is rough', () => {
    const queue = new QueueEstimator();
    for (const ms of [100_000, 140_000]) queue.handled(ms);
    const said = queue.estimate({ ahead: 1, rule: PLAIN, ageMs: 0, now: 0, agents: () => 4 });
    expect(said).to.include({ meanMs: 60_000, isRough: true });
    expect(said!.p10Ms).to.be.lessThan(said!.p50Ms);
    expect(said!.p50Ms).to.be.lessThan(said!.p90Ms);
    expect(queue.estimate({ ahead: 1, rule: PLAIN, ageMs: 0, now: 0, agents: () => 0 })).to.equal(undefined);
  });

  it('counts time between departures only while somebody waits without an agent', () => {
    const queue = new QueueEstimator();
    const play = player(queue);
    for (let call = 0; call < 60; call += 1) {
      const start = call * 1_000_000;
      // Alone, it waits 20 s, and its agent thinks about it for 7 s. Nobody waits for the rest of the time.
      play(`${call}`, start, [
        ['waiting', 0],
        ['asked', 20_000],
        ['served', 27_000],
      ]);
      // This one finds a free agent.
      play(`free ${call}`, start + 500_000, [
        ['waiting', 0],
        ['asked', 5],
        ['served', 9_000],
      ]);
    }
    const said = queue.estimate({ ahead: 0, rule: PLAIN, ageMs: 0, now: 0, agents: () => 0 });
    expect(Math.round(said!.meanMs / 100)).to.equal(200);
  });

  it('counts a refused agent as none', () => {
    const queue = new QueueEstimator();
    const play = player(queue);
    for (let call = 0; call < 60; call += 1) {
      play(`${call}`, call * 1_000_000, [
        ['waiting', 0],
        ['asked', 10_000],
        ['waiting', 15_000],
        ['asked', 25_000],
        ['served', 26_000],
      ]);
    }
    const said = queue.estimate({ ahead: 0, rule: PLAIN, ageMs: 0, now: 0, agents: () => 0 });
    expect(Math.round(said!.meanMs / 100)).to.equal(200);
  });

  it('is the same after its state was stored', () => {
    const queue = new QueueEstimator();
    const play = player(queue);
    for (let call = 0; call < 120; call += 1) {
      play(`${call}`, call * 100_000, [
        ['waiting', 0],
        [call % 7 === 0 ? 'gone' : 'served', 10_000 + (call % 11) * 3_000],
      ]);
      queue.handled(call * 1_000);
    }
    const question = { ahead: 3, rule: PLAIN, ageMs: 0, now: 12_000_000, agents: () => 0 };
    const restored = new QueueEstimator(queue.state);
    expect(restored.estimate(question)).to.deep.equal(queue.estimate(question));
    expect(restored.accuracy).to.deep.equal(queue.accuracy);
    expect(queue.accuracy.calls).to.be.greaterThan(0);
  });

  it('tells nothing while calls take no time, as after a clock that went back', () => {
    const queue = new QueueEstimator();
    for (const ms of [0, -5_000]) queue.handled(ms);
    const question = { ahead: 3, rule: PLAIN, ageMs: 0, now: 12_000_000, agents: () => 2 };
    expect(queue.estimate(question)).to.equal(undefined);
    // All of them wait when the process starts again, and leave in one moment.
    for (let call = 0; call < 60; call += 1) {
      const waiting = { id: `${call}`, enteredAt: 0, rule: PLAIN };
      queue.moved(waiting, { from: 'waiting', to: 'served', at: 1_000, agents: () => 2 });
    }
    expect(queue.estimate(question)).to.equal(undefined);
  });

  it('keeps the last numbers with their mean and quantiles', () => {
    const ring = new NumberRing(5);
    for (const value of [9, 1, 8, 2, 7, 3, 6]) ring.push(value);
    expect([...ring.toArray()]).to.deep.equal([8, 2, 7, 3, 6]);
    expect(ring.mean).to.be.closeTo(5.2, 1e-9);
    expect([ring.quantile(0), ring.quantile(0.5), ring.quantile(1)]).to.deep.equal([2, 6, 8]);
  });

  it('adds the steps of a long queue as an integral', () => {
    const rates = { slotMs: 10_000, patience: 1 / 400_000 };
    let sum = 0;
    for (let i = 0; i <= 300; i += 1) sum += 1 / (1 / rates.slotMs + i * rates.patience);
    expect(waitBehind(300, rates).meanMs / sum).to.be.closeTo(1, 0.001);
  });

  it('tells no wait when more important calls come than are served', () => {
    const rates = { slotMs: 10_000, patience: 0 };
    expect(waitWithOvertaking(2, rates, [{ rate: 1 / 9_000, withinMs: Number.POSITIVE_INFINITY }])).to.equal(
      undefined,
    );
    const { meanMs } = waitWithOvertaking(2, rates, [{ rate: 1 / 20_000, withinMs: 1e12 }])!;
    expect(meanMs).to.be.closeTo(60_000, 200);
  });

  it('counts no call ahead after all have left, however many priority rules there were', () => {
    const lanes = new RuleLanes();
    const rules = Array.from({ length: MAX_KNOWN_RULES + 8 }, (_, base) => ({ ...PLAIN, base }));
    for (const rule of rules) lanes.enter(rule, 0);
    expect(lanes.ahead(PLAIN, 0)).to.equal(rules.length);
    // The rules that were known last leave first, and make room for those that were not known.
    for (const rule of [...rules.slice(1, MAX_KNOWN_RULES), ...rules.slice(MAX_KNOWN_RULES)]) {
      lanes.remove(rule);
    }
    expect(lanes.ahead(PLAIN, 0)).to.equal(1);
    lanes.remove(PLAIN);
    for (const rule of rules) expect(lanes.ahead(rule, 0)).to.equal(0);
    for (const rule of rules.slice(-MAX_KNOWN_RULES)) lanes.enter(rule, 0);
    expect(lanes.ahead(PLAIN, 0)).to.equal(MAX_KNOWN_RULES);
  });

  for (const [scenario, atMost] of [
    [oneSkill({ agents: 20, load: 0.8 }, SMALL), 1.1],
    [oneSkill({ agents: 3, load: 0.9 }, SMALL), 1.1],
    [impatient({ load: 1.2 }, SMALL), 1.1],
    [moving({ kind: 'jump' }, SMALL), 1.1],
    [important({}, SMALL), 1.2],
    [important({ headStartMs: HANDLING_MS / 2 }, SMALL), 1.2],
  ] as const) {
    it(`is nearly as right as can be: ${scenario.name}`, function () {
      this.timeout(60_000);
      const { ratio, bias, inBand } = score(scenario);
      expect(ratio, 'error divided by that of the best estimate').to.be.lessThan(atMost);
      expect(Math.abs(bias), 'bias as a share of the mean wait').to.be.lessThan(0.08);
      expect(inBand, 'share of the waits in the 80 % band').to.be.within(0.74, 0.86);
    });
  }

  for (const [scenario, queue] of [
    [lognormal({ cv: 1.5 }, SMALL), undefined],
    [shared({ design: 'X' }, SMALL), 1],
    [shared({ design: 'N' }, SMALL), 1],
  ] as const) {
    it(`is better than the estimators of queue length and of departures: ${scenario.name}`, function () {
      this.timeout(60_000);
      const { error, others, inBand } = score(scenario, queue);
      expect(error).to.be.lessThan(others.ql! * 1.05);
      expect(error).to.be.lessThan(others.urs!);
      expect(inBand).to.be.within(0.74, 0.86);
    });
  }
});

/** Moves a call through phases; each has its time after the start. */
function player(
  queue: QueueEstimator,
): (id: string, start: number, phases: readonly (readonly [CallPhase, number])[]) => void {
  return (id, start, phases) => {
    const call: EstimatedCall = { id, enteredAt: start, rule: PLAIN };
    let from: CallPhase = 'outside';
    for (const [to, after] of phases) {
      queue.moved(call, { from, to, at: start + after, agents: () => 0 });
      from = to;
    }
  };
}

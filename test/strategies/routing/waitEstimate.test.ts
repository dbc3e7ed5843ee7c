import { expect } from 'chai';
import { ESTIMATE_WINDOW, estimateWait, remember } from '../../../strategies/routing/waitEstimate.ts';

const NOTHING = {
  distributedAt: [],
  handled: [],
  handlingMs: () => undefined,
  agents: () => 0,
  readyAgents: () => 0,
};

describe('the estimated wait', () => {
  it('is unknown without measured values', () => {
    const known = [
      estimateWait('urs', 1, NOTHING),
      estimateWait('urs', 1, { ...NOTHING, distributedAt: [5] }),
      estimateWait('urs2', 1, { ...NOTHING, agents: () => 3 }),
      estimateWait('urs2', 1, { ...NOTHING, handled: [60_000] }),
    ];
    expect(known).to.deep.equal([undefined, undefined, undefined, undefined]);
  });

  it('follows the interval of distribution, or the handling time per agent', () => {
    const history = {
      distributedAt: [0, 20_000, 60_000],
      handled: [100_000, 140_000],
      handlingMs: () => 200_000,
      agents: () => 4,
      readyAgents: () => 0,
    };
    expect([
      estimateWait('urs', 1, history),
      estimateWait('urs', 3, history),
      estimateWait('urs2', 2, history),
      estimateWait('stat', 2, history),
    ]).to.deep.equal([30, 90, 60, 100]);
  });

  it('is that of Stat Server with stat: free agents take the first calls, and values have a default', () => {
    const free = { ...NOTHING, agents: () => 5, readyAgents: () => 2 };
    expect([
      estimateWait('stat', 2, free),
      estimateWait('stat', 3, free),
      estimateWait('stat', 3, { ...free, handled: [10_000, 20_000] }),
      estimateWait('stat', 3, { ...free, handled: [10_000], handlingMs: () => 50_000 }),
      estimateWait('stat', 1, NOTHING),
    ]).to.deep.equal([0, 18, 3, 10, 900_000]);
  });

  it('uses only the last calls', () => {
    const values = Array.from({ length: 40 }, (_, index) => index).reduce<readonly number[]>(remember, []);
    expect(values).to.have.length(ESTIMATE_WINDOW);
    expect(values[0]).to.equal(8);
  });
});

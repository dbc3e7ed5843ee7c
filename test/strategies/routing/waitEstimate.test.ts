import { expect } from 'chai';
import { ESTIMATE_WINDOW, estimateWait, remember } from '../../../strategies/routing/waitEstimate.ts';

const NOTHING = { distributedAt: [], waits: [], handled: [], agents: () => 0 };

describe('the estimated wait', () => {
  it('is unknown without measured values', () => {
    const known = [
      estimateWait('urs', 1, NOTHING),
      estimateWait('urs', 1, { ...NOTHING, distributedAt: [5] }),
      estimateWait('urs2', 1, { ...NOTHING, agents: () => 3 }),
      estimateWait('urs2', 1, { ...NOTHING, handled: [60_000] }),
      estimateWait('stat', 1, NOTHING),
    ];
    expect(known).to.deep.equal([undefined, undefined, undefined, undefined, undefined]);
  });

  it('follows the interval of distribution, the handling time per agent, or the past waiting times', () => {
    const history = {
      distributedAt: [0, 20_000, 60_000],
      waits: [10_000, 20_000],
      handled: [100_000, 140_000],
      agents: () => 4,
    };
    expect([
      estimateWait('urs', 1, history),
      estimateWait('urs', 3, history),
      estimateWait('urs2', 2, history),
      estimateWait('stat', 9, history),
    ]).to.deep.equal([30, 90, 60, 15]);
  });

  it('uses only the last calls', () => {
    const values = Array.from({ length: 40 }, (_, index) => index).reduce<readonly number[]>(remember, []);
    expect(values).to.have.length(ESTIMATE_WINDOW);
    expect(values[0]).to.equal(8);
  });
});

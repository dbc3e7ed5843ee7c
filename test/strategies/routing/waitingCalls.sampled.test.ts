import fc from 'fast-check';
import { runsOf } from '../../support/runLength.ts';
import { blockingRules, step } from './waitingSteps.ts';
import { World } from './waitingWorld.ts';

describe('the index of waiting calls', () => {
  it('decides as sorting and comparing all calls and agents decides, for all sequences of changes', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 10, maxLength: 60 }), blockingRules, (steps, blocking) => {
        const world = new World(blocking);
        for (const one of steps) world.apply(one);
        world.apply({ kind: 'match' });
        world.checkQueues();
        world.checkHolders();
      }),
      { numRuns: runsOf({ sample: 60, all: 3_000 }) },
    );
  }).timeout(300_000);
});

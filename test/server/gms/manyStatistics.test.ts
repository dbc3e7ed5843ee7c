import { expect } from 'chai';
import { registerStatisticRoutes } from '../../../server/gms/statisticRoutes.ts';
import { StatisticCache } from '../../../strategies/routing/statisticCache.ts';
import { routesApp } from '../../support/routesApp.ts';
import { silentLog } from '../../support/silentLog.ts';
import { createSimulatedClock } from '../../support/simulatedClock.ts';

/** Runs another piece of work in the first turn of the event loop that it gets. */
function watchTurns() {
  const order: string[] = [];
  return {
    order,
    read(name: string): void {
      order.push(name);
      setImmediate(() => order.push('other work'));
    },
  };
}

describe('many statistics, each of which may read every agent', () => {
  it('of one request are read one after the other, with a turn of other work after each', async () => {
    const { order, read } = watchTurns();
    const app = routesApp((router) =>
      registerStatisticRoutes(router, {
        statistics: {
          async peek({ objectId }) {
            read(objectId);
            return { value: 1, ageMs: 0 };
          },
        },
      }),
    );
    const reply = await app.form('/genesys/1/statistics', { a: 'M;Queue;q1;', b: 'M;Queue;q2;' });
    expect(reply.json()).to.deep.equal({ a: 1, b: 1 });
    expect(order).to.deep.equal(['q1', 'other work', 'q2', 'other work']);
  });

  it('of targets are read few at a time', async () => {
    const { order, read } = watchTurns();
    const done = new Promise<void>((resolve) => {
      const cache = new StatisticCache({
        clock: createSimulatedClock(),
        log: silentLog,
        async readStatistic({ objectId }) {
          read(objectId);
          if (objectId === 'q5') resolve();
          return 1;
        },
      });
      for (const objectId of ['q1', 'q2', 'q3', 'q4', 'q5']) {
        cache.value({ statistic: 'M', objectType: 'Queue', objectId, tenant: 'Environment' });
      }
    });
    await done;
    const others = Array.from({ length: 4 }, () => 'other work');
    expect(order).to.deep.equal(['q1', 'q2', 'q3', 'q4', ...others, 'q5']);
  });
});

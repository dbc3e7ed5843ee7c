import { DurableStore } from '../../../engine/durable/durableStore.ts';
import type { StorePort } from '../../../engine/durable/storePort.ts';
import { SessionHost } from '../../../engine/host/sessionHost.ts';
import { type BrittleStore, createBrittleStore } from '../../support/brittleStore.ts';
import { CONTRACT_STORES, type ContractPlace } from '../../support/eachStore.ts';
import { BASE_URL } from '../../support/sessionBench.ts';
import { silentLog } from '../../support/silentLog.ts';
import { createTestIds } from '../../support/testIds.ts';
import { describeCrashes } from './contract/crashes.ts';
import { describeDeliveries } from './contract/deliveries.ts';
import { describeEffects } from './contract/effects.ts';
import type { EnginePlace } from './contract/enginePlace.ts';

/**
 * A process begins after the last write of the process before it, because its store accepts one write at a
 * time.
 */
function oneAtATime(store: StorePort): StorePort {
  let last: Promise<void> = Promise.resolve();
  return {
    get: (table, key) => store.get(table, key),
    scan: (table, range) => store.scan(table, range),
    write(operations) {
      const written = last.then(() => store.write(operations));
      last = written.catch(() => {});
      return written;
    },
    close: () => store.close(),
  };
}

/** The embedded implementation: Sessions over Durable, over a store whose writes a test can stop. */
async function placeOver(made: ContractPlace): Promise<EnginePlace> {
  const store = oneAtATime(await made.open());
  const ids = createTestIds();
  let brittle: BrittleStore;
  return {
    open({ clock, engine, texts, http }) {
      brittle = createBrittleStore(store);
      const durable = new DurableStore({ store: brittle, clock, log: silentLog });
      const sessions = new SessionHost({
        durable,
        clock,
        ids,
        engine,
        http,
        log: silentLog,
        baseUrl: () => BASE_URL,
        fetchText: async (url) => texts.get(url.href)!,
      });
      return { durable, sessions };
    },
    refuse: (count) => brittle.failNext(count),
    crash: () => brittle.kill(),
    crashAtCommit: (count) => brittle.dieAfter(count),
    async remove() {
      await store.close();
      await made.remove();
    },
  };
}

for (const { name, require, make } of CONTRACT_STORES) {
  describe(`The contract of a durable engine, over the ${name}`, () => {
    before(async function () {
      await require(this);
    });

    const makePlace = async (): Promise<EnginePlace> => placeOver(await make());
    describeDeliveries(makePlace);
    describeEffects(makePlace);
    describeCrashes(makePlace);
  });
}

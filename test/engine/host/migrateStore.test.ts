import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { createDurable } from '../../../engine/host/createDurable.ts';
import { createSessions } from '../../../engine/host/createSessions.ts';
import { migrateStore, STORE_VERSION, StoreVersionError } from '../../../engine/host/migrateStore.ts';
import type { StoreOperation, StorePort } from '../../../engine/host/storePort.ts';
import { compileProgram, restoreExecution, startExecution } from '../../../engine/sessionExecution.ts';
import { STORES, type StorePlace } from '../../support/eachStore.ts';
import { silentLog } from '../../support/silentLog.ts';
import { createSimulatedClock } from '../../support/simulatedClock.ts';
import { createTestIds } from '../../support/testIds.ts';

/** All that a store of version 1 held: a session that waits for a timer, one that ended, a scheduled one. */
const FIXTURE = join(import.meta.dirname, '../../../fixtures/stores/v1.json');
const TABLES = [
  '_meta',
  '_task',
  '_taskKey',
  '_expiry',
  'session',
  'document',
  'sessionEvent',
  'reply',
  'documentUse',
];
const BASE_URL = 'http://orsay.test';
const TEXTS: Readonly<Record<string, string>> = {
  '/waiting.scxml': `<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" datamodel="ecmascript">
  <datamodel><data id="ticks" expr="0"/></datamodel>
  <state id="waiting">
    <onentry><send event="tick" delay="1h"/></onentry>
    <transition event="tick"><assign location="ticks" expr="ticks + 1"/></transition>
  </state>
</scxml>`,
  '/short.scxml': `<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" datamodel="ecmascript"><final id="over"/></scxml>`,
};

for (const { name, make } of STORES) {
  describe(`A ${name} of version 1`, () => {
    let place: StorePlace;
    let store: StorePort;
    const clock = createSimulatedClock();

    before(async () => {
      if (process.env.ORSAY_WRITE_STORE_V1 === '1') await writeFixture();
    });

    beforeEach(async () => {
      place = await make();
      store = place.open();
    });

    afterEach(async () => {
      await store.close();
      await place.remove();
    });

    function readFixture(): readonly StoreOperation[] {
      return JSON.parse(readFileSync(FIXTURE, 'utf8')) as StoreOperation[];
    }

    function open() {
      const durable = createDurable({ store, clock, log: silentLog });
      const sessions = createSessions({
        ...{ durable, clock, ids: createTestIds(), log: silentLog },
        engine: { compileProgram, startExecution, restoreExecution },
        baseUrl: () => BASE_URL,
        fetchText: async (url) => TEXTS[url.pathname]!,
        http: () => Promise.reject(new Error('no request is expected')),
      });
      durable.start();
      return { durable, sessions };
    }

    /** Only for whoever changes what version 1 is taken to have been. */
    async function writeFixture(): Promise<void> {
      place = await make();
      store = place.open();
      const { sessions } = open();
      await sessions.start({ id: 'WAITING', src: '/waiting.scxml' });
      await sessions.publish('WAITING', { name: 'any', id: 'e1' });
      await sessions.start({ id: 'ENDED', src: '/short.scxml' });
      await sessions.start({ id: 'LATER', src: '/waiting.scxml', idealTime: clock.now() + 7_200_000 });
      const all = dump().filter(({ table }) => table !== 'documentUse');
      // Version 1 kept documents for ever.
      const short = await sessions.query('ENDED');
      const value = {
        url: `${BASE_URL}/short.scxml`,
        dialect: 'w3c',
        sources: [{ url: `${BASE_URL}/short.scxml`, text: TEXTS['/short.scxml'] }],
      };
      all.push({ table: 'document', key: short!.documentHash, text: `j|${JSON.stringify(value)}` });
      mkdirSync(dirname(FIXTURE), { recursive: true });
      writeFileSync(FIXTURE, `${JSON.stringify(all, null, 1)}\n`);
    }

    function dump(): StoreOperation[] {
      return TABLES.flatMap((table) =>
        [...store.scan(table, {})].map(({ key, text }) => ({ table, key, text })),
      );
    }

    it('is migrated, and its sessions go on', async () => {
      await store.write(readFixture());
      await migrateStore(store, { log: silentLog });
      expect(store.get('_meta', 'schema')).to.equal(String(STORE_VERSION));
      const { durable, sessions } = open();
      const versions = await sessions.versions();
      expect(versions.map(({ src, sessions: count }) => [src, count])).to.deep.equal([
        [`${BASE_URL}/waiting.scxml`, 2],
      ]);
      const settle = () => durable.idle();
      await clock.advance(3_600_000, settle);
      expect((await sessions.query('WAITING'))!.data).to.deep.include({ ticks: 1 });
      await clock.advance(3_600_000, settle);
      expect(await sessions.query('LATER')).to.include({ status: 'running' });
      const stopped = durable.stop();
      await clock.advance(10_000, async () => {});
      await stopped;
      store = place.open();
    });

    it('is left as it is by a second migration, and by one that was killed in the middle', async () => {
      await store.write(readFixture());
      let writes = 0;
      const dying: StorePort = {
        ...store,
        write: (operations) => {
          writes++;
          return writes > 1 ? Promise.reject(new Error('killed')) : store.write(operations);
        },
      };
      await migrateStore(dying, { log: silentLog }).catch(() => {});
      await migrateStore(store, { log: silentLog });
      const once = dump();
      await migrateStore(store, { log: silentLog });
      expect(dump()).to.deep.equal(once);
    });

    it('that a later release wrote is refused', async () => {
      await store.write([{ table: '_meta', key: 'schema', text: '99' }]);
      const error = await migrateStore(store, { log: silentLog }).then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      expect(error).to.be.instanceOf(StoreVersionError);
      expect((error as Error).message)
        .to.contain('version 99')
        .and.to.contain(`up to ${STORE_VERSION}`);
    });

    it('that is empty becomes one of the present version', async () => {
      await migrateStore(store, { log: silentLog });
      expect(dump()).to.deep.equal([{ table: '_meta', key: 'schema', text: String(STORE_VERSION) }]);
    });
  });
}

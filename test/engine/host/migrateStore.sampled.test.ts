import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { DurableStore } from '../../../engine/durable/durableStore.ts';
import { migrateStore, StoreVersionError } from '../../../engine/durable/migrateStore.ts';
import type { StoreOperation, StorePort } from '../../../engine/durable/storePort.ts';
import type { HostEngine } from '../../../engine/host/hostEngine.ts';
import { ownEngine } from '../../../engine/host/ownEngine.ts';
import { SessionHost } from '../../../engine/host/sessionHost.ts';
import { STORE_MIGRATIONS, STORE_VERSION } from '../../../server/process/runServer.ts';
import { STORES, type StorePlace } from '../../support/eachStore.ts';
import { asId } from '../../support/ids.ts';
import { sampleOf } from '../../support/runLength.ts';
import { silentLog } from '../../support/silentLog.ts';
import { createSimulatedClock, type SimulatedClock } from '../../support/simulatedClock.ts';
import { createTestIds } from '../../support/testIds.ts';

/**
 * The content of a store of each version, written by the code of that version: a session that waits for a
 * timer, an ended session, a scheduled session; from version 2 also a session that is set aside, with a
 * waiting event. From version 11 on the data of the waiting session have a base.
 */
const FIXTURES = join(import.meta.dirname, '../../../fixtures/stores');
const TABLES = [
  '_meta',
  '_task',
  '_taskKey',
  '_lane',
  '_expiry',
  'session',
  'sessionBase',
  'document',
  'documentUrl',
  'sessionEvent',
  'reply',
  'documentUse',
  'setAside',
  'parkedTask',
  'sessionStatus',
];
const VERSIONS = Array.from({ length: STORE_VERSION }, (_, at) => at + 1);
const MIGRATING = { log: silentLog, migrations: STORE_MIGRATIONS };
const BASE_URL = 'http://orsay.test';
const TEXTS: Readonly<Record<string, string>> = {
  '/waiting.scxml': `<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" datamodel="ecmascript">
  <datamodel><data id="ticks" expr="0"/><data id="long" expr="'long '.repeat(300)"/></datamodel>
  <state id="waiting">
    <onentry><send event="tick" delay="1h"/></onentry>
    <transition event="tick"><assign location="ticks" expr="ticks + 1"/></transition>
  </state>
</scxml>`,
  '/sick.scxml': `<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" datamodel="ecmascript"><state id="s"/></scxml>`,
  '/short.scxml': `<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" datamodel="ecmascript"><final id="over"/></scxml>`,
};

/**
 * Writes fixtures/stores/v<STORE_VERSION>.json. Run it once for each version, with the first code of that
 * version.
 */
const WRITES_FIXTURE = process.env.ORSAY_WRITE_STORE === '1';

function fixtureOf(version: number): string {
  return join(FIXTURES, `v${version}.json`);
}

function readFixture(version: number): readonly StoreOperation[] {
  return JSON.parse(readFileSync(fixtureOf(version), 'utf8')) as StoreOperation[];
}

for (const { name, make } of STORES) {
  describe(`Migration of a ${name}`, () => {
    let place: StorePlace;
    let store: StorePort;
    let clock: SimulatedClock;

    before(async () => {
      if (WRITES_FIXTURE) await writeFixture();
    });

    beforeEach(async () => {
      clock = createSimulatedClock();
      place = await make();
      store = place.open();
    });

    afterEach(async () => {
      await store.close();
      await place.remove();
    });

    function open(engine: Partial<HostEngine> = {}) {
      const durable = new DurableStore({ store, clock, log: silentLog });
      const sessions = new SessionHost({
        durable,
        clock,
        ids: createTestIds(),
        log: silentLog,
        engine: { ...ownEngine, ...engine },
        baseUrl: () => BASE_URL,
        fetchText: async (url) => TEXTS[url.pathname]!,
        http: () => Promise.reject(new Error('no request is expected')),
      });
      durable.start();
      return { durable, sessions };
    }

    async function writeFixture(): Promise<void> {
      clock = createSimulatedClock();
      place = await make();
      store = place.open();
      await migrateStore(store, MIGRATING);
      const before = open();
      await before.sessions.start({ id: asId('WAITING'), src: '/waiting.scxml' });
      await before.sessions.publish(asId('WAITING'), { name: 'any', id: 'e1' });
      await before.sessions.start({ id: asId('ENDED'), src: '/short.scxml' });
      await before.sessions.start({
        id: asId('LATER'),
        src: '/waiting.scxml',
        idealTime: clock.now() + 7_200_000,
      });
      await before.sessions.start({ id: asId('SICK'), src: '/sick.scxml' });
      const { durable, sessions } = open({
        restoreExecution: () => {
          throw new Error('the snapshot makes no sense');
        },
      });
      await sessions.publish(asId('SICK'), { name: 'any' }).catch(() => {});
      await durable.commit(sessions.eventBatch(asId('SICK'), { name: 'any', id: 'e2' }, 0));
      await durable.idle();
      writeFileSync(fixtureOf(STORE_VERSION), `${JSON.stringify(dump(), null, 1)}\n`);
    }

    function dump(): StoreOperation[] {
      return TABLES.flatMap((table) =>
        [...store.scan(table, {})].map(({ key, text }) => ({ table, key, text })),
      );
    }

    for (const version of sampleOf(VERSIONS, name === 'memory store' ? 1 : 4)) {
      it(`from version ${version} continues its sessions`, async () => {
        await store.write(readFixture(version));
        await migrateStore(store, MIGRATING);
        expect(store.get('_meta', 'schema')).to.equal(String(STORE_VERSION));
        const { durable, sessions } = open();
        const settle = () => durable.idle();
        const idsOf = async (filter: Parameters<typeof sessions.list>[0]) =>
          (await sessions.list(filter)).map(({ sessionId }) => sessionId);
        const [waiting] = (await sessions.versions()).filter(({ src }) => src.endsWith('/waiting.scxml'));
        expect(waiting).to.include({ src: `${BASE_URL}/waiting.scxml`, sessions: 2 });
        expect(await idsOf({ documentHash: waiting!.documentHash })).to.deep.equal(['LATER', 'WAITING']);
        expect(await idsOf({ status: 'running' })).to.deep.equal(['WAITING']);
        expect(await idsOf({ status: 'scheduled' })).to.deep.equal(['LATER']);
        expect(await idsOf({ status: 'completed' })).to.deep.equal(['ENDED']);
        expect(await idsOf({ status: 'setAside' })).to.deep.equal(version === 1 ? [] : ['SICK']);
        expect(await idsOf({})).to.deep.equal(
          version === 1 ? ['ENDED', 'LATER', 'WAITING'] : ['ENDED', 'LATER', 'SICK', 'WAITING'],
        );
        if (version > 1) {
          await sessions.retry(asId('SICK'));
          await settle();
          expect(durable.get('sessionEvent', 'SICK:e2')).to.equal(1);
          await sessions.terminate(asId('SICK'), 'seen');
        }

        await clock.advance(3_600_000, settle);
        expect((await sessions.query(asId('WAITING')))!.data).to.deep.include({ ticks: 1 });
        await clock.advance(3_600_000, settle);
        expect(await sessions.query(asId('LATER'))).to.include({ status: 'running' });
        expect((await sessions.versions()).map(({ sessions: count }) => count)).to.deep.equal([2]);
        await sessions.terminate(asId('WAITING'), 'enough');
        await sessions.terminate(asId('LATER'), 'enough');
        await clock.advance(25 * 3_600_000, settle);
        // No record is left: no session, and no record of an earlier version about a session.
        expect(dump().filter(({ table }) => table !== '_meta')).to.deep.equal([]);
        const stopped = durable.stop();
        await clock.advance(10_000, async () => {});
        await stopped;
        store = place.open();
      });

      it(`from version ${version} is safe to repeat, and to repeat after a kill`, async () => {
        await store.write(readFixture(version));
        let writes = 0;
        const dying: StorePort = {
          get: (table, key) => store.get(table, key),
          scan: (table, range) => store.scan(table, range),
          close: () => store.close(),
          write: (operations) => {
            writes++;
            return writes > 1 ? Promise.reject(new Error('killed')) : store.write(operations);
          },
        };
        await migrateStore(dying, MIGRATING).catch(() => {});
        await migrateStore(store, MIGRATING);
        const once = dump();
        await migrateStore(store, MIGRATING);
        expect(dump()).to.deep.equal(once);
      });
    }

    it('from version 3 keeps the order of tasks in their lanes, and their retry times', async () => {
      const now = clock.now();
      const old = (sequence: number, dueAt: number, record: object): StoreOperation[] => {
        const key = `t${sequence}`;
        const dueKey = `${String(dueAt).padStart(14, '0')}:${String(sequence).padStart(20, '0')}`;
        const task = { key, kind: 'one', payload: key, dueAt, failures: 0, ...record };
        return [
          { table: '_task', key: dueKey, text: `j|${JSON.stringify(task)}` },
          { table: '_taskKey', key, text: dueKey },
        ];
      };
      await store.write([
        { table: '_meta', key: 'schema', text: '3' },
        { table: '_meta', key: 'epoch', text: '7' },
        ...old(1, now + 500, { lane: 'L' }),
        ...old(2, 0, { lane: 'L', failures: 2, notBefore: now + 1_000 }),
        ...old(3, 0, { lane: 'L', kind: 'other' }),
        ...old(4, now - 5, {}),
        ...old(5, 0, { failures: 1, notBefore: now + 2_000 }),
        ...old(6, 0, { lane: 'L' }),
      ]);
      await migrateStore(store, MIGRATING);
      const durable = new DurableStore({ store, clock, log: silentLog });
      const performed: string[] = [];
      for (const kind of ['one', 'other']) {
        durable.onTask<string>(kind, async (payload, { attempt }) => {
          performed.push(`${payload} ${attempt} +${clock.now() - now}`);
        });
      }
      durable.start();
      await durable.commit({ cancel: ['unknown'] });
      await clock.advance(5_000, () => durable.idle());
      expect(performed).to.deep.equal([
        ...['t4 1 +0', 't2 3 +1000', 't1 1 +1000', 't3 1 +1000', 't6 1 +1000', 't5 2 +2000'],
      ]);
      expect(dump().filter(({ table }) => table !== '_meta')).to.deep.equal([]);
    });

    it('from version 7 renames invoked sessions in sessions and tasks', async () => {
      const invoke = { kind: 'invoke', key: 'e1', invokeId: 'i', params: { childId: 'kept' } };
      const stored = (record: object, snapshot = '') => {
        const json = JSON.stringify(record);
        return snapshot === '' ? `j5|${json}` : `J5|${json.length}|${json}${snapshot}`;
      };
      const records = (names: { readonly invoked: object; readonly id: string }) => [
        {
          table: '_task',
          key: 'session.event:00000000000000:00000001000000000003',
          text: stored({ kind: 'session.event', payload: { event: { data: { childId: 'kept' } } } }),
        },
        {
          table: '_task',
          key: 'session.invoke:00000000000000:00000001000000000001',
          text: stored({
            kind: 'session.invoke',
            payload: { sessionId: 'S', effect: { ...invoke, [names.id]: 'S~e1' } },
          }),
        },
        {
          table: '_task',
          key: 'session.uninvoke:00000000000000:00000001000000000002',
          text: stored({ kind: 'session.uninvoke', payload: { [names.id]: 'S~e1' } }),
        },
        {
          table: 'session',
          key: 'S',
          text: stored({ sessionId: 'S', ...names.invoked }, '{}\n[]'),
        },
        {
          table: 'parkedTask',
          key: 'S:00000000000000:e1',
          text: stored({ kind: 'session.uninvoke', payload: { [names.id]: 'S~e1' } }),
        },
      ];
      await store.write([
        { table: '_meta', key: 'schema', text: '7' },
        ...records({ invoked: { children: { i: 'S~e1' } }, id: 'childId' }),
      ]);
      await migrateStore(store, MIGRATING);
      expect(dump().filter(({ table }) => table !== '_meta')).to.deep.equal(
        records({ invoked: { invokedSessions: ['S~e1'] }, id: 'invokedId' }),
      );
    });

    it('refuses a store that a later release wrote', async () => {
      await store.write([{ table: '_meta', key: 'schema', text: '99' }]);
      const error = await migrateStore(store, MIGRATING).then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      expect(error).to.be.instanceOf(StoreVersionError);
      expect((error as Error).message)
        .to.contain('version 99')
        .and.to.contain(`up to ${STORE_VERSION}`);
    });

    it('gives an empty store the present version', async () => {
      await migrateStore(store, MIGRATING);
      expect(dump()).to.deep.equal([{ table: '_meta', key: 'schema', text: String(STORE_VERSION) }]);
    });
  });
}

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { migrateStore } from '../../../engine/durable/migrateStore.ts';
import { decodeRecord, encodeRecord } from '../../../engine/durable/recordCodec.ts';
import type { StoreOperation, StorePort } from '../../../engine/durable/storePort.ts';
import { STORE_MIGRATIONS, STORE_VERSION } from '../../../server/process/runServer.ts';
import { indexCalls, removeQueueRecords } from '../../../strategies/routing/migrateCalls.ts';
import { CALL, type VirtualInteraction } from '../../../strategies/routing/virtualInteraction.ts';
import type { QueueView } from '../../../strategies/routing/virtualQueues.ts';
import { type ContactCentre, openContactCentre, readyAgent } from '../../support/contactCentre.ts';
import { STORES, type StorePlace } from '../../support/eachStore.ts';
import { asId } from '../../support/ids.ts';
import { sampleOf } from '../../support/runLength.ts';
import { silentLog } from '../../support/silentLog.ts';
import { createSimulatedClock } from '../../support/simulatedClock.ts';

/** The routing records in a store of a version, and the queues as its own code saw them. */
interface Fixture {
  /** ms since epoch. */
  readonly now: number;
  readonly views: readonly { readonly connId: string; readonly state: string; readonly view: QueueView }[];
  readonly operations: readonly StoreOperation[];
}

const FIXTURES = join(import.meta.dirname, '../../../fixtures/stores');
/** Version 1 had the same tables. */
const FIRST_VERSION = 2;
const VERSIONS = Array.from({ length: STORE_VERSION - FIRST_VERSION + 1 }, (_, at) => FIRST_VERSION + at);
/** The tables that keep records after a call is removed. */
const CALL_TABLES = [
  'virtualInteraction',
  'virtualQueueEntry',
  'virtualQueueBlock',
  'virtualQueueRevision',
  'virtualQueueArrivals',
  'routableCall',
  'sessionCall',
  'interactionCall',
];
const TABLES = [
  '_meta',
  '_task',
  '_taskKey',
  '_expiry',
  ...CALL_TABLES,
  'routingSerial',
  'virtualQueueStat',
  'handlingTime',
  'agent',
  'agentSlot',
  'interaction',
];
const MIGRATING = { log: silentLog, migrations: STORE_MIGRATIONS };
const SUBMIT = 'submit:000000000000000000000000000000S9:r1';

/**
 * Writes fixtures/stores/routing-v<STORE_VERSION>.json: once for each version, by the code that first has it.
 */
const WRITES_FIXTURE = process.env.ORSAY_WRITE_STORE === '1';

function fixtureOf(version: number): string {
  return join(FIXTURES, `routing-v${version}.json`);
}

function readFixture(version: number): Fixture {
  return JSON.parse(readFileSync(fixtureOf(version), 'utf8')) as Fixture;
}

for (const { name, make } of STORES) {
  describe(`virtual queues of a ${name} before its migration`, () => {
    let place: StorePlace;
    let store: StorePort;

    before(async () => {
      if (WRITES_FIXTURE) await writeFixture();
    });

    beforeEach(async () => {
      place = await make();
      store = place.open();
    });

    afterEach(async () => {
      await store.close();
      await place.remove();
    });

    async function writeFixture(): Promise<void> {
      place = await make();
      store = place.open();
      await migrateStore(store, MIGRATING);
      const centre = openContactCentre({ store });
      await fillQueues(centre);
      const fixture: Fixture = {
        now: centre.clock.now(),
        views: await viewsOf(centre),
        operations: dump(store, TABLES),
      };
      writeFileSync(fixtureOf(STORE_VERSION), `${JSON.stringify(fixture, null, 1)}\n`);
      await store.close();
      await place.remove();
    }

    for (const version of sampleOf(VERSIONS, name === 'memory store' ? 1 : 4)) {
      it(`from version ${version} continue unchanged`, async () => {
        const { now, views, operations } = readFixture(version);
        await store.write(operations);
        await migrateStore(store, MIGRATING);
        const centre = openContactCentre({ store, clock: createSimulatedClock(now) });
        expect(await viewsOf(centre)).to.deep.equal(views);

        const { connId } = await centre.routing.startCall({ target: 'Sales@S.GA', vq: 'VQ' });
        const view = await centre.routing.viewQueue(connId);
        expect(view).to.deep.include({ calls: 6, position: 6 });
        // The oldest call with the highest priority that this agent may take; it is in the other queue.
        await readyAgent(centre, 'sally', { groups: ['Sales'] });
        const stateOf = (id: string) => centre.routing.get(asId(id))?.state;
        expect(stateOf('0000000000000007')).to.equal('routed');
        expect(stateOf('0000000000000008')).to.equal('routable');

        await centre.durable.commit(centre.routing.dropSubmitsBatch(asId('I1')));
        expect(stateOf(SUBMIT)).to.equal(undefined);
        expect(await centre.routing.viewQueue(connId)).to.deep.include({ calls: 5, position: 5 });
        await centre.routing.invoke(asId('0000000000000003'), 'SetRouteDelay', { DELAY: 0 });
        await centre.sessions.end(asId('S1'));
        for (const { connId: id } of centre.routing.list()) await centre.routing.cancelCall(id);
        expect((await centre.routing.viewQueue(asId('max'), { vq: 'VQ' })).calls).to.equal(0);
        await stop(centre);
        store = place.open();
        const later = openContactCentre({ store, clock: createSimulatedClock(now + 32 * 86_400_000) });
        await later.advance(60_000);
        expect(dump(store, ['_expiry', ...CALL_TABLES])).to.deep.equal([]);
        await stop(later);
        store = place.open();
      });

      if (version === STORE_VERSION) continue;
      it(`from version ${version} are complete after a migration that follows an interrupted one`, async () => {
        const { operations } = readFixture(version);
        await store.write(operations);
        await migrateStore(store, MIGRATING);
        const migrated = dump(store, TABLES);
        await store.write(migrated.map(({ table, key }) => ({ table, key, text: null })));
        await store.write(operations);
        const changes = [...indexCalls(store), ...removeQueueRecords(store)];
        await store.write(changes.slice(0, changes.length / 2));
        await migrateStore(store, MIGRATING);
        expect(dump(store, TABLES)).to.deep.equal(migrated);
      });
    }

    for (const [what, interaction] of [
      ['ended', 'j|{"id":"I1","state":"ended"}'],
      ['is no longer known', null],
    ] as const) {
      it(`lose a submit of which the interaction ${what}, and nothing else`, async () => {
        const { now, operations, views } = readFixture(FIRST_VERSION);
        await store.write(operations);
        await store.write([{ table: 'interaction', key: 'I1', text: interaction }]);
        await migrateStore(store, MIGRATING);
        const { routing } = openContactCentre({ store, clock: createSimulatedClock(now) });
        const idsOf = (listed: readonly { readonly connId: string }[]) => listed.map(({ connId }) => connId);
        expect(idsOf(routing.list())).to.deep.equal(idsOf(views).filter((id) => id !== SUBMIT));
        expect(await routing.viewQueue(asId('0000000000000008'))).to.deep.include({ calls: 4, position: 4 });
        const left = dump(store, ['_expiry', ...CALL_TABLES]).filter(({ key }) => key.includes(SUBMIT));
        expect(left).to.deep.equal([]);
      });
    }

    it('are in the order of their arrival', async () => {
      const { now, operations } = readFixture(FIRST_VERSION);
      const text = operations.find(({ key }) => key === '0000000000000003')!.text!;
      const total = 600;
      const idOf = (serial: number) => `${(serial * 7919) % 1000}-${serial}`;
      const stored = decodeRecord<VirtualInteraction>(text);
      await store.write(
        Array.from({ length: total }, (_, index) => {
          const call = { ...stored.value, id: idOf(index + 1), serial: index + 1 };
          return { table: CALL, key: call.id, text: encodeRecord(call, stored.expiresAt) };
        }),
      );
      await migrateStore(store, MIGRATING);
      const { routing } = openContactCentre({ store, clock: createSimulatedClock(now) });
      const serials = [1, 2, 256, 257, total];
      const views = await Promise.all(serials.map((serial) => routing.viewQueue(asId(idOf(serial)))));
      expect(views.map(({ calls, position }) => [calls, position])).to.deep.equal(
        serials.map((serial) => [total, serial]),
      );
    });
  });
}

/** A call in every stored state, each with a rule of its own; a submit whose interaction waits. */
async function fillQueues(centre: ContactCentre): Promise<void> {
  const start = (more: Partial<Parameters<typeof centre.routing.startCall>[0]>) =>
    centre.routing.startCall({ target: 'Billing@S.GA', vq: 'VQ', ...more });
  await readyAgent(centre, 'anna');
  await start({ routeDelayMs: 0 });
  await centre.settle();
  await start({ priority: { base: 1 } });
  await centre.advance(5_000);
  await start({
    priority: { increment: 2, everyMs: 3_000 },
    sessionUrl: 'http://orsay.test/scxml/session/S1',
    sessionId: asId('S1'),
  });
  await start({ priority: { base: 4, increment: -1, everyMs: 2_000 }, routeDelayMs: 3_600_000 });
  await start({ vq: 'VQ/2', target: 'Sales@S.GA' });
  await start({ vq: 'VQ/2', target: 'Sales@S.GA', priority: { base: 3 }, routeDelayMs: 0 });
  await centre.advance(5_000);
  await start({ routeDelayMs: 0, target: 'Sales@S.GA' });
  await centre.durable.commit(
    centre.interactions.createBatch({ id: asId('I1'), media: 'chat', userData: {}, queue: 'inbound' }),
  );
  await centre.settle();
  await centre.sessions.perform('queue.submit', {
    sessionId: asId(centre.sessions.started.at(-1)!.id),
    attributes: { queue: 'VQ', priority: 2, timeout: 100_000 },
    children: [{ name: 'targetid', attributes: { expr: 'Sales@S.GA' }, params: {}, children: [] }],
  });
  await centre.settle();
}

function viewsOf({ routing }: ContactCentre): Promise<Fixture['views']> {
  return Promise.all(
    routing.list().map(async ({ connId, state }) => ({
      connId,
      state,
      view: await routing.viewQueue(connId, { method: 'urs2' }),
    })),
  );
}

async function stop({ durable, clock }: ContactCentre): Promise<void> {
  const stopped = durable.stop();
  await clock.advance(10_000, async () => {});
  await stopped;
}

function dump(store: StorePort, tables: readonly string[]): StoreOperation[] {
  return tables.flatMap((table) => [...store.scan(table, {})].map(({ key, text }) => ({ table, key, text })));
}

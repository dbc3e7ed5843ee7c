import { expect } from 'chai';
import { MemoryStore } from '../../../engine/durable/memory/memoryStore.ts';
import { migrateStore } from '../../../engine/durable/migrateStore.ts';
import { decodeRecord, encodeRecord } from '../../../engine/durable/recordCodec.ts';
import type { StoreOperation } from '../../../engine/durable/storePort.ts';
import type { Config } from '../../../server/process/config.ts';
import { STORE_MIGRATIONS } from '../../../server/process/runServer.ts';
import type { ServiceInstance } from '../../../strategies/instances/serviceInstance.ts';
import { silentLog } from '../../support/silentLog.ts';
import { createTestServer, type TestServer } from '../../support/testServer.ts';

const ROOT = '/genesys/1/service/callback/chat-delay';
const MINUTE_MS = 60_000;
const TABLES = ['service.booked', 'service.waiting', 'service.time'];
/** The last version without the counts. */
const VERSION = 8;

describe('callbacks of a store of an earlier version', () => {
  const config = (initial: Config): Config => ({
    ...initial,
    services: {
      ...initial.services,
      'chat-delay': { ...initial.services['chat-delay']!, _max_request_by_time_bucket: '2' },
    },
  });
  const begin = (store: MemoryStore): TestServer => createTestServer({ store, config });
  const at = (server: TestServer, minutes: number): string =>
    new Date(server.clock.now() + minutes * MINUTE_MS).toISOString();
  const create = async (server: TestServer, fields: Record<string, string> = {}): Promise<number> =>
    (await server.send('POST', ROOT, { form: { _customer_number: '1', ...fields } })).status;

  /** Everything that the counts are about. */
  function contentOf(store: MemoryStore): unknown {
    return ['service.instance', ...TABLES].map((table) =>
      [...store.scan(table, {})].map(({ key, text }) => ({ key, ...decodeRecord(text) })),
    );
  }

  /** The store as that version wrote it. */
  function earlier(store: MemoryStore): readonly StoreOperation[] {
    const counts = TABLES.flatMap((table) =>
      [...store.scan(table, {})].map(({ key }) => ({ table, key, text: null })),
    );
    const instances = [...store.scan('service.instance', {})].map(({ key, text }) => {
      const { value, expiresAt } = decodeRecord<ServiceInstance>(text);
      const { bookedFor: _, countedUntil: __, ...others } = value;
      return { table: 'service.instance', key, text: encodeRecord(others, expiresAt) };
    });
    return [...counts, ...instances, { table: '_meta', key: 'schema', text: String(VERSION) }];
  }

  async function filled(): Promise<{ readonly store: MemoryStore; readonly content: unknown }> {
    const store = new MemoryStore();
    const server = begin(store);
    for (const minutes of [60, 60, 120]) {
      expect(await create(server, { _desired_time: at(server, minutes) })).to.equal(200);
    }
    expect(await create(server)).to.equal(200);
    await server.orsay.durable.idle();
    await server.orsay.close();
    return { store, content: contentOf(store) };
  }

  it('get their places and their counts at the start', async () => {
    const { store, content } = await filled();
    await store.write(earlier(store));
    await migrateStore(store, { log: silentLog, migrations: STORE_MIGRATIONS });
    expect(contentOf(store)).to.deep.equal(content);

    const server = begin(store);
    expect(await create(server, { _desired_time: at(server, 60) })).to.equal(400);
    expect(await create(server, { _desired_time: at(server, 120) })).to.equal(200);
    expect(server.orsay.services.waitingCallbacks('chat-delay')).to.equal(1);
    await server.orsay.close();
  });

  it('get them once, when the first attempt was interrupted', async () => {
    const { store, content } = await filled();
    await store.write(earlier(store));
    const migration = STORE_MIGRATIONS.find(({ version }) => version === VERSION + 1)!;
    const operations = [...migration.operations(store)];
    for (let written = 0; written <= operations.length; written++) {
      await store.write(operations.slice(0, written));
      await migrateStore(store, { log: silentLog, migrations: STORE_MIGRATIONS });
      expect(contentOf(store), `after ${written} operations`).to.deep.equal(content);
      await store.write(earlier(store));
    }
  });
});

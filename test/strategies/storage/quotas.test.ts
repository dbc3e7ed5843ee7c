import { expect } from 'chai';
import fc from 'fast-check';
import { DurableStore } from '../../../engine/durable/durableStore.ts';
import { KeptBlobs } from '../../../engine/durable/keptBlobs.ts';
import { MemoryBlobs } from '../../../engine/durable/memory/memoryBlobs.ts';
import { MemoryStore } from '../../../engine/durable/memory/memoryStore.ts';
import type { StorageId } from '../../../strategies/ids/index.ts';
import { StorageError } from '../../../strategies/storage/errors.ts';
import { MIN_BLOB_BYTES } from '../../../strategies/storage/fileContents.ts';
import { StorageAreas } from '../../../strategies/storage/storageAreas.ts';
import { STORAGE_LIMITS, type StorageLimits } from '../../../strategies/storage/usage.ts';
import { fuzzSeed } from '../../support/fuzzSeed.ts';
import { asId } from '../../support/ids.ts';
import { silentLog } from '../../support/silentLog.ts';
import { createSimulatedClock } from '../../support/simulatedClock.ts';

const HOUR_MS = 3_600_000;

function world(limits: Partial<StorageLimits> = {}) {
  const clock = createSimulatedClock();
  const durable = new DurableStore({ store: new MemoryStore(), clock, log: silentLog });
  const blobs = new MemoryBlobs(clock);
  const storage = new StorageAreas({
    durable,
    clock,
    blobs: new KeptBlobs({ durable, clock, log: silentLog, blobs }),
    limits: { ...STORAGE_LIMITS, ...limits },
  });
  durable.start();
  async function put(
    name: string,
    { account, fileBytes = 0, text = '', lifeMs = HOUR_MS }: Partial<Put> = {},
  ): Promise<void> {
    const id = asId<StorageId>(name);
    const file = { key: 'file', contentType: 'image/png', bytes: new Uint8Array(fileBytes) };
    const change = await storage.keep(id, {
      values: text === '' ? {} : { text },
      files: fileBytes === 0 ? [] : [file],
      expiresAt: clock.now() + lifeMs,
      account,
    });
    await durable.commit(storage.putBatch(id, change));
  }
  return {
    clock,
    durable,
    blobs,
    storage,
    put,
    advance: (ms: number) => clock.advance(ms, () => durable.idle()),
  };
}

interface Put {
  readonly account: string;
  readonly fileBytes: number;
  readonly text: string;
  readonly lifeMs: number;
}

async function refusalOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    expect(error).to.be.instanceOf(StorageError);
    return { code: (error as StorageError).code, message: (error as Error).message };
  }
  throw new Error('expected a StorageError, nothing was thrown');
}

describe('the limits of storage', () => {
  it('refuse one area too many of an account, and no area of another, until one is removed', async () => {
    const { durable, storage, put } = world({ areasOfUser: 2 });
    const account = "user 'anna'";
    await put('1', { account });
    await put('2', { account });
    expect(await refusalOf(put('3', { account }))).to.deep.equal({
      code: 'QUOTA_EXCEEDED',
      message: "There are 2 storage areas of user 'anna'; limits.storage.areasOfUser is 2.",
    });
    await put('1', { account, text: 'a change of an area is no new area' });
    await put('4', { account: 'address 192.0.2.1' });
    await put('5');
    await durable.commit(storage.removeBatch(asId('2')));
    await put('6', { account });
    expect(await refusalOf(put('7', { account }))).to.have.property('code', 'QUOTA_EXCEEDED');
  });

  it('refuse one byte too many of an account before the file is written, and count a change once', async () => {
    const empty = JSON.stringify({
      file: { kind: 'binary', contentType: 'image/png', bytes: 100_000 },
    }).length;
    const { blobs, put } = world({ bytesOfUser: 2 * (100_000 + empty) });
    const account = 'address 192.0.2.1';
    for (const area of ['1', '2', '1', '2', '1']) await put(area, { account, fileBytes: 100_000 });
    const written = (await blobs.list()).length;
    expect(await refusalOf(put('2', { account, fileBytes: 100_001 }))).to.deep.equal({
      code: 'QUOTA_EXCEEDED',
      message: `The storage areas of address 192.0.2.1 would have ${2 * (100_000 + empty) + 1} bytes; limits.storage.bytesOfUser is ${2 * (100_000 + empty)}.`,
    });
    expect(await blobs.list()).to.have.length(written);
    await put('2', { account, fileBytes: 99_999 });
  });

  it('refuse areas and bytes beyond the limits in all, of accounts and without one', async () => {
    const { put } = world({ areas: 2, bytes: 1000 });
    await put('1', { account: 'address 192.0.2.1' });
    await put('2', { text: 'x'.repeat(900) });
    expect(await refusalOf(put('3'))).to.deep.equal({
      code: 'QUOTA_EXCEEDED',
      message: 'There are 2 storage areas in all; limits.storage.areas is 2.',
    });
    expect(await refusalOf(put('1', { text: 'x'.repeat(500) }))).to.have.property('code', 'QUOTA_EXCEEDED');
  });

  it('are free again when areas expire, within a sixteenth of their life', async () => {
    const { advance, put } = world({ areasOfUser: 1 });
    const account = "user 'anna'";
    await put('1', { account, fileBytes: MIN_BLOB_BYTES });
    await advance(HOUR_MS - 1);
    expect(await refusalOf(put('2', { account }))).to.have.property('code', 'QUOTA_EXCEEDED');
    await advance(HOUR_MS / 16 + 1);
    await put('2', { account });
  });

  it('count exactly what is stored, after any changes', async () => {
    const action = fc.record({
      area: fc.constantFrom('1', '2', '3'),
      account: fc.constantFrom("user 'anna'", 'address 192.0.2.1', undefined),
      kind: fc.constantFrom('put', 'remove', 'removeKey', 'clear', 'wait'),
      fileBytes: fc.constantFrom(0, 10, MIN_BLOB_BYTES),
      text: fc.string({ maxLength: 20 }),
      lifeMs: fc.integer({ min: 1, max: 48 * HOUR_MS }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 30 }), async (actions) => {
        const { advance, blobs, durable, storage, put } = world();
        for (const { area, account, kind, fileBytes, text, lifeMs } of actions) {
          const id = asId<StorageId>(area);
          if (kind === 'put') await put(area, { ...(account && { account }), fileBytes, text, lifeMs });
          if (kind === 'remove') await durable.commit(storage.removeBatch(id));
          if (kind === 'removeKey') await durable.commit(storage.removeKeyBatch(id, 'file'));
          if (kind === 'clear') await durable.commit(storage.clearBatch(id));
          await advance(kind === 'wait' ? lifeMs : 0);
        }
        // The counts of areas that have just expired last for up to a sixteenth of their life.
        await advance(0);
        const areas = ['1', '2', '3'].flatMap((name) => storage.get(asId(name)) ?? []);
        const files = areas.flatMap(({ values }) =>
          Object.values(values).flatMap((value) => (value.kind === 'binary' ? [value.bytes!] : [])),
        );
        expect(await blobs.list()).to.have.length(files.filter((bytes) => bytes >= MIN_BLOB_BYTES).length);
        for (const { id } of areas) await durable.commit(storage.removeBatch(id));
        await advance(3 * HOUR_MS);
        expect(await blobs.list()).to.deep.equal([]);
        const left = [...durable.scan<{ count: number; bytes: number }>('storage.usage')];
        expect(left).to.deep.equal([]);
      }),
      { ...fuzzSeed(), numRuns: 60 },
    );
  });
});

import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { BlobPort } from '../../../engine/durable/blobPort.ts';
import { DurableStore } from '../../../engine/durable/durableStore.ts';
import { openFileBlobs } from '../../../engine/durable/files/fileBlobs.ts';
import { KeptBlobs } from '../../../engine/durable/keptBlobs.ts';
import { MemoryBlobs } from '../../../engine/durable/memory/memoryBlobs.ts';
import { MemoryStore } from '../../../engine/durable/memory/memoryStore.ts';
import { StoreError } from '../../../engine/durable/storeError.ts';
import { MIN_BLOB_BYTES } from '../../../strategies/storage/fileContents.ts';
import { StorageAreas } from '../../../strategies/storage/storageAreas.ts';
import { STORAGE_LIMITS } from '../../../strategies/storage/usage.ts';
import { asId } from '../../support/ids.ts';
import { silentLog } from '../../support/silentLog.ts';
import { createSimulatedClock, type SimulatedClock } from '../../support/simulatedClock.ts';

const LARGE = new Uint8Array(MIN_BLOB_BYTES).fill(7);
const SMALL = new Uint8Array([1, 2, 3]);
const HOUR_MS = 3_600_000;

describe('files of storage areas', () => {
  let folder: string;
  let clock: SimulatedClock;
  let blobs: BlobPort;
  let durable: DurableStore;
  let storage: StorageAreas;

  function open(port: BlobPort): void {
    blobs = port;
    durable = new DurableStore({ store: new MemoryStore(), clock, log: silentLog });
    const kept = new KeptBlobs({ durable, clock, log: silentLog, blobs });
    storage = new StorageAreas({ limits: STORAGE_LIMITS, durable, clock, blobs: kept });
    durable.start();
  }

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'orsay-blobs-'));
    // Files have the time of the computer.
    clock = createSimulatedClock(Date.now());
    open(openFileBlobs({ path: folder }));
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  async function put(key: string, bytes: Uint8Array, lifeMs = 10 * HOUR_MS): Promise<void> {
    const files = [{ key, contentType: 'image/png', bytes }];
    const change = { values: {}, files, expiresAt: clock.now() + lifeMs };
    await durable.commit(storage.putBatch(asId('area'), await storage.keep(asId('area'), change)));
  }

  function advance(ms: number): Promise<void> {
    return clock.advance(ms, () => durable.idle());
  }

  it('are blobs when they are large, and in the store when they are small', async () => {
    await put('large', LARGE);
    await put('small', SMALL);
    expect(readdirSync(folder)).to.have.length(1);
    for (const [key, bytes] of [
      ['large', LARGE],
      ['small', SMALL],
    ] as const) {
      const file = (await storage.file(asId('area'), key))!;
      expect(file.contentType).to.equal('image/png');
      expect(Buffer.from(file.bytes).equals(Buffer.from(bytes)), key).to.equal(true);
    }
    expect(await storage.file(asId('area'), 'none')).to.equal(undefined);
  });

  it('are removed when they are replaced, removed or expired, and not before', async () => {
    await put('replaced', LARGE);
    await put('kept', LARGE);
    expect(readdirSync(folder)).to.have.length(2);
    await put('replaced', SMALL);
    await advance(0);
    expect(readdirSync(folder)).to.have.length(1);
    await advance(3 * HOUR_MS);
    expect((await storage.file(asId('area'), 'kept'))!.bytes).to.have.length(LARGE.length);
    await durable.commit(storage.removeBatch(asId('area')));
    await advance(0);
    expect(readdirSync(folder)).to.deep.equal([]);
    await put('short', LARGE, HOUR_MS);
    await advance(HOUR_MS - 1);
    expect(readdirSync(folder)).to.have.length(1);
    await advance(1);
    expect(readdirSync(folder)).to.deep.equal([]);
  });

  it('are removed with their key, and when all keys of their area are removed', async () => {
    await put('one', LARGE);
    await put('two', LARGE);
    await durable.commit(storage.removeKeyBatch(asId('area'), 'one'));
    await advance(0);
    expect(readdirSync(folder)).to.have.length(1);
    await durable.commit(storage.clearBatch(asId('area')));
    await advance(0);
    expect(readdirSync(folder)).to.deep.equal([]);
  });

  it('can be removed at once, after the commit that removed their area', async () => {
    await put('large', LARGE);
    const { files, blobs: names } = storage.contentsOf(asId('area'));
    expect(files).to.equal(1);
    await storage.removeBlobs(names);
    expect(readdirSync(folder), 'while a file uses it').to.have.length(1);
    await durable.commit(storage.removeBatch(asId('area')));
    await storage.removeBlobs(names);
    expect(readdirSync(folder)).to.deep.equal([]);
  });

  it('live as long as their area when its expiry is extended', async () => {
    await put('kept', LARGE, HOUR_MS);
    await put('more', SMALL, 24 * HOUR_MS);
    await advance(12 * HOUR_MS);
    expect((await storage.file(asId('area'), 'kept'))!.bytes).to.have.length(LARGE.length);
  });

  it('are swept when a crash left only their bytes, or a part of them', async () => {
    const files = [{ key: 'never committed', contentType: 'image/png', bytes: LARGE }];
    await storage.keep(undefined, { values: {}, files, expiresAt: clock.now() + HOUR_MS });
    writeFileSync(join(folder, 'half.part'), SMALL);
    await advance(3 * HOUR_MS);
    expect(readdirSync(folder)).to.deep.equal([]);
  });

  it('give STORE_UNAVAILABLE when they cannot be written, and change nothing', async () => {
    const full = new MemoryBlobs(clock);
    full.write = () => Promise.reject(new Error('no space left on device'));
    open(full);
    const error = await put('large', LARGE).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).to.be.instanceOf(StoreError).with.property('code', 'STORE_UNAVAILABLE');
    expect(storage.get(asId('area'))).to.equal(undefined);
  });

  it('are not read by an invalid name', async () => {
    expect(await blobs.read('../../etc/passwd')).to.equal(undefined);
  });
});

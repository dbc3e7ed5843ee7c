// @ts-check
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { open } from 'lmdb';
import { createRoom } from './lmdbRoom.mjs';

/** @typedef {import('./lmdbStore.ts').PackedWrite} PackedWrite */

/**
 * The thread that writes an lmdb store (lmdbStore.ts). It is given one write after the other, and answers each
 * when it is on the disk: null, or why it is not. When one fails, those that were given by then fail too: they may
 * have been computed from it. Plain JavaScript, so that it starts without the loader that runs
 * TypeScript in a checkout.
 */
const port = /** @type {import('node:worker_threads').MessagePort} */ (parentPort);
/** @type {import('./lmdbRoom.mjs').Database} */
const database = open({ ...workerData, encoding: 'binary' });
const room = createRoom(workerData.path, database);
let failures = 0;

port.on('message', (/** @type {PackedWrite | null} */ first) => {
  answer(first);
  // What has come meanwhile needs no turn of the event loop of its own.
  for (let next = receiveMessageOnPort(port); next !== undefined; next = receiveMessageOnPort(port)) {
    answer(next.message);
  }
});

/** @param {PackedWrite | null} write null: nothing comes any more. */
function answer(write) {
  if (write === null) {
    port.close();
    room.close();
    void database.close();
    return;
  }
  try {
    if (write.failures !== failures) throw new Error('An earlier write failed.');
    room.make({ ...write, bytes: write.packed.length });
    // What throws inside takes back all of it.
    database.transactionSync(() => perform(write.packed));
    port.postMessage(null);
  } catch (error) {
    if (write.failures === failures) failures++;
    const fault = error instanceof Error ? error.message : String(error);
    port.postMessage(/** @satisfies {import('./lmdbStore.ts').FailedWrite} */ ({ fault, failures }));
  }
}

/**
 * Operations as lmdbStore.ts packs them.
 * @param {PackedWrite['packed']} packed
 */
function perform(packed) {
  const bytes = Buffer.from(packed.buffer, packed.byteOffset, packed.length);
  for (let at = 0; at < bytes.length; ) {
    const keyAt = at + 8;
    const valueAt = keyAt + bytes.readInt32LE(at);
    const length = bytes.readInt32LE(at + 4);
    const key = bytes.subarray(keyAt, valueAt);
    at = valueAt + Math.max(length, 0);
    if (length < 0) database.removeSync(key);
    else database.putSync(key, bytes.subarray(valueAt, at));
  }
}

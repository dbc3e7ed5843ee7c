/**
 * Replaces values while a reader keeps all freed pages from being used, until LmdbRoom refuses a write;
 * prints whether removals find room then. Started with a limit on the size of files. Argument: path of the
 * file.
 */

import { open } from 'lmdb';
import { LmdbRoom } from '../../../engine/durable/lmdb/lmdbRoom.mjs';

const [path = ''] = process.argv.slice(2);
const database = open<Buffer, Buffer>({
  path,
  noSubdir: true,
  keyEncoding: 'binary',
  encoding: 'binary',
  noSync: true,
});
const room = new LmdbRoom(path, database);
const keyOf = (number: number): Buffer => Buffer.from(String(number % 200).padStart(4, '0'));

for (let number = 0; number < 200; number++) replace(number);
const reader = database.useReadTransaction();
let replaced = 0;
while (replaces(replaced)) replaced++;
let removed = 0;
while (removed < 3 && removes(removed)) removed++;
reader.done();
room.close();
await database.close();
console.log(`result ${JSON.stringify({ wasFull: replaced > 0, removed })}`);

function replace(number: number): void {
  room.make({ records: 1, bytes: 1_000, onlyRemoves: false });
  database.transactionSync(() => database.putSync(keyOf(number), Buffer.alloc(1_000, number % 256)));
}

function replaces(number: number): boolean {
  try {
    replace(number);
    return true;
  } catch {
    return false;
  }
}

function removes(number: number): boolean {
  try {
    room.make({ records: 1, bytes: 4, onlyRemoves: true });
    database.transactionSync(() => database.removeSync(keyOf(number)));
    return true;
  } catch {
    return false;
  }
}

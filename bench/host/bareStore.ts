import { join } from 'node:path';
import { open } from 'lmdb';
import type { StoreOperation } from '../../engine/durable/index.ts';

/**
 * lmdb alone, used as its documentation recommends: it groups atomic batches and syncs them before they
 * resolve.
 */
export function openBareStore(folder: string): {
  get(table: string, key: string): string | undefined;
  write(operations: readonly StoreOperation[]): Promise<unknown>;
  close(): Promise<void>;
} {
  const database = open<string, Buffer>({
    path: join(folder, 'bare.mdb'),
    noSubdir: true,
    keyEncoding: 'binary',
    encoding: 'string',
    overlappingSync: false,
  });
  const keyOf = (table: string, key: string): Buffer => Buffer.from(`${table}\0${key}`);
  return {
    get: (table, key) => database.get(keyOf(table, key)),
    write: (operations) =>
      database.batch(() => {
        for (const { table, key, text } of operations) {
          const bytes = keyOf(table, key);
          if (text === null) void database.remove(bytes);
          else void database.put(bytes, text);
        }
      }),
    close: () => database.close(),
  };
}

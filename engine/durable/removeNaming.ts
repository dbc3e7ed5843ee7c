import type { Batch, Durable } from './durable.ts';
import { KEYS } from './once.ts';
import { GIVEN_UP_TASK } from './taskTable.ts';
import { visitRecords } from './visitRecords.ts';

/** The shortest id that is found inside a record: a shorter text may occur there by chance. */
const MIN_ID_CHARS = 16;
const WORDS = new RegExp(`[\\w~-]{${MIN_ID_CHARS},}`, 'g');

/** True when one of the ids is a word of the text. */
export function names(text: string, ids: ReadonlySet<string>): boolean {
  return (text.match(WORDS) ?? []).some((word) => ids.has(word));
}

/**
 * The removal of the records that name one of these ids, in these tables. Default: those that no part owns,
 * which are answers to requests with an idempotency key, and tasks that were given up.
 */
export async function removeNamingBatch(
  durable: Durable,
  ids: ReadonlySet<string>,
  tables: readonly string[] = [KEYS, GIVEN_UP_TASK],
): Promise<Batch> {
  const remove: { readonly table: string; readonly key: string }[] = [];
  for (const table of tables) {
    await visitRecords<unknown>(durable, table, ({ key, value }) => {
      if (names(`${key} ${JSON.stringify(value)}`, ids)) remove.push({ table, key });
    });
  }
  return { remove };
}

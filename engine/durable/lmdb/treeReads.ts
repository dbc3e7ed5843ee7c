import type { RangeOptions, RootDatabase } from 'lmdb';
import { StoreDamagedError, type StoreEntry, type StoreOperation } from '../index.ts';
import { recordName, searchedName } from './recordNames.ts';
import { unsealValue } from './sealedValues.mjs';

/** An open tree of records (`orsay.mdb`, or the copy of a log). */
export type Tree = RootDatabase<Buffer, Buffer>;

/** The text of a record of the tree. Throws StoreDamagedError. */
export function getFromTree(tree: Tree, table: string, key: string): string | undefined {
  const name = searchedName(recordName(table, key));
  const value = tree.get(name);
  return value === undefined ? undefined : textOf(name, value, { table, key });
}

/** Records of one table in the tree, in the range of nameRange(). The iteration throws StoreDamagedError. */
export function* scanTree(tree: Tree, table: string, range: RangeOptions): Generator<StoreEntry, void> {
  const keyStart = Buffer.byteLength(recordName(table, ''));
  for (const entry of tree.getRange(range)) {
    const key = entry.key.toString('utf8', keyStart);
    yield { key, text: textOf(entry.key, entry.value, { table, key }) };
  }
}

/** The text of a record in the tree. Throws StoreDamagedError when it is not what was written. */
function textOf(
  name: Buffer,
  value: Buffer,
  { table, key }: { readonly table: string; readonly key: string },
): string {
  const text = unsealValue(name, value);
  if (text !== undefined) return text.toString();
  throw new StoreDamagedError(
    `The record '${key}' of the table '${table}' is not what was written: its checksum does not match.`,
  );
}

/** Replaces lone surrogates as UTF-8 does, so that the layers hold the same text as the disk. */
export function wellFormed(operation: StoreOperation): StoreOperation {
  const { table, key, text } = operation;
  if (key.isWellFormed() && (text === null || text.isWellFormed())) return operation;
  return { table, key: key.toWellFormed(), text: text?.toWellFormed() ?? null };
}

import { sumOf } from './sealedValues.mjs';
import { changedDigest } from './treeMark.mjs';

/** The number of records, and the digest of their checksums (treeMark.mjs). */
export interface RecordSum {
  readonly records: number;
  readonly digest: number;
}

/** The sum with one more record. */
export function sumWith(
  { records, digest }: RecordSum,
  { name, content }: { readonly name: Buffer; readonly content: Buffer },
): RecordSum {
  return { records: records + 1, digest: changedDigest(digest, 0, sumOf(name, content)) };
}

/** The checksums of records that change, without the records. */
export class RecordSums {
  readonly #sums = new Map<string, number>();
  #digest = 0;

  /** `content: null` removes the record. */
  put(name: Buffer, content: Buffer | null): void {
    const key = name.toString('latin1');
    const after = content === null ? 0 : sumOf(name, content);
    this.#digest = changedDigest(this.#digest, this.#sums.get(key) ?? 0, after);
    if (content === null) this.#sums.delete(key);
    else this.#sums.set(key, after);
  }

  get sum(): RecordSum {
    return { records: this.#sums.size, digest: this.#digest };
  }
}

import { open } from 'lmdb';
import { PRIVATE_FILE } from '../index.ts';
import { LmdbRoom } from './lmdbRoom.mjs';
import type { CheckpointMark } from './readSegments.ts';
import type { RecordSum } from './recordSums.ts';
import { sealOf, sealValue } from './sealedValues.mjs';
import { changedDigest, encodeMark, MARK_NAME } from './treeMark.mjs';

/** Changes in one transaction. */
const MAX_CHANGES_AT_ONCE = 512;
const MAX_BYTES_AT_ONCE = 1_048_576;

/** A tree that is written as a whole. There must be no file of that name. */
export class TreeBuilder {
  readonly #tree;
  readonly #room: LmdbRoom;
  #pending: { readonly name: Buffer; readonly text: Buffer | null }[] = [];
  #pendingBytes = 0;
  #digest = 0;
  #records = 0;

  /** `noSync`: the tree need not survive a stop of the machine. */
  constructor(path: string, { noSync = false }: { readonly noSync?: boolean } = {}) {
    this.#tree = open<Buffer, Buffer>({
      path,
      noSubdir: true,
      keyEncoding: 'binary',
      encoding: 'binary',
      noSync,
      overlappingSync: false,
      permissionsMode: PRIVATE_FILE,
    } as Parameters<typeof open>[0]);
    this.#room = new LmdbRoom(path, this.#tree as never);
  }

  /** `name`: key of the record in lmdb. `text: null` removes the record. */
  put(name: Buffer, text: Buffer | null): void {
    this.#pending.push({ name: Buffer.from(name), text: text === null ? null : Buffer.from(text) });
    this.#pendingBytes += name.length + (text?.length ?? 0);
    if (this.#pending.length >= MAX_CHANGES_AT_ONCE || this.#pendingBytes >= MAX_BYTES_AT_ONCE) this.#flush();
  }

  /** The records that were put. */
  sum(): RecordSum {
    this.#flush();
    return { records: this.#records, digest: this.#digest };
  }

  /** Ends the tree: it can be opened. */
  async finish(mark: CheckpointMark): Promise<void> {
    const { digest } = this.sum();
    this.#tree.transactionSync(() => this.#tree.putSync(MARK_NAME, encodeMark({ ...mark, digest })));
    await this.abandon();
  }

  async abandon(): Promise<void> {
    this.#room.close();
    await this.#tree.close();
  }

  #flush(): void {
    const changes = this.#pending;
    if (changes.length === 0) return;
    this.#room.make({ records: changes.length + 1, bytes: this.#pendingBytes, onlyRemoves: false });
    this.#pending = [];
    this.#pendingBytes = 0;
    let [digest, records] = [this.#digest, this.#records];
    this.#tree.transactionSync(() => {
      for (const { name, text } of changes) {
        const replaced = this.#tree.get(name);
        const sealed = text === null ? undefined : sealValue(name, text);
        digest = changedDigest(digest, sealOf(replaced), sealOf(sealed));
        records += (sealed === undefined ? 0 : 1) - (replaced === undefined ? 0 : 1);
        if (sealed === undefined) this.#tree.removeSync(name);
        else this.#tree.putSync(name, sealed);
      }
    });
    this.#digest = digest;
    this.#records = records;
  }
}

import { open } from 'lmdb';
import { makePrivateFolder, PRIVATE_FILE, type StoreOperation, syncFolder } from '../index.ts';
import { randomId } from './journalFrames.mjs';
import { HeadFileOnDisk } from './journalHead.ts';
import { LmdbRoom } from './lmdbRoom.mjs';
import { recordName } from './recordNames.ts';
import { sealOf, sealValue } from './sealedValues.mjs';
import { storeFiles } from './storeFiles.ts';
import { changedDigest, encodeMark, MARK_NAME } from './treeMark.mjs';

/** Changes in one transaction. */
const MAX_CHANGES_AT_ONCE = 512;
const MAX_BYTES_AT_ONCE = 1_048_576;

/** A store that is written as a whole, for a restore or a repair. Its folder must not have one. */
export class StoreBuilder {
  readonly #path: string;
  readonly #tree;
  readonly #room: LmdbRoom;
  #pending: { readonly name: Buffer; readonly text: Buffer | null }[] = [];
  #pendingBytes = 0;
  #digest = 0;

  constructor(path: string) {
    makePrivateFolder(path);
    this.#path = path;
    const { tree } = storeFiles(path);
    this.#tree = open<Buffer, Buffer>({
      path: tree,
      noSubdir: true,
      keyEncoding: 'binary',
      encoding: 'binary',
      overlappingSync: false,
      permissionsMode: PRIVATE_FILE,
    } as Parameters<typeof open>[0]);
    this.#room = new LmdbRoom(tree, this.#tree as never);
  }

  /** `text: null` removes the record. */
  put(name: Buffer, text: Buffer | null): void {
    this.#pending.push({ name: Buffer.from(name), text: text === null ? null : Buffer.from(text) });
    this.#pendingBytes += name.length + (text?.length ?? 0);
    if (this.#pending.length >= MAX_CHANGES_AT_ONCE || this.#pendingBytes >= MAX_BYTES_AT_ONCE) this.#flush();
  }

  apply(operations: Iterable<StoreOperation>): void {
    for (const { table, key, text } of operations) {
      this.put(Buffer.from(recordName(table, key)), text === null ? null : Buffer.from(text));
    }
  }

  /** Ends the store: it can be opened. */
  async finish(): Promise<void> {
    this.#flush();
    const store = randomId();
    const mark = encodeMark({ store, serial: 0, checksum: 0, digest: this.#digest });
    this.#tree.transactionSync(() => this.#tree.putSync(MARK_NAME, mark));
    this.#room.close();
    await this.#tree.close();
    const head = new HeadFileOnDisk(storeFiles(this.#path).head);
    head.write({ state: 'closed', store, history: randomId(), from: 1, acked: 0 });
    head.close();
    syncFolder(this.#path);
  }

  async abandon(): Promise<void> {
    this.#room.close();
    await this.#tree.close();
  }

  #flush(): void {
    const changes = this.#pending;
    this.#room.make({ records: changes.length + 1, bytes: this.#pendingBytes, onlyRemoves: false });
    this.#pending = [];
    this.#pendingBytes = 0;
    let digest = this.#digest;
    this.#tree.transactionSync(() => {
      for (const { name, text } of changes) {
        const before = sealOf(this.#tree.get(name));
        const sealed = text === null ? undefined : sealValue(name, text);
        digest = changedDigest(digest, before, sealOf(sealed));
        if (sealed === undefined) this.#tree.removeSync(name);
        else this.#tree.putSync(name, sealed);
      }
    });
    this.#digest = digest;
  }
}

import { makePrivateFolder, type StoreOperation, syncFolder } from '../index.ts';
import { randomId } from './journalFrames.mjs';
import { HeadFileOnDisk } from './journalHead.ts';
import { recordName } from './recordNames.ts';
import type { RecordSum } from './recordSums.ts';
import { storeFiles } from './storeFiles.ts';
import { TreeBuilder } from './treeBuilder.ts';

/** A store that is written as a whole, for a restore or a repair. Its folder must not have one. */
export class StoreBuilder {
  readonly #path: string;
  readonly #tree: TreeBuilder;

  constructor(path: string) {
    makePrivateFolder(path);
    this.#path = path;
    this.#tree = new TreeBuilder(storeFiles(path).tree);
  }

  /** `text: null` removes the record. */
  put(name: Buffer, text: Buffer | null): void {
    this.#tree.put(name, text);
  }

  apply(operations: Iterable<StoreOperation>): void {
    for (const { table, key, text } of operations) {
      this.put(Buffer.from(recordName(table, key)), text === null ? null : Buffer.from(text));
    }
  }

  /** Ends the store: it can be opened. Resolves with the sum of its records. */
  async finish(): Promise<RecordSum> {
    const store = randomId();
    const sum = this.#tree.sum();
    await this.#tree.finish({ store, serial: 0, checksum: 0 });
    const head = new HeadFileOnDisk(storeFiles(this.#path).head);
    head.write({ state: 'closed', store, history: randomId(), from: 1, acked: 0 });
    head.close();
    syncFolder(this.#path);
    return sum;
  }

  abandon(): Promise<void> {
    return this.#tree.abandon();
  }
}

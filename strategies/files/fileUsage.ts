import type { Batch, Durable } from '../../engine/durable/index.ts';
import { FileError } from './errors.ts';
import type { FileLimits } from './fileLimits.ts';

/** A number of files, and their bytes. */
export interface FileAmount {
  readonly files: number;
  readonly bytes: number;
}

const NOTHING: FileAmount = { files: 0, bytes: 0 };
const TABLE = 'chat.fileUsage';
const ALL = 'in all';

/** How much files of chats use, in all and by account. Every file is removed by a commit that changes it. */
export class FileUsage {
  readonly #durable: Durable;
  readonly #limits: FileLimits;

  constructor(deps: { readonly durable: Durable; readonly limits: FileLimits }) {
    this.#durable = deps.durable;
    this.#limits = deps.limits;
  }

  /** Throws FileError QUOTA_EXCEEDED when so much more is more than a limit allows. */
  requireRoom(account: string | undefined, more: FileAmount): void {
    const { files, filesOfUser, bytes: bytesInAll, bytesOfUser } = this.#limits;
    if (account !== undefined) {
      const present = this.#of(keyOf(account));
      requireBelow('filesOfUser', filesOfUser, present.files + more.files, account);
      requireBelow('bytesOfUser', bytesOfUser, present.bytes + more.bytes, account);
    }
    const present = this.#of(ALL);
    requireBelow('files', files, present.files + more.files, ALL);
    requireBelow('bytes', bytesInAll, present.bytes + more.bytes, ALL);
  }

  /** Commit it before the next change: amounts are added to what is stored. */
  changeBatch(
    changes: readonly { readonly account?: string | undefined; readonly amount: FileAmount }[],
  ): Batch {
    const sums = new Map<string, FileAmount>();
    for (const { account, amount } of changes) {
      for (const key of account === undefined ? [ALL] : [ALL, keyOf(account)]) {
        sums.set(key, sum(sums.get(key) ?? this.#of(key), amount));
      }
    }
    const entries = [...sums];
    return {
      put: entries.filter(([, { files }]) => files > 0).map(([key, value]) => ({ table: TABLE, key, value })),
      remove: entries.filter(([, { files }]) => files <= 0).map(([key]) => ({ table: TABLE, key })),
    };
  }

  #of(key: string): FileAmount {
    return this.#durable.get<FileAmount>(TABLE, key) ?? NOTHING;
  }
}

function requireBelow(name: keyof FileLimits, max: number, wanted: number, whose: string): void {
  if (wanted <= max) return;
  throw new FileError(
    'QUOTA_EXCEEDED',
    `The files of chats ${whose === ALL ? ALL : `of ${whose}`} would be ${wanted}; limits.files.${name} is ${max}.`,
  );
}

function keyOf(account: string): string {
  return `of ${account}`;
}

function sum(one: FileAmount, other: FileAmount): FileAmount {
  return { files: one.files + other.files, bytes: one.bytes + other.bytes };
}

import { type Batch, type Counted, type Durable, ExpiringCounts } from '../../engine/durable/index.ts';
import { type Clock, defined } from '../../engine/ports/index.ts';
import { StorageError } from './errors.ts';

/** How much storage areas may use. The names are those of the configuration. */
export interface StorageLimits {
  /** Areas in all, with those of services. */
  readonly areas: number;
  /** Areas of one account: a user, or an address without a user. */
  readonly areasOfUser: number;
  /** Bytes of keys, values and files, in all. */
  readonly bytes: number;
  readonly bytesOfUser: number;
}

export const STORAGE_LIMITS: StorageLimits = {
  areas: 1_000_000,
  areasOfUser: 1_000,
  bytes: 8 * 1024 ** 3,
  bytesOfUser: 128 * 1024 ** 2,
};

/** The amount for which one area counts. It is stored in the area. */
export interface AreaUsage {
  readonly account?: string;
  readonly bytes: number;
  /** As ExpiringCounts.until. */
  readonly until: number;
}

const TABLE = 'storage.usage';
const ALL = 'in all';

/** The use of storage, in all and by account, and its limits. */
export class StorageUsage {
  readonly #counts: ExpiringCounts;
  readonly #limits: StorageLimits;

  constructor(deps: { readonly durable: Durable; readonly clock: Clock; readonly limits: StorageLimits }) {
    this.#counts = new ExpiringCounts({ ...deps, table: TABLE });
    this.#limits = deps.limits;
  }

  /** The usage of an area; `account` undefined: it counts in all only. */
  of(area: {
    readonly account: string | undefined;
    readonly bytes: number;
    readonly expiresAt: number;
  }): AreaUsage {
    const { account, bytes, expiresAt } = area;
    return { ...defined({ account }), bytes, until: this.#counts.until(expiresAt) };
  }

  /**
   * Throws StorageError QUOTA_EXCEEDED when the change of an area adds more than a limit allows. A change
   * that adds nothing is always accepted. `before`: undefined for a new area.
   */
  requireRoom(before: AreaUsage | undefined, after: AreaUsage): void {
    const count = before === undefined ? 1 : 0;
    const bytes = after.bytes - (before?.bytes ?? 0);
    const { areas, areasOfUser, bytes: bytesInAll, bytesOfUser } = this.#limits;
    if (after.account !== undefined) {
      const key = keyOf(after.account);
      this.#requireBelow({ key, count, bytes }, { areasOfUser }, { bytesOfUser });
    }
    this.#requireBelow({ key: ALL, count, bytes }, { areas }, { bytes: bytesInAll });
  }

  /** Commit it before the next change of any area. */
  changeBatch(before: AreaUsage | undefined, after: AreaUsage | undefined): Batch {
    return this.#counts.batch({ remove: countedOf(before), add: countedOf(after) });
  }

  /** `areas` and `size` each have one entry, the limit by its name. */
  #requireBelow(
    added: { readonly key: string; readonly count: number; readonly bytes: number },
    areas: Partial<StorageLimits>,
    size: Partial<StorageLimits>,
  ): void {
    if (added.count <= 0 && added.bytes <= 0) return;
    const present = this.#counts.of(added.key);
    const [areasName, maxAreas] = Object.entries(areas)[0]!;
    const [bytesName, maxBytes] = Object.entries(size)[0]!;
    if (added.count > 0 && present.count >= maxAreas) {
      throw new StorageError(
        'QUOTA_EXCEEDED',
        `There are ${present.count} storage areas ${added.key}; limits.storage.${areasName} is ${maxAreas}.`,
      );
    }
    const bytes = present.bytes + added.bytes;
    if (added.bytes > 0 && bytes > maxBytes) {
      throw new StorageError(
        'QUOTA_EXCEEDED',
        `The storage areas ${added.key} would have ${bytes} bytes; limits.storage.${bytesName} is ${maxBytes}.`,
      );
    }
  }
}

function keyOf(account: string): string {
  return `of ${account}`;
}

function countedOf(usage: AreaUsage | undefined): Counted[] {
  if (usage === undefined) return [];
  const { account, bytes, until } = usage;
  const keys = account === undefined ? [ALL] : [ALL, keyOf(account)];
  return keys.map((key) => ({ key, until, count: 1, bytes }));
}

import type { ExecutionSnapshot } from '../execution.ts';

/** Turns a snapshot of the version under which it stands here into one of the next version. */
export type SnapshotMigration = (snapshot: ExecutionSnapshot) => ExecutionSnapshot;

/**
 * By the version that it reads. When the shape of snapshots changes, SNAPSHOT_VERSION goes up, the way from the
 * version before goes in here, and fixtures/snapshots gets a folder for the new version; the old ones stay.
 */
export const SNAPSHOT_MIGRATIONS: ReadonlyMap<number, SnapshotMigration> = new Map([
  // Version 2 leaves out what is empty.
  [1, (snapshot) => snapshot],
]);

/** A snapshot of an earlier version in the shape of `version`. Throws when there is no way to it. */
export function migrateSnapshot(
  snapshot: ExecutionSnapshot,
  version: number,
  migrations: ReadonlyMap<number, SnapshotMigration> = SNAPSHOT_MIGRATIONS,
): ExecutionSnapshot {
  let migrated = snapshot;
  while (migrated.version !== version) {
    const from = migrated.version;
    const migrate = typeof from === 'number' && from < version ? migrations.get(from) : undefined;
    if (migrate === undefined) {
      throw new Error(`Expected a snapshot of version ${version}, got version ${String(snapshot.version)}.`);
    }
    // Whatever a migration makes, its version is the next one: so this loop ends.
    migrated = { ...migrate(migrated), version: Number(from) + 1 };
  }
  return migrated;
}

import type { ExecutionSnapshot } from '../execution.ts';

/** Changes a snapshot of one version into one of the next version. */
export type SnapshotMigration = (snapshot: ExecutionSnapshot) => ExecutionSnapshot;

/**
 * Migrations by the version that they read. To change the shape of snapshots: raise SNAPSHOT_VERSION, add the
 * migration of the previous version here, and add a folder for the new version to fixtures/snapshots. Old
 * folders stay.
 */
export const SNAPSHOT_MIGRATIONS: ReadonlyMap<number, SnapshotMigration> = new Map([
  // Version 2 omits empty members.
  [1, (snapshot) => snapshot],
  [2, renameInvokedIds],
  [3, keyInvokesBySession],
  // In version 5, data have functions with scope objects, bound functions, getters and setters.
  [4, (snapshot) => snapshot],
  // Version 6 does not list the functions of the prelude in the data.
  [5, (snapshot) => snapshot],
]);

/** The snapshot in the shape of `version`. Throws when no migrations lead there. */
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
    // The version is set here, so that the loop ends whatever a migration returns.
    migrated = { ...migrate(migrated), version: Number(from) + 1 };
  }
  return migrated;
}

/** Version 3: the id of an invoked session has the name `invokedId`. It was `childId`. */
function renameInvokedIds(snapshot: ExecutionSnapshot): ExecutionSnapshot {
  const { invokes } = snapshot as { invokes?: { readonly [id: string]: { readonly childId: string } } };
  if (invokes === undefined) return snapshot;
  const renamed = Object.entries(invokes).map(([id, { childId: invokedId, ...others }]) => [
    id,
    { invokedId, ...others },
  ]);
  return { ...snapshot, invokes: Object.fromEntries(renamed) };
}

/** Version 4: running invokes have the id of the invoked session as key. It was the id of the invoke. */
function keyInvokesBySession(snapshot: ExecutionSnapshot): ExecutionSnapshot {
  const { invokes } = snapshot as { invokes?: { readonly [id: string]: { readonly invokedId: string } } };
  if (invokes === undefined) return snapshot;
  const keyed = Object.entries(invokes).map(([invokeId, { invokedId, ...others }]) => [
    invokedId,
    { invokeId, ...others },
  ]);
  return { ...snapshot, invokes: Object.fromEntries(keyed) };
}

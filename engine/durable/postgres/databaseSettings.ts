import type { Log } from '../../ports/index.ts';
import { CellError } from './cellError.ts';

/** Version 14, the oldest that the PostgreSQL project maintains. */
const LEAST_VERSION = 140_000;
/** The commit waits for the disk, and for the replicas if there are synchronous ones. */
const SAFE_COMMITS: readonly string[] = ['on', 'remote_apply'];

interface Settings {
  readonly version: number;
  readonly fsync: string;
  readonly pages: string;
  readonly commit: string;
  readonly replicas: string;
  readonly is_replica: boolean;
  readonly writable: boolean;
}

const READ_SETTINGS = `SELECT current_setting('server_version_num')::integer AS version,
  current_setting('fsync') AS fsync, current_setting('full_page_writes') AS pages,
  current_setting('synchronous_commit') AS commit, current_setting('synchronous_standby_names') AS replicas,
  pg_is_in_recovery() AS is_replica, current_setting('transaction_read_only') = 'off' AS writable`;

/**
 * Throws CellError when an acknowledged write could be lost on this server, or when it takes no writes.
 * Returns the line of the log about its settings; writes it when it is not the one that was `said` before.
 */
export async function checkSettings(
  query: (text: string) => Promise<readonly unknown[]>,
  {
    acceptsUnsafeSettings,
    log,
    said,
  }: { readonly acceptsUnsafeSettings: boolean; readonly log: Log; readonly said: string | undefined },
): Promise<string> {
  const [settings] = (await query(READ_SETTINGS)) as readonly Settings[];
  const { version, replicas, is_replica, writable } = settings!;
  if (version < LEAST_VERSION) {
    throw new CellError(
      'CELL_DATABASE_REFUSED',
      `Expected PostgreSQL ${LEAST_VERSION / 10_000} or later, got ${Math.floor(version / 10_000)}.`,
    );
  }
  if (is_replica || !writable) {
    throw new CellError(
      'CELL_DATABASE_REFUSED',
      'Expected the primary server of PostgreSQL, got one that only reads. Give the address of the primary.',
    );
  }
  const unsafe = unsafeOf(settings!);
  const risk = `acknowledged changes can be lost (${unsafe.join(', ')})`;
  if (unsafe.length > 0 && !acceptsUnsafeSettings) {
    throw new CellError(
      'CELL_SETTINGS_UNSAFE',
      `With the settings of this PostgreSQL, ${risk}. Expected fsync=on, full_page_writes=on and ` +
        'synchronous_commit=on. Change them, or accept unsafe settings for this cell.',
    );
  }
  const isSafe = unsafe.length === 0 && replicas !== '';
  const line = isSafe
    ? `PostgreSQL acknowledges a change when a synchronous replica has it (${replicas}).`
    : unsafe.length > 0
      ? `With the settings of this PostgreSQL, ${risk}.`
      : 'PostgreSQL has no synchronous replica: its disk is the only copy.';
  if (line !== said) log[isSafe ? 'info' : 'warn']({}, line);
  return line;
}

function unsafeOf({ fsync, pages, commit }: Settings): readonly string[] {
  const found: string[] = [];
  if (fsync !== 'on') found.push(`fsync=${fsync}`);
  if (pages !== 'on') found.push(`full_page_writes=${pages}`);
  if (!SAFE_COMMITS.includes(commit)) found.push(`synchronous_commit=${commit}`);
  return found;
}

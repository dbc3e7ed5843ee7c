import { resolve } from 'node:path';
import { openFileBlobs } from '../../engine/durable/files/index.ts';
import { DURABLE_MIGRATIONS, migrateStore, type StoreMigration } from '../../engine/durable/index.ts';
import { openLmdbStore } from '../../engine/durable/lmdb/index.ts';
import { HOST_MIGRATIONS } from '../../engine/host/index.ts';
import { defined, type Log, systemClock, systemIds } from '../../engine/ports/index.ts';
import { indexCalls } from '../../strategies/routing/index.ts';
import { AUDIENCES } from '../access/index.ts';
import { createLogger, openStandardOutput } from '../adapters/index.ts';
import { hashPassword } from '../identity/index.ts';
import { compose } from './compose.ts';
import { type Config, readConfigFile } from './config.ts';
import { backupOf } from './dataDirectory.ts';
import { type Environment, readEnvironment, requireSecurity } from './environment.ts';
import type { Listener } from './httpServer.ts';
import { recordConfiguration } from './recordConfiguration.ts';
import type { RelateIds } from './relatedIds.ts';

const PARENT_CHECK_MS = 500;

/** The migrations of all tables, in ascending order of their versions. */
export const STORE_MIGRATIONS: readonly StoreMigration[] = [
  ...DURABLE_MIGRATIONS,
  ...HOST_MIGRATIONS,
  { version: 4, operations: indexCalls },
].sort((a, b) => a.version - b.version);

/** The version of the stores that this program writes. */
export const STORE_VERSION = STORE_MIGRATIONS.at(-1)!.version;

/**
 * Starts the server from the environment and runs it until SIGTERM or SIGINT. Ends the process with 1 when it
 * cannot.
 */
export function runServer(): void {
  serve().catch(fail);
}

async function serve(): Promise<void> {
  const environment = readEnvironment(process.env);
  const dataDir = resolve(environment.dataDir);
  const file = await readConfigFile(dataDir);
  const { admin } = environment;
  const administrator =
    admin === undefined
      ? file.administrator
      : { user: admin.user, passwordHash: hashPassword(admin.password) };
  const security =
    environment.customers === undefined
      ? file.security
      : { gateways: [], ...file.security, customers: { mode: environment.customers } };
  const listeners = listenersOf(file, environment, dataDir);
  for (const { address, audiences } of listeners) {
    const onlyCustomers = audiences.every((audience) => audience === 'customer');
    requireSecurity(address, {
      hasUsers:
        onlyCustomers ||
        [administrator, file.users, security?.identityProvider].some((one) => one !== undefined),
      hasCustomers: !audiences.includes('customer') || security?.customers !== undefined,
    });
  }

  let relateIds: RelateIds = () => ({});
  const output = openStandardOutput({
    clock: systemClock,
    // Level error, because a line of any level may be among them.
    onDropped: (lines) => log.error({ lines }, 'Log lines were dropped: the log reader was too slow.'),
  });
  const log: Log = createLogger(environment.logLevel, { output, more: (fields) => relateIds(fields) });
  const store = openLmdbStore({
    path: resolve(dataDir, 'store'),
    failed: (error) =>
      log.error({ err: error }, 'The journal could not be written into the store; it is kept.'),
  });
  await migrateStore(store, { log, migrations: STORE_MIGRATIONS });
  const blobs = openFileBlobs({ path: resolve(dataDir, 'blobs') });
  const orsay = compose({
    config: {
      ...file,
      ...defined({ administrator, security }),
      server: { ...file.server, ...defined({ baseUrl: environment.baseUrl }) },
    },
    store,
    blobs,
    backup: () => backupOf({ dataDir, store, blobs }),
    clock: systemClock,
    ids: systemIds,
    log,
    dataDir,
    listeners,
  });
  relateIds = orsay.relateIds;
  await recordConfiguration(file, orsay);
  const urls = await orsay.listenOn(listeners);
  let stopping = false;
  const stop = (signal: string): void => {
    if (stopping) return;
    stopping = true;
    log.info({ signal }, 'Stopping.');
    orsay.close().then(
      () => process.exit(0),
      (error: unknown) => fail(error),
    );
  };
  process.on('SIGTERM', () => stop('SIGTERM'));
  process.on('SIGINT', () => stop('SIGINT'));
  if (process.env.npm_lifecycle_event !== undefined) {
    onParentEnd(() => stop('end of npm'));
  }
  // The last statement, because a program that reads the line may send a signal at once.
  output.write(
    `Orsay is ready at ${orsay.baseUrl()} (listening on ${urls.join(', ')}, data in ${dataDir})\n`,
  );
}

/** The listeners of the configuration; without them one on the address of the environment. */
function listenersOf(config: Config, { host, port }: Environment, dataDir: string): readonly Listener[] {
  const configured = config.server.listeners;
  if (configured === undefined) return [{ address: host, port, audiences: AUDIENCES }];
  return configured.map(({ tls, ...listener }) => ({
    ...listener,
    ...defined({
      tls: tls && { certificate: resolve(dataDir, tls.certificate), key: resolve(dataDir, tls.key) },
    }),
  }));
}

/** SIGTERM to npm ends npm and its shell, but does not reach the process that the shell runs. */
function onParentEnd(stop: () => void): void {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) stop();
  }, PARENT_CHECK_MS).unref();
}

/** Prints why the server cannot start or stop, and exits with 1. */
function fail(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}

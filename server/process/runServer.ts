import { setFlagsFromString } from 'node:v8';
import { DURABLE_MIGRATIONS, migrateStore, type StoreMigration } from '../../engine/durable/index.ts';
import { HOST_MIGRATIONS } from '../../engine/host/index.ts';
import { defined, idsOfCell, type Log, systemClock, systemIds } from '../../engine/ports/index.ts';
import { countCallbacks } from '../../strategies/instances/index.ts';
import { indexCalls, removeQueueRecords } from '../../strategies/routing/index.ts';
import { createLogger, openStandardOutput } from '../adapters/index.ts';
import { loadedTracing } from '../tracing/index.ts';
import { ClusterNode } from './clusterNode.ts';
import { type ComposeDeps, compose } from './compose.ts';
import { DOCUMENTS } from './composeSessions.ts';
import { readConfiguredFiles } from './configuredFiles.ts';
import { type Contents, openCellContents, openFolderContents, peekConfig } from './contents.ts';
import { backupOf } from './dataDirectory.ts';
import { type CellSettings, readEnvironment } from './environment.ts';
import { Front } from './front.ts';
import { type OpenedStore, openStore } from './openStore.ts';
import { recordConfiguration } from './recordConfiguration.ts';
import type { RelateIds } from './relatedIds.ts';
import { requireSecurityOf, type Settings, settingsOf } from './settings.ts';
import { WarmPrograms } from './warmPrograms.ts';

const PARENT_CHECK_MS = 500;
/** Percent by which the heap grows before old memory is collected. V8 by itself lets it double and more. */
const HEAP_GROWTH_PERCENT = 50;

/** The migrations of all tables, in ascending order of their versions. */
export const STORE_MIGRATIONS: readonly StoreMigration[] = [
  ...DURABLE_MIGRATIONS,
  ...HOST_MIGRATIONS,
  { version: 4, operations: indexCalls },
  { version: 9, operations: countCallbacks },
  { version: 10, operations: removeQueueRecords },
].sort((a, b) => a.version - b.version);

/** The version of the stores that this program writes. */
export const STORE_VERSION = STORE_MIGRATIONS.at(-1)!.version;

/**
 * Starts the server from the environment and runs it until SIGTERM or SIGINT. Ends the process with 1 when it
 * cannot.
 */
export function runServer(): void {
  setFlagsFromString(`--heap-growing-percent=${HEAP_GROWTH_PERCENT}`);
  serve().catch(fail);
}

async function serve(): Promise<void> {
  const environment = readEnvironment(process.env);
  const { dataDir, cell } = environment;
  let relateIds: RelateIds = () => ({});
  const output = openStandardOutput({
    clock: systemClock,
    // Level error, because a line of any level may be among them.
    onDropped: (lines) => log.error({ lines }, 'Log lines were dropped: the log reader was too slow.'),
  });
  const log: Log = createLogger(environment.logLevel, { output, more: (fields) => relateIds(fields) });
  const first = settingsOf(await peekConfig({ dataDir, cell, log }), environment);
  requireSecurityOf(first);
  // A node that could not answer is found now, not when the other one has died.
  readConfiguredFiles(first).requireUsable();
  const front = new Front({ ...first, clock: systemClock, log });
  const node = cell && (await ClusterNode.start({ cell, settings: first, front, log }));
  const programs: WarmPrograms | undefined = node && prepared(first, log);
  const stopFollower =
    node && endOnSignals({ log, drainSeconds: 0, drain: noDrain, close: () => node.close() });
  if (node !== undefined) {
    const at = `listening on ${front.urls.join(', ')}, data in ${dataDir}`;
    output.write(`Orsay follows the cell '${node.cell}' until it has it (${at})\n`);
  }
  const opened = await openStore({ dataDir, node, log });
  // As after a crash: the other node goes on, and this process must not answer.
  if (opened.kind === 'cell') void opened.lost.then(fail);
  programs?.end();
  const { store } = opened;
  await migrateStore(store, { log, migrations: STORE_MIGRATIONS });
  const { config, ...contents } = await contentsOf(opened, { dataDir, cell, log });
  // It may have changed since this node began to follow, but the node listens already.
  const settings = { ...settingsOf(config, environment), ...(node && { listeners: first.listeners }) };
  requireSecurityOf(settings);
  const orsay = compose({
    ...settings,
    ...contents,
    store,
    front,
    ...defined({ cluster: opened.kind === 'cell' ? opened.cluster : undefined }),
    ...(programs && { compile: (document) => programs.programOf(document) }),
    clock: systemClock,
    ids: node === undefined ? systemIds : idsOfCell(node.cell, systemIds),
    log,
    tracing: loadedTracing(),
  });
  relateIds = orsay.relateIds;
  await recordConfiguration(config, orsay);
  // A node listens already.
  await orsay.listenOn(node === undefined ? settings.listeners : []);
  node?.serve({ config: () => orsay.config(), handOver: () => process.kill(process.pid, 'SIGTERM') });
  stopFollower?.();
  const { drainSeconds } = settings.config.server;
  endOnSignals({
    log,
    drainSeconds,
    drain: (ms) => orsay.drain(ms),
    async close() {
      await orsay.close();
      await node?.end();
    },
  });
  // The last statement, because a program that reads the line may send a signal at once.
  output.write(
    `Orsay is ready at ${orsay.baseUrl()} (listening on ${front.urls.join(', ')}, data in ${dataDir})\n`,
  );
}

/** Programs for a node that follows. One without a configured URL learns it only when it serves. */
function prepared({ config }: Settings, log: Log): WarmPrograms {
  const programs = new WarmPrograms();
  const { baseUrl } = config.server;
  if (baseUrl !== undefined) void programs.prepare({ folder: DOCUMENTS, baseUrl, log });
  return programs;
}

/** The contents besides the store, and the backup of both if they are in the data directory. */
async function contentsOf(
  opened: OpenedStore,
  {
    dataDir,
    cell,
    log,
  }: { readonly dataDir: string; readonly cell?: CellSettings | undefined; readonly log: Log },
): Promise<Contents & Pick<ComposeDeps, 'backup'>> {
  if (opened.kind === 'cell') return openCellContents({ dataDir, cell: cell!, claim: opened.claim, log });
  const contents = await openFolderContents(dataDir, log);
  return { ...contents, backup: () => backupOf({ dataDir, store: opened.store, blobs: contents.blobs }) };
}

const noDrain = (): Promise<void> => Promise.resolve();

/**
 * Closes at SIGTERM, SIGINT or the end of npm, and ends the process with 0. Returns a function after which it
 * does not.
 */
function endOnSignals(deps: {
  readonly log: Log;
  readonly drainSeconds: number;
  readonly drain: (ms: number) => Promise<void>;
  readonly close: () => Promise<void>;
}): () => void {
  const { log, drainSeconds, drain, close } = deps;
  let stopping = false;
  const stop = (signal: string): void => {
    if (stopping) return;
    stopping = true;
    log.info({ signal }, 'Stopping.');
    close().then(
      () => process.exit(0),
      (error: unknown) => fail(error),
    );
  };
  let isDraining = false;
  const terminate = (): void => {
    // A second signal does not wait.
    if (drainSeconds === 0 || isDraining) {
      stop('SIGTERM');
      return;
    }
    isDraining = true;
    log.info({ signal: 'SIGTERM', drainSeconds }, 'Offline. Stopping after the drain time.');
    void drain(drainSeconds * 1000).then(() => stop('SIGTERM'));
  };
  const interrupt = (): void => stop('SIGINT');
  process.on('SIGTERM', terminate);
  process.on('SIGINT', interrupt);
  const forgetParent =
    process.env.npm_lifecycle_event === undefined ? () => {} : onParentEnd(() => stop('end of npm'));
  return () => {
    process.off('SIGTERM', terminate);
    process.off('SIGINT', interrupt);
    forgetParent();
  };
}

/** SIGTERM to npm ends npm and its shell, but does not reach the process that the shell runs. */
function onParentEnd(stop: () => void): () => void {
  const parent = process.ppid;
  const check = setInterval(() => {
    if (process.ppid !== parent) stop();
  }, PARENT_CHECK_MS).unref();
  return () => clearInterval(check);
}

/** Prints why the server cannot start or stop, and exits with 1. */
function fail(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}

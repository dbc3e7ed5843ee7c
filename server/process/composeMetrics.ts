import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { DurableCounts } from '../../engine/durable/index.ts';
import type { SessionCounts } from '../../engine/host/index.ts';
import type { QueueSurvey } from '../../strategies/routing/index.ts';
import { type CellFigures, type Instruments, Scraper } from '../metrics/index.ts';
import type { ComposedEngine } from './composeEngine.ts';
import type { Config } from './config.ts';
import { PACKAGE_VERSION } from './packageVersion.ts';

/** The folder of the store in the data directory, and its files by their kind. */
const STORE = 'store';
const STORE_FILES: Readonly<Record<string, readonly string[]>> = {
  tree: ['orsay.mdb'],
  journal: ['orsay-journal-0', 'orsay-journal-1'],
};

export function composeMetrics(
  instruments: Instruments,
  deps: {
    readonly config: Config;
    readonly sessions: { readonly counts: SessionCounts };
    readonly durableCounts: () => DurableCounts;
    readonly engine: ComposedEngine;
    readonly routing: { readonly survey: QueueSurvey };
    /** Undefined: the store is no cell. */
    readonly cell: () => CellFigures | undefined;
    /** Undefined: the store is in memory. */
    readonly dataDir?: string | undefined;
  },
): Scraper {
  const { sessions, engine, dataDir } = deps;
  return new Scraper(instruments, {
    version: PACKAGE_VERSION,
    sessions,
    durable: deps.durableCounts,
    children: () => ({
      alive: engine.children?.pids().length ?? 0,
      deaths: engine.children?.deaths ?? {},
    }),
    storeBytes: () => (dataDir === undefined ? {} : storeBytes(dataDir)),
    cell: deps.cell,
    survey: deps.routing.survey,
    queues: deps.config.limits.metrics.queues,
  });
}

function storeBytes(dataDir: string): Readonly<Record<string, number>> {
  const sizeOf = (name: string): number =>
    statSync(join(dataDir, STORE, name), { throwIfNoEntry: false })?.size ?? 0;
  return Object.fromEntries(
    Object.entries(STORE_FILES).map(([kind, names]) => [
      kind,
      names.reduce((sum, name) => sum + sizeOf(name), 0),
    ]),
  );
}

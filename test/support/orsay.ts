import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MemoryStore } from '../../engine/durable/memory/memoryStore.ts';
import type { StorePort } from '../../engine/durable/storePort.ts';
import type { HttpClient } from '../../engine/ports/httpClient.ts';
import type { Ids } from '../../engine/ports/ids.ts';
import { compose, type Orsay } from '../../server/process/compose.ts';
import type { Config } from '../../server/process/config.ts';
import { ConfigFile } from '../../server/process/configFile.ts';
import type { Listener } from '../../server/process/httpServer.ts';
import { sharedProgram } from './sharedPrograms.ts';
import { silentLog } from './silentLog.ts';
import { createSimulatedClock, type SimulatedClock } from './simulatedClock.ts';
import { testConfig } from './testConfig.ts';
import { createTestIds } from './testIds.ts';
import { BASE } from './testServer.ts';

export interface TestOrsay extends Orsay {
  readonly clock: SimulatedClock;
  /** The URL of each listener. */
  readonly urls: readonly string[];
  /** http://127.0.0.1:<port> */
  readonly base: string;
  readonly port: number;
  /** Advances the clock and performs the tasks that become due. */
  advance(ms: number): Promise<void>;
}

export interface TestOptions {
  /** Options of the service chat-delay that differ from the configuration of a new installation. */
  readonly options?: Record<string, string>;
  readonly change?: (config: Config) => void;
  readonly store?: StorePort;
  readonly clock?: SimulatedClock;
  readonly http?: HttpClient;
  /** Undefined: any free port. */
  readonly port?: number;
  /** Undefined: ids that count from 1. A restarted server continues with the ids of the first. */
  readonly ids?: Ids;
  /** Undefined: one with all audiences. */
  readonly listeners?: readonly Listener[];
  /**
   * Documents have the URL of the listener, as they have in a new installation. Absent: they have the same
   * URL in all tests, and are compiled once (sharedProgram).
   */
  readonly hasOwnUrl?: true;
  /** Gets the configuration file, which the server then changes. Absent: the configuration stays as it is. */
  readonly folder?: string;
  /** A folder of templates, as writeDocuments() makes it. Undefined: those of a new installation. */
  readonly documents?: string;
}

/** The whole server on loopback, with every real part, a simulated clock and ids that count. */
export async function startOrsay(options: TestOptions = {}): Promise<TestOrsay> {
  const clock = options.clock ?? createSimulatedClock();
  const config = testConfig();
  Object.assign(config.services['chat-delay']!, options.options);
  options.change?.(config);
  const orsay = compose({
    config,
    store: options.store ?? new MemoryStore(),
    clock,
    ids: options.ids ?? createTestIds(),
    compile: sharedProgram,
    log: silentLog,
    ...(options.folder !== undefined && { configText: newConfigFile(options.folder, config) }),
    ...(options.hasOwnUrl !== true && { baseUrl: BASE }),
    ...(options.listeners && { listeners: options.listeners }),
    ...(options.http && { http: options.http }),
    ...(options.documents === undefined ? {} : { documents: options.documents }),
  });
  const urls =
    options.listeners === undefined
      ? [(await orsay.listen(options.port ?? 0, '127.0.0.1')).url]
      : await orsay.listenOn(options.listeners);
  const url = urls[0]!;
  return {
    ...orsay,
    clock,
    urls,
    base: url,
    port: Number(new URL(url).port),
    advance: (ms) => clock.advance(ms, () => orsay.durable.idle()),
  };
}

function newConfigFile(folder: string, config: Config): ConfigFile {
  const path = join(folder, 'config.json');
  writeFileSync(path, JSON.stringify(config, undefined, 2));
  return new ConfigFile(path);
}

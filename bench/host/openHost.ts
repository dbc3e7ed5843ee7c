import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Durable, DurableStore, type StorePort } from '../../engine/durable/index.ts';
import { openLmdbStore } from '../../engine/durable/lmdb/index.ts';
import {
  type AdministeredSessions,
  type HostEngine,
  type LoadRequest,
  ownEngine,
  SessionHost,
} from '../../engine/host/index.ts';
import { type SessionId, systemClock, systemIds } from '../../engine/ports/index.ts';

export const log = { debug() {}, info() {}, warn: console.warn, error: console.error };
const BASE = 'http://orsay.test';

export interface Host {
  readonly sessions: AdministeredSessions;
  readonly durable: Durable;
  /** Starts `number` sessions of the document. Returns their ids. */
  start(number: number): Promise<readonly SessionId[]>;
  close(): Promise<void>;
}

export function temporaryFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'orsay-bench-'));
  return { path, remove: () => rmSync(path, { recursive: true }) };
}

/** A document that includes nothing, to be loaded by an engine. */
export function loadRequest(text: string): LoadRequest {
  const refuse = async (url: URL): Promise<string> => {
    throw new Error(`There is no ${url.href}.`);
  };
  return { text, baseUrl: new URL(`${BASE}/document.scxml`), fetchText: refuse };
}

/** The durable host over lmdb in `folder`. It syncs every commit. `watch` sees every write. */
export function openHost(given: {
  readonly folder: string;
  readonly document: string;
  readonly engine?: HostEngine;
  readonly watch?: (operations: Parameters<StorePort['write']>[0]) => void;
}): Host {
  const lmdb = openLmdbStore({ path: given.folder });
  const store: StorePort = {
    get: (table, key) => lmdb.get(table, key),
    scan: (table, range) => lmdb.scan(table, range),
    close: () => lmdb.close(),
    write(operations) {
      given.watch?.(operations);
      return lmdb.write(operations);
    },
  };
  const parts = { clock: systemClock, ids: systemIds, log };
  const durable = new DurableStore({ ...parts, store });
  const sessions = new SessionHost({
    ...parts,
    durable,
    engine: given.engine ?? ownEngine,
    baseUrl: () => BASE,
    fetchText: async () => given.document,
    http: () => Promise.reject(new Error('not here')),
  });
  durable.start();
  return {
    sessions,
    durable,
    start: (number) =>
      Promise.all(
        Array.from({ length: number }, async () => {
          const { sessionId } = await sessions.start({ src: `${BASE}/document.scxml` });
          return sessionId;
        }),
      ),
    close: () => durable.stop(),
  };
}

import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DurableStore } from '../../engine/durable/durableStore.ts';
import { MemoryStore } from '../../engine/durable/memory/memoryStore.ts';
import { ignoreGone } from '../../engine/host/eventDelivery.ts';
import { ownEngine } from '../../engine/host/ownEngine.ts';
import { SessionHost } from '../../engine/host/sessionHost.ts';
import type { Sessions } from '../../engine/host/sessions.ts';
import {
  createSession,
  createSessionDirectory,
  type Document,
  DocumentError,
  type FetchText,
  type HttpClient,
  type Log,
  parseDocument,
} from '../../engine/index.ts';
import { OpenDestinations } from '../../server/adapters/destinations.ts';
import { createHttpClient } from '../../server/adapters/http.ts';
import { registerBasicHttpRoutes } from '../../server/ors/basicHttp.ts';
import { asId } from './ids.ts';
import { NO_FILES, routesApp } from './routesApp.ts';
import { silentLog } from './silentLog.ts';
import { createSimulatedClock } from './simulatedClock.ts';
import { createTestIds } from './testIds.ts';

/** A line of <log>, of the session itself or of one that it invoked. */
export interface LogLine {
  readonly label: string;
  readonly text: string;
  readonly byChild: boolean;
}

/** The visible state of the document. */
export interface Shown {
  /** 'running', 'completed' ...; 'refused' when the document did not load. */
  readonly status: string;
  readonly configuration: readonly string[];
  /** Active states without active descendants. */
  readonly atomic: readonly string[];
  /** All lines since the start. */
  readonly log: readonly LogLine[];
}

/** A running document, with the same interface in memory and in the host. */
export interface Running {
  show(): Promise<Shown>;
  send(event: { readonly name: string }): Promise<void>;
  /** Advances the time, and performs everything that becomes due. */
  advance(ms: number): Promise<void>;
  close(): Promise<void>;
}

/** Starts the document at a file URL. `read` gives the document and the files that it names. */
export type Start = (url: URL, read?: (url: URL) => string) => Promise<Running>;

const readFile = (url: URL): string => readFileSync(url, 'utf8');
const LIMITS = { MAX_MICROSTEPS_PER_MACROSTEP: 1000 };

const REFUSED: Running = {
  show: async () => ({ status: 'refused', configuration: [], atomic: [], log: [] }),
  send: async () => {},
  advance: async () => {},
  close: async () => {},
};

/** With createSession, a simulated clock, no store. */
export const startInMemory: Start = async (url, read = readFile) => {
  const fetchText: FetchText = async (file) => read(file);
  const clock = createSimulatedClock();
  const document = await parseDocument(read(url), { baseUrl: url, fetchText }).catch(notRefused);
  if (!document) return REFUSED;
  const children = await inlineChildren(document, fetchText);
  const session = createSession(document, {
    clock,
    id: 'SESSION',
    seed: 1,
    limits: LIMITS,
    ports: {
      fetchText,
      sessions: createSessionDirectory(),
      documentOf: (source) => (source.kind === 'text' ? children.get(source.text) : undefined),
    },
  });
  const log: LogLine[] = [];
  session.onEffect((effect, { id }) => {
    if (effect.kind !== 'log') return;
    log.push({ label: effect.label ?? '', text: effect.text, byChild: id !== session.id });
  });
  session.start();
  await session.settled();
  return {
    async show() {
      const configuration = [...session.configuration];
      return { status: session.status, configuration, atomic: atomicOf(document, configuration), log };
    },
    async send(event) {
      session.send(event);
      await session.settled();
    },
    advance: (ms) => clock.advance(ms, () => session.settled()),
    close: async () => session.terminate(),
  };
};

/**
 * Documents of <invoke><content>, loaded in advance: W3C 250 needs an invoked session that starts before the
 * next event.
 */
async function inlineChildren(document: Document, fetchText: FetchText): Promise<Map<string, Document>> {
  const found = new Map<string, Document>();
  for (const { content } of document.invokes) {
    if (content?.document === undefined) continue;
    const baseUrl = new URL(document.url);
    const child = await parseDocument(content.document, { baseUrl, fetchText }).catch(notRefused);
    if (!child) continue;
    found.set(content.document, child);
    for (const [text, inner] of await inlineChildren(child, fetchText)) found.set(text, inner);
  }
  return found;
}

/** Through the durable host over a store in memory. */
export const startHosted: Start = (url, read) => startOn({ http: refuseHttp, listen: notAtAll }, url, read);

/** As startHosted, with the basic HTTP event I/O processor in both directions over a socket on loopback. */
export const startOverHttp: Start = (url, read) => {
  const http = createHttpClient({
    // Every request uses the network.
    own: { pathOf: () => undefined, isOwnPort: () => false, isOwnSocket: () => false },
    dispatch: () => {
      throw new Error('Expected every request to take the network, got one dispatched in process.');
    },
    destinations: new OpenDestinations(['loopback']),
    maxBytes: 1_000_000,
  });
  return startOn({ http, listen }, url, read);
};

interface Net {
  readonly http: HttpClient;
  readonly listen: (sessions: Sessions) => Promise<{ readonly base: string; close(): Promise<void> }>;
}

async function startOn(net: Net, url: URL, read = readFile): Promise<Running> {
  const clock = createSimulatedClock();
  const log: LogLine[] = [];
  const durable = new DurableStore({ store: new MemoryStore(), clock, log: silentLog });
  const sessions = new SessionHost({
    durable,
    clock,
    ids: createTestIds(),
    limits: LIMITS,
    engine: ownEngine,
    log: listener((line) => log.push(line)),
    http: net.http,
    baseUrl: () => server.base,
    fetchText: async (file) => read(file),
  });
  const server = await net.listen(sessions);
  durable.start();
  async function close(): Promise<void> {
    const stopped = durable.stop();
    await clock.advance(60_000, async () => {});
    await stopped;
    await server.close();
  }
  const id = 'SESSION';
  const document = await parseDocument(read(url), {
    baseUrl: url,
    fetchText: async (file) => read(file),
  }).catch(notRefused);
  const started = await sessions.start({ id: asId(id), src: url.href }).catch(notRefused);
  if (!started || !document) {
    await close();
    return REFUSED;
  }
  await durable.idle();
  return {
    async show() {
      const view = await sessions.query(asId(id));
      const configuration = view?.configuration ?? [];
      return {
        status: view?.status ?? 'unknown',
        configuration,
        atomic: atomicOf(document, configuration),
        log,
      };
    },
    async send(event) {
      await ignoreGone(sessions.publish(asId(id), event));
      await durable.idle();
    },
    advance: (ms) => clock.advance(ms, () => durable.idle()),
    close,
  };
}

function atomicOf(document: Document, configuration: readonly string[]): string[] {
  const parents = new Set(document.states.map(({ parent }) => parent));
  return configuration.filter((id) => !parents.has(document.stateById.get(id)!));
}

async function listen(sessions: Sessions): ReturnType<Net['listen']> {
  const { callback } = routesApp((router) => registerBasicHttpRoutes(router, { sessions, files: NO_FILES }));
  const server = createServer(callback);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    base: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function notAtAll(): ReturnType<Net['listen']> {
  return { base: 'http://orsay.test', close: async () => {} };
}

async function refuseHttp(): ReturnType<HttpClient> {
  throw new Error('This document was not expected to use HTTP.');
}

function notRefused(error: unknown): undefined {
  if (!(error instanceof DocumentError)) throw error;
}

/**
 * A log that keeps only the lines of <log> elements. Lines of the host have more fields than a session and a
 * label.
 */
function listener(keep: (line: LogLine) => void): Log {
  const write: Log['info'] = ({ sessionId, label = '', ...more }, text) => {
    if (typeof sessionId !== 'string' || typeof label !== 'string' || Object.keys(more).length > 0) return;
    keep({ label, text, byChild: sessionId !== 'SESSION' });
  };
  return { debug: write, info: write, warn: write, error: write };
}

import { DurableStore, STOP_GRACE_MS } from '../../engine/durable/durableStore.ts';
import { MemoryStore } from '../../engine/durable/memory/memoryStore.ts';
import type { DebuggableSessions } from '../../engine/host/debugging.ts';
import { SessionHost, type SessionHostDeps } from '../../engine/host/sessionHost.ts';
import type { AdministeredSessions, Sessions } from '../../engine/host/sessions.ts';
import type { HttpReply, HttpRequest } from '../../engine/ports/httpClient.ts';
import { type BrittleStore, createBrittleStore } from './brittleStore.ts';
import { createScriptedEngine, type Script, type ScriptedEngine } from './scriptedEngine.ts';
import { silentLog } from './silentLog.ts';
import { createSimulatedClock, type SimulatedClock } from './simulatedClock.ts';
import { createTestIds } from './testIds.ts';

export const BASE_URL = 'http://orsay.test';

/** Sessions of scripted documents over a store that survives restart(). */
export interface SessionBench {
  readonly sessions: AdministeredSessions;
  readonly debuggable: DebuggableSessions;
  readonly durable: DurableStore;
  readonly engine: ScriptedEngine;
  readonly store: BrittleStore;
  readonly clock: SimulatedClock;
  /** Requests that left through HttpClient. */
  readonly requests: HttpRequest[];
  /** Answers them; with 200 until a test replaces the function. */
  answerWith(answer: (request: HttpRequest) => Promise<HttpReply>): void;
  /** Texts by URL. The documents of the scripts are BASE_URL/<name>.scxml. */
  readonly texts: Map<string, string>;
  /** Stops the process, and begins the next one over the same store. */
  restart(): Promise<void>;
  /** Ends the process without stopping it: everything uncommitted is lost. */
  crash(): void;
  /** Resolves when nothing is due or running. */
  settle(): Promise<void>;
  /** Advances the time, and waits until nothing is due or running. */
  advance(ms: number): Promise<void>;
  stop(): Promise<void>;
}

export function createSessionBench(
  scripts: { readonly [name: string]: Script },
  options: Partial<Pick<SessionHostDeps, 'maxLiveSessions' | 'maxMailboxLength' | 'heap' | 'retention'>> & {
    /** Called for each process, before its tasks begin. */
    readonly prepare?: (sessions: Sessions) => void;
  } = {},
): SessionBench {
  const clock = createSimulatedClock();
  const ids = createTestIds();
  const memory = new MemoryStore();
  const texts = new Map<string, string>();
  for (const name of Object.keys(scripts)) texts.set(`${BASE_URL}/${name}.scxml`, documentText(name));
  const requests: HttpRequest[] = [];

  function begin(): Process {
    const store = createBrittleStore(memory);
    const engine = createScriptedEngine(scripts);
    const durable = new DurableStore({ store, clock, log: silentLog });
    const sessions = new SessionHost({
      durable,
      clock,
      ids,
      engine,
      log: silentLog,
      baseUrl: () => BASE_URL,
      async fetchText(url) {
        const text = texts.get(url.href);
        if (text === undefined) throw new Error(`${url.href} is not there`);
        return text;
      },
      http(request) {
        requests.push(request);
        return answer(request);
      },
      ...(options.maxLiveSessions !== undefined && { maxLiveSessions: options.maxLiveSessions }),
      ...(options.maxMailboxLength !== undefined && { maxMailboxLength: options.maxMailboxLength }),
      ...(options.heap !== undefined && { heap: options.heap }),
      ...(options.retention !== undefined && { retention: options.retention }),
    });
    options.prepare?.(sessions);
    durable.start();
    return { store, engine, durable, sessions };
  }

  async function stop(): Promise<void> {
    const stopped = process.durable.stop();
    await clock.advance(STOP_GRACE_MS, async () => {});
    await stopped;
  }

  let answer = async (_request: HttpRequest): Promise<HttpReply> => ({ status: 200, headers: {}, body: '' });
  let process = begin();

  return {
    clock,
    texts,
    requests,
    get sessions() {
      return process.sessions;
    },
    get debuggable() {
      return process.sessions.debuggable;
    },
    get durable() {
      return process.durable;
    },
    get engine() {
      return process.engine;
    },
    get store() {
      return process.store;
    },
    answerWith(next) {
      answer = next;
    },
    async restart() {
      await stop();
      process = begin();
    },
    crash() {
      process.store.kill();
      process = begin();
    },
    settle: () => process.durable.idle(),
    advance: (ms) => clock.advance(ms, () => process.durable.idle()),
    stop,
  };
}

interface Process {
  readonly store: BrittleStore;
  readonly engine: ScriptedEngine;
  readonly durable: DurableStore;
  readonly sessions: SessionHost;
}

export function documentText(name: string, attributes = ''): string {
  return `<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" datamodel="ecmascript" name="${name}" ${attributes}><state id="s"/></scxml>`;
}

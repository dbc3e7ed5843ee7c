import { DurableStore } from '../../engine/durable/durableStore.ts';
import { MemoryStore } from '../../engine/durable/memory/memoryStore.ts';
import type { StorePort } from '../../engine/durable/storePort.ts';
import { ownEngine } from '../../engine/host/ownEngine.ts';
import { SessionHost } from '../../engine/host/sessionHost.ts';
import { SessionTraces } from '../../engine/host/sessionTraces.ts';
import type { TraceBounds } from '../../engine/host/traceRecords.ts';
import type { SessionId } from '../../engine/ports/index.ts';
import { traceLines } from '../../engine/trace/index.ts';
import { silentLog } from './silentLog.ts';
import { createSimulatedClock, type SimulatedClock } from './simulatedClock.ts';
import { createTestIds } from './testIds.ts';

/** A host in memory, with one session that is traced. */
export interface RecordingHost {
  readonly clock: SimulatedClock;
  readonly durable: DurableStore;
  readonly traces: SessionTraces;
  readonly host: SessionHost;
  readonly sessionId: SessionId;
  /** Ids of the fetches of its sessions: the test publishes the answers. */
  readonly requests: readonly string[];
  /** The sessions that made them. */
  readonly askers: readonly SessionId[];
}

export const WIDE_BOUNDS: TraceBounds = { maxSteps: 10_000, maxBytes: 10_000_000, keptMs: 3_600_000 };

/** `texts`: documents by their paths; the session starts on /parent.scxml. */
export async function recordingHost(
  texts: { readonly [path: string]: string },
  bounds = WIDE_BOUNDS,
  store: StorePort = new MemoryStore(),
): Promise<RecordingHost> {
  const clock = createSimulatedClock();
  const durable = new DurableStore({ store, clock, log: silentLog });
  const traces = new SessionTraces({ durable, clock, boundsFor: () => bounds, bounds: () => bounds });
  const host = new SessionHost({
    durable,
    clock,
    ids: createTestIds(),
    log: silentLog,
    engine: ownEngine,
    baseUrl: () => 'http://orsay.test',
    fetchText: async (url) => texts[url.pathname]!,
    http: () => Promise.reject(new Error('no request is expected')),
    traces,
  });
  const requests: string[] = [];
  const askers: SessionId[] = [];
  host.onModule('session.fetch', async ({ requestId, sessionId: asker }) => {
    requests.push(requestId);
    askers.push(asker);
    return [];
  });
  durable.start();
  const { sessionId } = await host.start({ src: '/parent.scxml', params: { name: 'James' } });
  await durable.idle();
  return { clock, durable, traces, host, sessionId, requests, askers };
}

/** The text of the trace file. */
export function exportedTrace({ traces, sessionId }: RecordingHost): string {
  const family = traces.stored.read(sessionId)!;
  return [...traceLines({ product: '1.2.3', ...family })].join('');
}

/** Sends events, and lets time pass (ms). */
export async function playOn(
  { host, sessionId, clock, durable }: RecordingHost,
  actions: readonly (string | number)[],
): Promise<void> {
  for (const action of actions) {
    if (typeof action === 'number') await clock.advance(action, () => durable.idle());
    else await host.publish(sessionId, { name: action, data: { by: 1 } }).catch(() => undefined);
    await durable.idle();
  }
}

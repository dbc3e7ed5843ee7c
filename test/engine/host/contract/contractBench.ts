import type { DurableEngine } from '../../../../engine/host/durableEngine.ts';
import type { SessionId } from '../../../../engine/ports/brandedIds.ts';
import type { HttpReply, HttpRequest } from '../../../../engine/ports/httpClient.ts';
import type { Json } from '../../../../engine/ports/json.ts';
import { asId } from '../../../support/ids.ts';
import { createScriptedEngine, type Script } from '../../../support/scriptedEngine.ts';
import { BASE_URL, documentText } from '../../../support/sessionBench.ts';
import { createSimulatedClock, type SimulatedClock } from '../../../support/simulatedClock.ts';
import type { EnginePlace, MakePlace } from './enginePlace.ts';

export const SRC = `${BASE_URL}/worker.scxml`;

/** Processes that run one after the other over one store and one clock. */
export interface ContractBench {
  readonly clock: SimulatedClock;
  readonly place: EnginePlace;
  readonly requests: HttpRequest[];
  /** How many of the next requests are answered with 500. */
  failing: number;
  readonly engine: DurableEngine;
  /** Ends the process as kill -9 does, and begins the next process. */
  crash(): void;
  /** Begins the next process after the last one has ended. */
  begin(): void;
  start(id: string): Promise<SessionId>;
  /** The lists that the session stores, by name. */
  kept(sessionId: SessionId): Promise<Readonly<Record<string, Json>>>;
  advance(ms: number): Promise<void>;
  remove(): Promise<void>;
}

/**
 * Performs the action that an event names, and records it.
 * work: timer, module element, HTTP and a note to the session `to`; ask: answers the request; arm, disarm:
 * the timer 't'; burst: three notes in order; fault: throws.
 */
const worker: Script = ({ state, input, now, emit, key }) => {
  const list = (name: string): Json[] => {
    state[name] ??= [];
    return state[name] as Json[];
  };
  if (input.kind === 'timer') list('timers').push(input.key);
  if (input.kind !== 'event') return undefined;
  const { name, data, sendid } = input.event;
  const { k, to } = (data ?? {}) as { k?: string; to?: string };
  list(name).push(k ?? null);
  const note = (text: string): void =>
    emit({
      kind: 'send',
      key: key(),
      type: 'scxml',
      target: String(to),
      event: { name: 'note', data: { k: text } },
    });
  if (name === 'fault') throw new Error('a fault of the host');
  if (name === 'ask') {
    emit({ kind: 'respond', requestId: String(sendid), positive: true, body: list('ask').length });
  }
  if (name === 'arm') emit({ kind: 'arm', key: 't', dueAt: now + Number(k) });
  if (name === 'disarm') emit({ kind: 'disarm', key: 't' });
  if (name === 'burst') for (const text of ['1', '2', '3']) note(text);
  if (name !== 'work') return undefined;
  emit({ kind: 'arm', key: `t-${k}`, dueAt: now + 1_000 });
  const effect = { attributes: { k }, params: {}, children: [], requestId: `r-${k}` };
  emit({ kind: 'module', key: key(), module: 'outside', action: 'do', ...effect });
  emit({
    kind: 'send',
    key: key(),
    type: 'basichttp',
    target: `http://outside.test/${k}`,
    event: { name: 'told' },
  });
  if (to !== undefined) note(String(k));
  return undefined;
};

export async function createContractBench(make: MakePlace): Promise<ContractBench> {
  const place = await make();
  const clock = createSimulatedClock();
  const requests: HttpRequest[] = [];
  let engine: DurableEngine;

  const bench: ContractBench = {
    clock,
    place,
    requests,
    failing: 0,
    get engine() {
      return engine;
    },
    begin() {
      engine = place.open({
        clock,
        engine: createScriptedEngine({ worker }),
        texts: new Map([[SRC, documentText('worker')]]),
        http: answer,
      });
      engine.sessions.onModule('outside.do', async ({ key, sessionId, attributes }) => {
        // Like a performer with an external service: its key identifies repetitions.
        const { k } = attributes as { k: string };
        await answer({
          method: 'POST',
          url: `http://module.test/${k}`,
          headers: { 'idempotency-key': `${sessionId}:${key}` },
          timeoutMs: 1,
        });
        return [{ name: 'result', data: { k } }];
      });
      engine.durable.start();
    },
    crash() {
      place.crash();
      bench.begin();
    },
    async start(id) {
      return (await engine.sessions.start({ id: asId(id), src: SRC })).sessionId;
    },
    async kept(sessionId) {
      return (await engine.sessions.query(sessionId))!.data as Record<string, Json>;
    },
    advance: (ms) => clock.advance(ms, () => engine.durable.idle()),
    async remove() {
      place.crash();
      await place.remove();
    },
  };

  async function answer(request: HttpRequest): Promise<HttpReply> {
    requests.push(request);
    if (bench.failing > 0) {
      bench.failing--;
      throw new Error('nobody answers');
    }
    return { status: 200, headers: {}, body: '' };
  }

  bench.begin();
  return bench;
}

import type { FetchReply, FetchRequest, ScriptRow } from '../../engine/interpreter/stepper/index.ts';
import { defined, type Json, textOf } from '../../engine/ports/index.ts';
import { TargetError } from '../../strategies/targets/index.ts';
import type { SharedTime } from '../sharedTime.ts';
import type { TestSession } from '../testSession.ts';
import { Failures, type FakeFailure } from './failures.ts';
import type { FakeAgents } from './fakeAgents.ts';
import type { FakeChats } from './fakeChats.ts';
import { FakeQueue, type QueueSettings } from './fakeQueue.ts';
import { FakeSubmits } from './fakeSubmits.ts';
import { type ReachedSessions, runningSession } from './sessions.ts';
import { TestCall, type TestCallDeps } from './testCall.ts';

const DEFAULT_RESERVE_SECONDS = 30;

type Query = Readonly<Record<string, string>>;

/**
 * Simulates URS: virtual calls of callbacks (urs/call/start, lvq, invoke, query, delete), whose positions and
 * estimates move with time, and submitted interactions. It has the agents of the centre. When an agent is free
 * for a call that may be routed, it asks the session of the call by `method_urs_request_route_done`.
 */
export class FakeUrs {
  readonly #time: SharedTime;
  readonly #sessions: ReachedSessions;
  readonly #agents: FakeAgents;
  readonly #submits: FakeSubmits;
  readonly #failures = new Failures();
  readonly #queues = new Map<string, FakeQueue>();
  readonly #calls: TestCall[] = [];
  #tellsPositions = true;

  constructor(deps: {
    readonly time: SharedTime;
    readonly sessions: ReachedSessions;
    readonly agents: FakeAgents;
    readonly chats: FakeChats;
  }) {
    this.#time = deps.time;
    this.#sessions = deps.sessions;
    this.#agents = deps.agents;
    this.#submits = new FakeSubmits(deps);
    deps.agents.onChange(() => this.#route());
  }

  /** Virtual calls, in the order in which they came. */
  get calls(): readonly TestCall[] {
    return this.#calls;
  }

  /**
   * The other callers of a virtual queue, who are ahead of all calls of the test, and how fast they leave.
   * Absent settings: nobody is ahead, and each call takes a minute.
   */
  queue(name: string, settings: QueueSettings = {}): this {
    this.#time.run(() => {
      this.#queue(name).set(settings);
      this.#tellPositions();
    });
    return this;
  }

  /** URS of another product: it never tells a session of its position, and gives it only to those who ask. */
  likeOthers(): this {
    this.#tellsPositions = false;
    return this;
  }

  /** Requests fail from now on: 'unreachable', 'timeout', 'silence' or a status; `path`: only URLs with it. */
  fail(failure: FakeFailure, path = ''): this {
    this.#failures.add(failure, path);
    return this;
  }

  /** Requests succeed again. */
  recover(): this {
    this.#failures.clear();
    return this;
  }

  rows(session: () => TestSession): readonly ScriptRow[] {
    return [
      { fetch: /\/urs\/call\//, reply: (request) => this.#failures.of(request) ?? this.#reply(request) },
      ...this.#submits.rows(session),
    ];
  }

  #reply(request: FetchRequest): FetchReply {
    const url = new URL(request.url);
    const [, id = '', verb = ''] = /\/urs\/call\/([^/]+)(?:\/([^/]+))?/.exec(url.pathname) ?? [];
    const query = { ...Object.fromEntries(url.searchParams), ...textsOf(request.params) };
    if (id === 'start') return this.#start(query);
    const call = this.#calls.find((one) => one.id === id && one.state !== 'removed');
    if (call === undefined) return { status: 404, json: { message: `No virtual call '${id}'.` } };
    if (request.method === 'DELETE' || verb === 'delete') {
      call.remove();
      this.#tellPositions();
      return { json: {} };
    }
    switch (verb) {
      case 'lvq':
        return { json: this.#view(call, query) };
      case 'invoke':
        call.delay(query.DELAY === undefined ? undefined : Number(query.DELAY));
        this.#time.post(() => this.#route());
        return { json: {} };
      case 'query':
        return { json: call.view };
      default:
        return { status: 404, json: { message: `FakeUrs has no '${verb}'.` } };
    }
  }

  #start(query: Query): FetchReply {
    const call = this.#newCall(query);
    if (call === undefined) return { status: 400, json: { message: 'Expected VQ_TARGET to be a target.' } };
    this.#calls.push(call);
    call.queue.calls.push(call);
    this.#time.post(() => this.#tellPositions());
    const asksForView = this.#tellsPositions && (query.TELL_QUEUE ?? '') !== '';
    const reply = defined({
      conn_id: call.id,
      tell_position: call.tellPosition > 0 ? call.tellPosition : undefined,
      lvq: asksForView ? this.#view(call, { estimates: 'true', agent_logged_in: 'true' }) : undefined,
    });
    return { json: reply };
  }

  /** Undefined: its targets are none. */
  #newCall(query: Query): TestCall | undefined {
    const { VQ_TARGET: targets = '', VQ = '', SESSION = '', AGENT_RESERVE_TIMEOUT } = query;
    const sessionId = /\/session\/([^/?#]+)$/.exec(SESSION)?.[1] ?? '';
    const isTold = this.#tellsPositions && runningSession(this.#sessions, sessionId) !== undefined;
    const given = {
      number: this.#calls.length + 1,
      targets,
      queue: this.#queue(VQ),
      sessionId,
      strategy: query.strategy ?? 'WaitForTarget',
      reserveMs: Number(AGENT_RESERVE_TIMEOUT ?? DEFAULT_RESERVE_SECONDS) * 1000,
      tellPosition: isTold ? Number(query.TELL_POSITION ?? 0) : 0,
    };
    try {
      return new TestCall(given, this.#callDeps);
    } catch (error) {
      if (error instanceof TargetError) return undefined;
      throw error;
    }
  }

  #view(call: TestCall, { estimates, agent_logged_in: asksForAgent, name }: Query): Json {
    const queue = name === undefined || name === '' ? call.queue : this.#queue(name);
    const position = queue.positionOf(call);
    const ewt = queue.estimate(position);
    const hasBand = estimates === 'true' && ewt !== undefined && this.#tellsPositions;
    return defined({
      time: Math.floor(this.#time.now / 1000),
      wt: Math.floor((this.#time.now - call.enteredAt) / 1000),
      calls: queue.length,
      pos: position,
      wpos: position,
      hit: 0,
      ewt,
      agent_logged_in: asksForAgent === 'true' && this.#tellsPositions ? call.isServed : undefined,
      ewt_p50: hasBand ? ewt : undefined,
      ewt_p90: hasBand ? ewt * 2 : undefined,
      ewt_rough: hasBand ? false : undefined,
    });
  }

  #queue(name: string): FakeQueue {
    const known = this.#queues.get(name) ?? new FakeQueue(name, this.#time, () => this.#tellPositions());
    this.#queues.set(name, known);
    return known;
  }

  get #callDeps(): TestCallDeps {
    return {
      time: this.#time,
      agents: this.#agents,
      session: (id) => runningSession(this.#sessions, id),
      onFree: () => this.#route(),
    };
  }

  /** Free agents for the calls and submits that wait, the oldest first. */
  #route(): void {
    for (const call of this.#calls) call.route();
    this.#submits.route();
  }

  #tellPositions(): void {
    for (const call of this.#calls) call.tellPositionReached();
  }
}

function textsOf(params: FetchRequest['params']): Query {
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, textOf(value)]));
}

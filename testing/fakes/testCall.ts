import { defined, type Json } from '../../engine/ports/index.ts';
import { parseTargetList } from '../../strategies/targets/index.ts';
import type { SharedTime } from '../sharedTime.ts';
import type { TestSession } from '../testSession.ts';
import type { FakeAgents, FoundAgent } from './fakeAgents.ts';
import type { FakeQueue } from './fakeQueue.ts';

/** The request that tells a session of its agent. */
const ROUTE_DONE = 'method_urs_request_route_done';
const POSITION_REACHED = 'queue.position.reached';
/** Time that a session has to answer it. */
const ANSWER_MS = 10_000;

/** Connection ids are numbers of 64 bits in hexadecimal digits. */
const FIRST_ID = 0x00ee_0266_b1f0_c000n;

/**
 * held: the strategy waits; delayed: until its delay is over; routable: an agent may come; announcing: the
 * session is asked whether it takes the agent; routed: it has taken them.
 */
export type CallState = 'held' | 'delayed' | 'routable' | 'announcing' | 'routed' | 'removed';

export interface TestCallDeps {
  readonly time: SharedTime;
  readonly agents: FakeAgents;
  readonly session: (id: string) => TestSession | undefined;
  /** Calls may be routed again. */
  readonly onFree: () => void;
}

/** A virtual call: the place of a callback in a virtual queue. */
export class TestCall {
  /** Its connection id. */
  readonly id: string;
  /** Targets as the document gave them. */
  readonly targets: string;
  readonly queue: FakeQueue;
  readonly sessionId: string;
  readonly strategy: string;
  /** ms since epoch. */
  readonly enteredAt: number;
  readonly #reserveMs: number;
  readonly #deps: TestCallDeps;
  /** Agents who refused, until they may be asked again. */
  readonly #tried = new Set<string>();
  /** Each target with the time from which it counts, in ms since epoch. */
  readonly #targets: readonly { readonly target: string; readonly from: number }[];
  #tellPosition: number;
  #state: CallState = 'held';
  #agent: string | undefined;

  constructor(
    given: {
      /** From 1. */
      readonly number: number;
      readonly targets: string;
      readonly queue: FakeQueue;
      readonly sessionId: string;
      readonly strategy: string;
      readonly reserveMs: number;
      /** 0: the session is not told. */
      readonly tellPosition: number;
    },
    deps: TestCallDeps,
  ) {
    this.id = (FIRST_ID + BigInt(given.number)).toString(16).padStart(16, '0');
    this.targets = given.targets;
    this.queue = given.queue;
    this.sessionId = given.sessionId;
    this.strategy = given.strategy;
    this.enteredAt = deps.time.now;
    this.#reserveMs = given.reserveMs;
    this.#tellPosition = given.tellPosition;
    this.#deps = deps;
    this.#targets = timedTargets(given.targets, this.enteredAt);
    for (const { from } of this.#targets.slice(1)) deps.time.at(from, deps.onFree);
  }

  get state(): CallState {
    return this.#state;
  }

  /** The agent who is reserved, or whom the session took. */
  get agent(): string | undefined {
    return this.#agent;
  }

  /** Position in its queue, from 1. */
  get position(): number {
    return this.queue.positionOf(this);
  }

  /** True while somebody of its targets is logged in. Undefined: the test has no agents. */
  get isServed(): boolean | undefined {
    return this.#deps.agents.isServed(this.#targets.map(({ target }) => target).join(','));
  }

  get isWaiting(): boolean {
    return this.#state !== 'routed' && this.#state !== 'removed';
  }

  /** The position of which the session will be told; 0: none. */
  get tellPosition(): number {
    return this.#tellPosition;
  }

  /** The reply of urs/call/<id>/query. */
  get view(): Json {
    return defined({
      conn_id: this.id,
      state: this.#state,
      strategy: this.strategy,
      tenant: 'Environment',
      vq: this.queue.name,
      entered: Math.floor(this.enteredAt / 1000),
      agent: this.#agent,
    });
  }

  // ---- for URS

  /** SetRouteDelay: seconds until the call may be routed. Undefined: for ever. */
  delay(seconds: number | undefined): void {
    this.#release();
    this.#state = seconds === undefined ? 'held' : seconds > 0 ? 'delayed' : 'routable';
    if (this.#state !== 'delayed') return;
    this.#deps.time.at(this.#deps.time.now + seconds! * 1000, () => {
      if (this.#state !== 'delayed') return;
      this.#state = 'routable';
      this.#deps.onFree();
    });
  }

  remove(): void {
    this.#release();
    this.#state = 'removed';
  }

  /** Asks the session, if an agent is free. */
  route(): void {
    if (this.#state !== 'routable') return;
    const found = this.#find();
    if (found === undefined) return;
    this.#state = 'announcing';
    this.#agent = found.agent;
    this.#deps.agents.reserve(found.agent, this.sessionId);
    this.#deps.time.post(() => this.#announce(found));
  }

  tellPositionReached(): void {
    if (this.#tellPosition === 0 || !this.isWaiting || this.position > this.#tellPosition) return;
    const data = { connid: this.id, queue: this.queue.name, position: this.#tellPosition };
    this.#tellPosition = 0;
    this.#deps.time.post(() => void this.#deps.session(this.sessionId)?.send(POSITION_REACHED, data));
  }

  #find(): FoundAgent | undefined {
    const { agents, time } = this.#deps;
    for (const { target, from } of this.#targets) {
      const found = from <= time.now ? agents.find(target, this.#tried) : undefined;
      if (found) return found;
    }
    return undefined;
  }

  #announce({ agent, resource }: FoundAgent): void {
    const session = this.#deps.session(this.sessionId);
    if (session === undefined) {
      this.remove();
      return;
    }
    const { time } = this.#deps;
    const id = session.ask(ROUTE_DONE, { return: 'target', ...resource, vq: this.queue.name });
    const until = time.now + ANSWER_MS;
    time.at(until, () => {});
    time.wait(() => {
      const answer = session.answerTo(id);
      if (answer === undefined && time.now < until && session.isRunning) return false;
      if (this.#state === 'announcing' && this.#agent === agent) {
        this.#answered(answer?.positive === true, agent);
      }
      return true;
    });
  }

  #answered(takes: boolean, agent: string): void {
    if (takes) {
      this.#state = 'routed';
      this.#after(this.#reserveMs, () => this.#deps.agents.release(agent, this.sessionId));
      return;
    }
    this.#avoid(agent);
    this.#release();
    this.#state = 'routable';
    this.#deps.onFree();
  }

  /** Frees the agent. One whom the session had taken is not asked again at once. */
  #release(): void {
    const agent = this.#agent;
    if (agent === undefined) return;
    this.#agent = undefined;
    if (this.#state === 'routed') this.#avoid(agent);
    this.#deps.agents.release(agent, this.sessionId);
  }

  #avoid(agent: string): void {
    this.#tried.add(agent);
    this.#after(this.#reserveMs, () => {
      this.#tried.delete(agent);
      this.#deps.onFree();
    });
  }

  #after(ms: number, work: () => void): void {
    this.#deps.time.at(this.#deps.time.now + ms, work);
  }
}

/** Throws TargetError. */
function timedTargets(
  text: string,
  enteredAt: number,
): readonly { readonly target: string; readonly from: number }[] {
  let from = enteredAt;
  return parseTargetList(text).map(({ target, timeoutMs = Number.POSITIVE_INFINITY }) => {
    const timed = { target, from };
    from += timeoutMs;
    return timed;
  });
}

import type { Batch } from '../../engine/durable/index.ts';
import type { Json } from '../../engine/ports/index.ts';
import type { AgentRecord } from './agents.ts';
import type { PriorityRule } from './priority.ts';
import type { QueueView } from './virtualQueues.ts';
import type { EstimateMethod } from './waitEstimate.ts';
import type { RouteState } from './waitForTarget.ts';

/** urs/call/start. */
export interface StartCall {
  readonly tenant?: string;
  /** WaitForTarget. */
  readonly strategy?: string;
  /** GMS option `_target`: target string or JSON array. */
  readonly target: string;
  /** Virtual queue. */
  readonly vq: string;
  /** `<base>/scxml/session/<id>`: told by POST when an agent is reserved. */
  readonly sessionUrl?: string;
  readonly serviceId?: string;
  /** Absent: 'chat'. */
  readonly media?: string;
  readonly priority?: Partial<PriorityRule>;
  /** ms an agent stays reserved. */
  readonly reserveTimeoutMs?: number;
  /** null or absent: infinite, the call holds its place until SetRouteDelay. */
  readonly routeDelayMs?: number | null;
  /** Idempotency key: the same key starts one call. */
  readonly key?: string;
}

/** A virtual interaction as others see it. */
export interface CallView {
  readonly connId: string;
  readonly state: RouteState;
  readonly vq: string;
  readonly strategy: string;
  readonly enteredAt: number;
  /** The agent reserved for it, or that it was routed to. */
  readonly agentId?: string;
  readonly sessionId?: string;
  readonly serviceId?: string;
}

export interface Routing {
  /** Resolves when the call durably has its place. Rejects with RoutingError. */
  startCall(request: StartCall): Promise<{ readonly connId: string }>;
  /** The queue from the call's place, or from behind the last one ('max'). Rejects with CALL_NOT_FOUND. */
  lvq(connId: string, vq: string | undefined, method?: EstimateMethod): Promise<QueueView>;
  /**
   * Runs a subroutine on the call, once for an idempotency key: SetRouteDelay with DELAY in seconds. Rejects with
   * RoutingError.
   */
  invoke(
    connId: string,
    strategy: string,
    params: Readonly<Record<string, Json>>,
    key?: string,
  ): Promise<void>;
  /** Removes the call; its reserved agent is free again. Rejects with CALL_NOT_FOUND. */
  cancelCall(connId: string): Promise<void>;
  get(connId: string): CallView | undefined;
  /** In order of id, at most MAX_LISTED_CALLS. */
  list(): readonly CallView[];
  /** The calls that a session started or submitted. */
  ofSession(sessionId: string): readonly CallView[];

  /**
   * Reads long queues after a start, so that those who look first need not wait for it. Goes on in the background, and
   * never rejects.
   */
  readAhead(): Promise<void>;

  /** Interactions put themselves here: submits of real interactions are offered through them. */
  connect(offers: InteractionOffers): void;
  /** The agent that a redirect to a target string would go to. */
  findAgent(target: string, media: string): AgentRecord | undefined;
  /** The agent accepted the interaction of the submit: queue.submit.done. */
  offerAcceptedBatch(submitId: string): Batch;
  /** The agent rejected it or did not answer: the submit waits for the next. */
  offerRefusedBatch(submitId: string): Batch;
  /** The interaction is over: its submits leave their queues. */
  dropSubmitsBatch(interactionId: string): Batch;
}

/** What routing needs of real interactions. */
export interface InteractionOffers {
  /** The session's interaction of that id; without an id its only one. */
  find(
    sessionId: string,
    interactionId: string | undefined,
  ):
    | { readonly id: string; readonly media: string }
    | { readonly error: string; readonly description: string };
  /** Offers it to the agent in place of the submit's reservation. Undefined: it cannot be offered now. */
  offerBatch(offer: {
    readonly interactionId: string;
    readonly agent: AgentRecord;
    readonly vq: string;
    readonly timeoutMs: number;
    readonly submitId: string;
  }): Batch | undefined;
  /** Takes the offer of a cancelled submit back. */
  withdrawBatch(interactionId: string, submitId: string): Batch;
}

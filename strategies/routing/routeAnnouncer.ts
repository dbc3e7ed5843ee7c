import type { Batch, Durable } from '../../engine/durable/index.ts';
import { assertNever, type Clock, type Log } from '../../engine/ports/index.ts';
import type { Agents } from './agents.ts';
import type { ConnId } from './callIds.ts';
import type { CallRuntime } from './callRuntime.ts';
import { queueNameOf } from './queueNames.ts';
import { makeResource, type Resource } from './resource.ts';
import { viewRoute } from './routeStrategy.ts';
import { readCall, type VirtualInteraction } from './virtualInteraction.ts';

const ANNOUNCE_TASK = 'routing.announce';

/** Number of attempts to reach a session before its agent is released. */
export const ANNOUNCE_ATTEMPTS = 4;

/**
 * `accepted`: the session takes the agent. `refused`: it does not. `gone`: there is no such session, or it
 * ended.
 */
export interface RouteAnswer {
  readonly kind: 'accepted' | 'refused' | 'gone';
  /** The reply of the session, for the log. */
  readonly detail: string;
}

/**
 * Tells the session behind a URL that an agent is reserved for its call. Rejects when the session is not
 * reached.
 */
export type AskSession = (question: {
  readonly sessionUrl: string;
  readonly resource: Resource;
  /** Idempotency key: equal for every attempt to tell of one reservation. */
  readonly key: string;
}) => Promise<RouteAnswer>;

interface Announcement {
  readonly id: ConnId;
  readonly attempt: number;
}

/**
 * Asks the session of a call, by a durable task for each reservation, whether it takes the agent. If it does,
 * the call is routed. If it refuses, or is not reached in ANNOUNCE_ATTEMPTS attempts, the agent is released
 * and the call waits again. If the session is gone, the call is removed.
 */
export class RouteAnnouncer {
  readonly #durable: Durable;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #agents: Agents;
  readonly #runtime: CallRuntime;
  readonly #askSession: AskSession;

  constructor(deps: {
    readonly durable: Durable;
    readonly clock: Clock;
    readonly log: Log;
    readonly agents: Agents;
    readonly runtime: CallRuntime;
    readonly askSession: AskSession;
  }) {
    this.#durable = deps.durable;
    this.#clock = deps.clock;
    this.#log = deps.log;
    this.#agents = deps.agents;
    this.#runtime = deps.runtime;
    this.#askSession = deps.askSession;
    deps.durable.onTask(ANNOUNCE_TASK, (announcement: Announcement) => this.#announce(announcement), {
      maxAttempts: ANNOUNCE_ATTEMPTS,
      onGiveUp: (announcement: Announcement, error: unknown) => this.#giveUp(announcement, error),
    });
  }

  /** Joins the commit that reserves the agent; `attempt` counts the reservations of the call. */
  announceBatch(call: VirtualInteraction, attempt: number): Batch {
    return {
      schedule: [
        {
          key: `${ANNOUNCE_TASK}/${call.id}`,
          kind: ANNOUNCE_TASK,
          payload: { id: call.id, attempt },
          dueAt: this.#clock.now(),
        },
      ],
    };
  }

  async #announce({ id, attempt }: Announcement): Promise<void> {
    const call = this.#announcing(id, attempt);
    if (call === undefined) return;
    const answer = await this.#ask(call, attempt);
    const still = this.#announcing(id, attempt);
    if (still !== undefined) await this.#durable.commit(this.#answerBatch(still, attempt, answer));
  }

  async #giveUp({ id, attempt }: Announcement, error: unknown): Promise<void> {
    const call = this.#announcing(id, attempt);
    if (call === undefined) return;
    this.#log.warn(
      { connId: id, attempt, err: error },
      'The session could not be reached: the call waits again.',
    );
    await this.#durable.commit(
      this.#runtime.applyBatch(call, { type: 'routeRefused', now: this.#clock.now() }),
    );
  }

  #answerBatch(call: VirtualInteraction, attempt: number, answer: RouteAnswer): Batch {
    const fields = { connId: call.id, attempt, answer: answer.detail };
    const now = this.#clock.now();
    switch (answer.kind) {
      case 'accepted':
        this.#log.info(fields, 'Call routed.');
        return this.#runtime.applyBatch(call, { type: 'routeAccepted', now });
      case 'gone':
        this.#log.warn(fields, 'The session of a virtual call has ended: the call is removed.');
        return this.#runtime.applyBatch(call, { type: 'remove' });
      case 'refused':
        this.#log.warn(fields, 'The session refused the agent: the call waits again.');
        return this.#runtime.applyBatch(call, { type: 'routeRefused', now });
      default:
        return assertNever(answer.kind);
    }
  }

  /** A caller without a session polls; their call is routed as soon as an agent is reserved. */
  async #ask(call: VirtualInteraction, attempt: number): Promise<RouteAnswer> {
    const { agent: chosen } = viewRoute(call.snapshot).context;
    const agent = chosen === undefined ? undefined : this.#agents.record(chosen.agentId);
    const sessionUrl = call.owner.kind === 'call' ? call.owner.sessionUrl : undefined;
    if (sessionUrl === undefined || chosen === undefined || agent === undefined) {
      return { kind: 'accepted', detail: 'no session to ask' };
    }
    const resource = makeResource(agent, chosen.target, queueNameOf(call.vq));
    return this.#askSession({ sessionUrl, resource, key: `${call.id}-${attempt}` });
  }

  /** The call, while it still waits for the answer to this reservation. */
  #announcing(id: ConnId, attempt: number): VirtualInteraction | undefined {
    const call = readCall(this.#durable, id);
    if (call === undefined) return undefined;
    const { state, context } = viewRoute(call.snapshot);
    return state === 'announcing' && context.attempt === attempt ? call : undefined;
  }
}

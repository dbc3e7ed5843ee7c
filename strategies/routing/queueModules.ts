import { type Batch, type Durable, joinBatches } from '../../engine/durable/index.ts';
import type { ModuleEvent, ModuleRequest, Sessions } from '../../engine/host/index.ts';
import { type Clock, defined, type Log, readId } from '../../engine/ports/index.ts';
import type { AgentId } from '../ids/index.ts';
import { type SkillPrecedence, TargetError } from '../targets/index.ts';
import { headArrival, nextArrival } from './arrivals.ts';
import { submitId } from './callIds.ts';
import type { CallRuntime } from './callRuntime.ts';
import { RoutingError } from './errors.ts';
import { performedBatch, wasPerformed } from './performed.ts';
import { priorityAt } from './priority.ts';
import { DEFAULT_TENANT, queueKey, queueNameOf } from './queueNames.ts';
import type { QueueQuestions } from './queueQuestions.ts';
import type { RoutingIndex } from './routingIndex.ts';
import { asSubmit, readSubmitCall, type SubmitCall } from './submitCalls.ts';
import {
  attributeText,
  readSubmit,
  readUpdate,
  type SubmitRequest,
  type SubmitUpdate,
  UnsupportedSubmit,
} from './submitRequest.ts';
import {
  type InteractionOffers,
  SUBMIT_RESERVE_TIMEOUT_MS,
  type Submits,
  type SubmittedInteraction,
} from './submits.ts';
import { warnUnservable } from './unservable.ts';
import { callsOfSession, demandOf, type VirtualInteraction } from './virtualInteraction.ts';

/** A submit that is wrong, or right but not performed here, or one too many. */
type SubmitFault = 'badrequest' | 'unsupported' | 'limited';

/** Throws everything that is no fault of a document. */
function faultOf(error: unknown): SubmitFault {
  if (error instanceof UnsupportedSubmit) return 'unsupported';
  if (error instanceof TargetError) return 'badrequest';
  if (error instanceof RoutingError) return error.code === 'ROUTING_LIMITED' ? 'limited' : 'badrequest';
  throw error;
}

/** The field `warning` of an event: the submit waits, but no agent can take the interaction. */
function warningOf(missing: string): string {
  return `No configured agent can take the interaction: ${missing}.`;
}

/**
 * The elements of the queue module, which submit real interactions: submit, update, cancel, query.
 * ors-dialect 2.10.
 */
export class QueueModules {
  readonly #durable: Durable;
  readonly #index: RoutingIndex;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #questions: QueueQuestions;
  readonly #sessions: Pick<Sessions, 'eventBatch'>;
  readonly #runtime: CallRuntime;
  readonly #submits: Submits;
  readonly #offers: InteractionOffers;
  readonly #precedence: SkillPrecedence;

  constructor(deps: {
    readonly durable: Durable;
    readonly index: RoutingIndex;
    readonly clock: Clock;
    readonly log: Log;
    readonly questions: QueueQuestions;
    readonly sessions: Pick<Sessions, 'eventBatch'>;
    readonly runtime: CallRuntime;
    readonly submits: Submits;
    readonly offers: InteractionOffers;
    readonly skillPrecedence?: SkillPrecedence;
  }) {
    this.#durable = deps.durable;
    this.#index = deps.index;
    this.#clock = deps.clock;
    this.#log = deps.log;
    this.#questions = deps.questions;
    this.#sessions = deps.sessions;
    this.#runtime = deps.runtime;
    this.#submits = deps.submits;
    this.#offers = deps.offers;
    this.#precedence = deps.skillPrecedence ?? 'leftToRight';
  }

  /**
   * <queue:submit>: queue.submit.requestid at once; the result follows as queue.submit.done or
   * error.queue.submit.
   */
  async submit(request: ModuleRequest): Promise<readonly ModuleEvent[]> {
    const calls = await this.#index.ready();
    if (wasPerformed(this.#durable, request)) return [];
    const requestIdEvent = { name: 'queue.submit.requestid', data: { requestid: request.requestId } };
    const fail = (error: 'unknown' | SubmitFault, description: string): readonly ModuleEvent[] => [
      requestIdEvent,
      { name: 'error.queue.submit', data: { requestid: request.requestId, error, description } },
    ];
    try {
      const submit = readSubmit(request, this.#precedence);
      const interaction = this.#offers.find(request.sessionId, submit.interactionId);
      if ('error' in interaction) return fail(interaction.error, interaction.description);
      const now = this.#clock.now();
      const { media } = interaction;
      const missing = calls.whyUnservable({ media, tenant: DEFAULT_TENANT, targets: [submit.targets] });
      const first = {
        id: `${request.key}/requestid`,
        name: requestIdEvent.name,
        data: { ...requestIdEvent.data, ...defined({ warning: missing && warningOf(missing) }) },
      };
      await this.#durable.commit(
        joinBatches(
          // Documented as the first event. Events of one session arrive in the order of their commits.
          this.#sessions.eventBatch(request.sessionId, first, now),
          this.#startBatch(request, submit, interaction),
          performedBatch(request, now),
        ),
      );
      const connId = submitId(request.sessionId, request.requestId);
      const { vq, targets } = submit;
      if (missing !== undefined) {
        warnUnservable(this.#log, { connId, vq, media, targets: [targets], missing });
      }
      return [];
    } catch (error) {
      return fail(faultOf(error), (error as Error).message);
    }
  }

  /** <queue:update>: changes a submit that waits. */
  async update(request: ModuleRequest): Promise<readonly ModuleEvent[]> {
    const requestid = attributeText(request.attributes.requestid);
    const calls = await this.#index.ready();
    const done = [{ name: 'queue.update.done', data: { requestid } }];
    const fail = (error: 'unknownrequest' | SubmitFault, description: string): readonly ModuleEvent[] => [
      { name: 'error.queue.update', data: { requestid, error, description } },
    ];
    if (wasPerformed(this.#durable, request)) return done;
    const found = readSubmitCall(this.#durable, submitId(request.sessionId, requestid));
    if (found === undefined) {
      return fail('unknownrequest', `Expected requestid of a waiting submit, got '${requestid}'.`);
    }
    try {
      const update = readUpdate(request, this.#precedence);
      this.#admitUpdate(found.call, update);
      await this.#durable.commit(
        joinBatches(this.#submits.updateBatch(found, update), performedBatch(request, this.#clock.now())),
      );
      const { id: connId, vq, media, tenant } = found.call;
      const { targets } = update;
      const missing = targets && calls.whyUnservable({ media, tenant, targets: [targets] });
      if (targets === undefined || missing === undefined) return done;
      warnUnservable(this.#log, { connId, vq: queueNameOf(vq), media, targets: [targets], missing });
      return [{ name: 'queue.update.done', data: { requestid, warning: warningOf(missing) } }];
    } catch (error) {
      return fail(faultOf(error), (error as Error).message);
    }
  }

  /**
   * `_genesys.queue.excludeAgents`, for the first interaction of the session. No event tells of its success.
   */
  async excludeAgents(request: ModuleRequest): Promise<readonly ModuleEvent[]> {
    if (wasPerformed(this.#durable, request)) return [];
    const found = this.#offers.find(request.sessionId, undefined);
    if ('error' in found) {
      const { error, description } = found;
      return [
        { name: 'error.queue.excludeagents', data: { requestid: request.requestId, error, description } },
      ];
    }
    const names = attributeText(request.attributes.agents).split(',');
    const agents = names.flatMap((name) => readId<AgentId>(name.trim()) ?? []);
    await this.#durable.commit(
      joinBatches(
        this.#submits.excludeBatch(request.sessionId, found.id, agents),
        performedBatch(request, this.#clock.now()),
      ),
    );
    return [];
  }

  /** <queue:cancel>: takes submits out of their queues. Its events are in the commit that does it. */
  async cancel(request: ModuleRequest): Promise<readonly ModuleEvent[]> {
    if (wasPerformed(this.#durable, request)) return [];
    const requestid = attributeText(request.attributes.requestid);
    const found = this.#findSubmits(request);
    if (found.length === 0) {
      const description = `Expected requestid, or interactionid and queue, of a waiting submit, got '${requestid}'.`;
      return [{ name: 'error.queue.cancel', data: { requestid, error: 'unknownrequest', description } }];
    }
    const now = this.#clock.now();
    const done = found.map(({ owner }, index) => {
      const id = `${request.key}/done/${index}`;
      const event = { id, name: 'queue.cancel.done', data: { requestid: owner.requestId } };
      return this.#sessions.eventBatch(request.sessionId, event, now);
    });
    const withdrawn = found.map((submit) => this.#submits.withdrawBatch(submit));
    await this.#durable.commit(joinBatches(...withdrawn, ...done, performedBatch(request, now)));
    return [];
  }

  /** <queue:query>: position and estimated wait of a submit. */
  async query(request: ModuleRequest): Promise<readonly ModuleEvent[]> {
    const requestid = attributeText(request.attributes.requestid);
    const found = readSubmitCall(this.#durable, submitId(request.sessionId, requestid));
    if (found === undefined) {
      const description = `Expected requestid of a waiting submit, got '${requestid}'.`;
      return [{ name: 'error.queue.query', data: { requestid, error: 'unknownrequest', description } }];
    }
    const view = await this.#questions.view(found.call.id);
    const data = {
      requestid,
      priority: priorityAt(found.call, this.#clock.now()),
      positioninqueue: view.position,
      ...defined({ invqwaittime: view.ewtSeconds }),
    };
    return [{ name: 'queue.query.done', data }];
  }

  #startBatch(
    { sessionId, requestId }: ModuleRequest,
    submit: SubmitRequest,
    interaction: SubmittedInteraction,
  ): Batch {
    const { route, keepWaiting, timeoutMs } = submit;
    const vq = queueKey(DEFAULT_TENANT, submit.vq);
    const now = this.#clock.now();
    const id = submitId(sessionId, requestId);
    const deadline = timeoutMs === undefined ? undefined : now + timeoutMs;
    const { waitsSince } = interaction;
    const { serial, batch: taken } =
      waitsSince === undefined ? nextArrival(this.#durable) : headArrival(this.#durable, waitsSince);
    const owner = {
      sessionId,
      requestId,
      interactionId: interaction.id,
      route,
      keepWaiting,
      ...defined({ order: submit.order }),
    };
    const priority = { base: submit.priority, increment: 0, everyMs: 0 };
    const { media } = interaction;
    this.#index.admit({ media, tenant: DEFAULT_TENANT, targets: [submit.targets], priority });
    const started = this.#runtime.startBatch(
      {
        id,
        owner: { kind: 'submit', ...owner, ...defined({ deadline }) },
        tenant: DEFAULT_TENANT,
        strategy: 'queue:submit',
        media,
        vq,
        serial,
        enteredAt: now,
        ...defined({ waitsSince }),
        priority,
      },
      {
        steps: [{ target: submit.targets, clear: false }],
        reserveTimeoutMs: SUBMIT_RESERVE_TIMEOUT_MS,
        delayMs: 0,
      },
    );
    this.#log.info({ sessionId, interactionId: interaction.id, vq: submit.vq }, 'Interaction submitted.');
    return joinBatches(
      taken,
      started,
      deadline === undefined ? {} : this.#submits.deadlineBatch(id, deadline),
    );
  }

  #admitUpdate(call: VirtualInteraction, { priority: base, targets }: SubmitUpdate): void {
    const priority = { ...call.priority, ...defined({ base }) };
    this.#index.admit({
      ...demandOf(call),
      ...defined({ targets: targets === undefined ? undefined : [targets] }),
      priority,
    });
  }

  #findSubmits(request: ModuleRequest): readonly SubmitCall[] {
    const requestid = attributeText(request.attributes.requestid);
    const interactionid = attributeText(request.attributes.interactionid);
    const queue = attributeText(request.attributes.queue);
    if (requestid !== '') {
      const found = readSubmitCall(this.#durable, submitId(request.sessionId, requestid));
      return found === undefined ? [] : [found];
    }
    return callsOfSession(this.#durable, request.sessionId)
      .flatMap((one) => asSubmit(one) ?? [])
      .filter(
        (one) =>
          one.owner.interactionId === interactionid && (queue === '' || queueNameOf(one.call.vq) === queue),
      );
  }
}

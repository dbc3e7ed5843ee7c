import { type Batch, type Durable, joinBatches } from '../../engine/durable/index.ts';
import type { ModuleCall, ModuleEvent, Sessions } from '../../engine/host/index.ts';
import type { Clock, Json, Log } from '../../engine/ports/index.ts';
import type { AgentRecord, Agents } from './agents.ts';
import type { CallRuntime } from './callRuntime.ts';
import { RoutingError } from './errors.ts';
import { performedBatch, wasPerformed } from './performed.ts';
import type { Reservations } from './reservations.ts';
import { makeResource } from './resource.ts';
import type { InteractionOffers } from './routing.ts';
import { readSubmit, type SubmitRequest, textOf } from './submitRequest.ts';
import {
  callsOfInteraction,
  callsOfSession,
  type RouteOwner,
  readCall,
  removeCallBatch,
  type VirtualInteraction,
} from './virtualInteraction.ts';
import type { VirtualQueueIndex } from './virtualQueueIndex.ts';
import { viewQueue } from './virtualQueues.ts';
import { type ChosenAgent, stepRoute, viewRoute } from './waitForTarget.ts';

const DEADLINE_TASK = 'routing.submitDeadline';
/** How long an agent selected with route="false", or offered with route="true", is held. */
export const SUBMIT_RESERVE_TIMEOUT_MS = 30_000;

export type SubmitOwner = Extract<RouteOwner, { kind: 'submit' }>;

/** queue:submit, queue:cancel and queue:query of real interactions. ors-dialect 2.10. */
export interface Submits {
  connect(offers: InteractionOffers): void;
  matchedBatch(call: VirtualInteraction, agent: AgentRecord, chosen: ChosenAgent): Batch;
  acceptedBatch(submitId: string): Batch;
  refusedBatch(submitId: string): Batch;
  dropBatch(interactionId: string): Batch;
  /** Out of its queue, an offer that is out taken back. */
  withdrawBatch(call: VirtualInteraction, owner: SubmitOwner): Batch;
}

export function createSubmits(deps: {
  readonly durable: Durable;
  readonly index: VirtualQueueIndex;
  readonly clock: Clock;
  readonly log: Log;
  readonly agents: Agents;
  readonly sessions: Pick<Sessions, 'eventBatch' | 'onModule'>;
  readonly runtime: CallRuntime;
  readonly reservations: Reservations;
}): Submits {
  const { durable, index, clock, log, agents, sessions, runtime, reservations } = deps;
  let offers: InteractionOffers | undefined;

  sessions.onModule('queue.submit', submit);
  sessions.onModule('queue.cancel', cancel);
  sessions.onModule('queue.query', query);

  durable.onTask<{ id: string }>(DEADLINE_TASK, async ({ id }) => {
    const found = readSubmitCall(id);
    // An offer that is out decides: refused after the deadline, the submit fails then.
    if (found === undefined || viewRoute(found.call.snapshot).state === 'announcing') return;
    await durable.commit(timeoutBatch(found.call, found.owner));
  });

  async function submit(call: ModuleCall): Promise<readonly ModuleEvent[]> {
    if (wasPerformed(durable, call)) return [];
    const requestIdEvent = { name: 'queue.submit.requestid', data: { requestid: call.requestId } };
    try {
      const request = readSubmit(call);
      const interaction = offers?.find(call.sessionId, request.interactionId);
      if (interaction === undefined || 'error' in interaction) {
        const { error, description } = interaction ?? {
          error: 'invalidstate',
          description: 'No interactions here.',
        };
        return [
          requestIdEvent,
          { name: 'error.queue.submit', data: { requestid: call.requestId, error, description } },
        ];
      }
      await durable.commit(
        joinBatches(
          // First, as documented: both events go through the session's own lane, in order of commit.
          sessions.eventBatch(
            call.sessionId,
            { id: `${call.key}/requestid`, ...requestIdEvent },
            clock.now(),
          ),
          startBatch(call, request, interaction),
          performedBatch(call, clock.now()),
        ),
      );
      return [];
    } catch (error) {
      if (!(error instanceof RoutingError)) throw error;
      const data = { requestid: call.requestId, error: 'badrequest', description: error.message };
      return [requestIdEvent, { name: 'error.queue.submit', data }];
    }
  }

  function startBatch(
    call: ModuleCall,
    request: SubmitRequest,
    interaction: { readonly id: string; readonly media: string },
  ): Batch {
    const now = clock.now();
    const id = submitId(call.sessionId, call.requestId);
    const deadline = request.timeoutMs === undefined ? undefined : now + request.timeoutMs;
    const { place, batch: taken } = index.enter(request.vq);
    const started = runtime.start(
      {
        id,
        owner: {
          kind: 'submit',
          sessionId: call.sessionId,
          requestId: call.requestId,
          interactionId: interaction.id,
          route: request.route,
          keepWaiting: request.keepWaiting,
          ...(deadline === undefined ? {} : { deadline }),
        },
        tenant: 'Environment',
        strategy: 'queue:submit',
        media: interaction.media,
        vq: request.vq,
        ...place,
        enteredAt: now,
        priority: { base: request.priority, increment: 0, everyMs: 0 },
      },
      {
        steps: [{ target: request.targets, clear: false }],
        reserveTimeoutMs: SUBMIT_RESERVE_TIMEOUT_MS,
        delayMs: 0,
      },
    );
    log.info(
      { sessionId: call.sessionId, interactionId: interaction.id, vq: request.vq },
      'Interaction submitted.',
    );
    if (deadline === undefined) return joinBatches(taken, started);
    return joinBatches(taken, started, {
      schedule: [{ key: deadlineKey(id), kind: DEADLINE_TASK, payload: { id }, dueAt: deadline }],
    });
  }

  async function cancel(call: ModuleCall): Promise<readonly ModuleEvent[]> {
    const requestid = textOf(call.attributes.requestid);
    const found = findSubmits(call);
    if (found.length === 0) {
      const description = `Expected requestid, or interactionid and queue, of a waiting submit, got '${requestid}'.`;
      return [{ name: 'error.queue.cancel', data: { requestid, error: 'unknownrequest', description } }];
    }
    await durable.commit(joinBatches(...found.map(({ call: one, owner }) => withdrawBatch(one, owner))));
    return found.map(({ owner }) => ({ name: 'queue.cancel.done', data: { requestid: owner.requestId } }));
  }

  async function query(call: ModuleCall): Promise<readonly ModuleEvent[]> {
    const requestid = textOf(call.attributes.requestid);
    const found = readSubmitCall(submitId(call.sessionId, requestid));
    if (found === undefined) {
      const description = `Expected requestid of a waiting submit, got '${requestid}'.`;
      return [{ name: 'error.queue.query', data: { requestid, error: 'unknownrequest', description } }];
    }
    const view = await viewQueue({ durable, index, clock, agents }, { id: found.call.id, method: 'urs' });
    const data = {
      requestid,
      priority: found.call.priority.base,
      positioninqueue: view.position,
      ...(view.ewtSeconds === undefined ? {} : { invqwaittime: view.ewtSeconds }),
    };
    return [{ name: 'queue.query.done', data }];
  }

  function findSubmits(call: ModuleCall): readonly { call: VirtualInteraction; owner: SubmitOwner }[] {
    const requestid = textOf(call.attributes.requestid);
    const interactionid = textOf(call.attributes.interactionid);
    const queue = textOf(call.attributes.queue);
    if (requestid !== '') {
      const found = readSubmitCall(submitId(call.sessionId, requestid));
      return found === undefined ? [] : [found];
    }
    return submitsAmong(callsOfSession(durable, call.sessionId)).filter(
      ({ call: one, owner }) => owner.interactionId === interactionid && (queue === '' || one.vq === queue),
    );
  }

  function submitsAmong(
    calls: readonly VirtualInteraction[],
  ): readonly { call: VirtualInteraction; owner: SubmitOwner }[] {
    return calls.flatMap((call) => (call.owner.kind === 'submit' ? [{ call, owner: call.owner }] : []));
  }

  function readSubmitCall(id: string): { call: VirtualInteraction; owner: SubmitOwner } | undefined {
    const call = readCall(durable, id);
    return call?.owner.kind === 'submit' ? { call, owner: call.owner } : undefined;
  }

  /** Out of its queue: record, timers, deadline. */
  function leaveBatch(call: VirtualInteraction): Batch {
    return joinBatches(removeCallBatch(index, call), runtime.quietBatch(call), {
      cancel: [deadlineKey(call.id)],
    });
  }

  function withdrawBatch(call: VirtualInteraction, owner: SubmitOwner): Batch {
    const offered = owner.route && viewRoute(call.snapshot).state === 'announcing';
    return joinBatches(
      leaveBatch(call),
      offered ? (offers?.withdrawBatch(owner.interactionId, call.id) ?? {}) : {},
    );
  }

  function timeoutBatch(call: VirtualInteraction, owner: SubmitOwner): Batch {
    const description = `No target of the submit took the interaction in time (virtual queue ${call.vq}).`;
    return joinBatches(
      owner.keepWaiting ? {} : leaveBatch(call),
      errorBatch(call, owner, { error: 'timeout', description }),
    );
  }

  function errorBatch(
    call: VirtualInteraction,
    owner: SubmitOwner,
    fault: { readonly error: string; readonly description: string },
  ): Batch {
    return eventBatch(call, owner, 'error.queue.submit', { interactionid: owner.interactionId, ...fault });
  }

  function doneBatch(call: VirtualInteraction, owner: SubmitOwner, chosen: ChosenAgent): Batch {
    const agent = agents.record(chosen.agentId);
    if (agent === undefined) return {};
    const resource = makeResource(agent, chosen.target, call.vq);
    const server = chosen.target.slice(chosen.target.lastIndexOf('@') + 1).replace(/\.[A-Za-z]+$/, '');
    return eventBatch(call, owner, 'queue.submit.done', {
      interactionid: owner.interactionId,
      targetselected: `${resource.dn}@${resource.switch}.A`,
      targetcomponentselected: `${resource.agent}@${server}.A`,
      targetobjectselected: chosen.target,
      vqselected: call.vq,
      resource: { ...resource },
    });
  }

  function eventBatch(
    call: VirtualInteraction,
    owner: SubmitOwner,
    name: string,
    data: Readonly<Record<string, Json>>,
  ): Batch {
    return sessions.eventBatch(
      owner.sessionId,
      { id: `${call.id}/${name}/${clock.now()}`, name, data: { requestid: owner.requestId, ...data } },
      clock.now(),
    );
  }

  return {
    connect(given) {
      offers = given;
    },

    matchedBatch(call, agent, chosen) {
      const owner = call.owner as SubmitOwner;
      const reserved = stepRoute(call.snapshot, { type: 'agentReserved', agent: chosen });
      if (!owner.route) {
        const routed = stepRoute(reserved.snapshot, { type: 'routeAccepted', now: clock.now() });
        return joinBatches(
          leaveBatch(call),
          runtime.decisionsBatch(call, routed),
          reservations.batch({
            agentId: agent.agentId,
            holder: call.id,
            untilMs: clock.now() + SUBMIT_RESERVE_TIMEOUT_MS,
            vq: call.vq,
            sessionId: owner.sessionId,
          }),
          doneBatch(call, owner, chosen),
        );
      }
      const offer = offers?.offerBatch({
        interactionId: owner.interactionId,
        agent,
        vq: call.vq,
        timeoutMs: SUBMIT_RESERVE_TIMEOUT_MS,
        submitId: call.id,
      });
      if (offer === undefined) {
        const description = `The interaction '${owner.interactionId}' cannot be offered now: it has ended, or an agent has it.`;
        return joinBatches(leaveBatch(call), errorBatch(call, owner, { error: 'invalidstate', description }));
      }
      return joinBatches(runtime.applyBatch(call, { type: 'agentReserved', agent: chosen }), offer);
    },

    acceptedBatch(id) {
      const found = readSubmitCall(id);
      const chosen = found === undefined ? undefined : viewRoute(found.call.snapshot).context.agent;
      if (found === undefined || chosen === undefined) return {};
      const routed = stepRoute(found.call.snapshot, { type: 'routeAccepted', now: clock.now() });
      return joinBatches(
        leaveBatch(found.call),
        runtime.decisionsBatch(found.call, routed),
        doneBatch(found.call, found.owner, chosen),
      );
    },

    refusedBatch(id) {
      const found = readSubmitCall(id);
      if (found === undefined) return {};
      const { call, owner } = found;
      const now = clock.now();
      if (owner.deadline !== undefined && owner.deadline <= now && !owner.keepWaiting) {
        return timeoutBatch(call, owner);
      }
      return runtime.applyBatch(call, { type: 'routeRefused', now });
    },

    withdrawBatch,

    dropBatch: (interactionId) =>
      joinBatches(...callsOfInteraction(durable, interactionId).map((call) => leaveBatch(call))),
  };
}

function submitId(sessionId: string, requestId: string): string {
  return `submit:${sessionId}:${requestId}`;
}

function deadlineKey(id: string): string {
  return `${DEADLINE_TASK}/${id}`;
}

import type { Batch, Durable } from '../../engine/durable/index.ts';
import type { Clock, HttpClient, HttpReply, Log } from '../../engine/ports/index.ts';
import type { Agents } from './agents.ts';
import type { CallRuntime } from './callRuntime.ts';
import { makeResource } from './resource.ts';
import { readCall, type VirtualInteraction } from './virtualInteraction.ts';
import { viewRoute } from './waitForTarget.ts';

const ANNOUNCE_TASK = 'routing.announce';

/** How often a session that cannot be reached is tried before the agent is released. */
export const ANNOUNCE_ATTEMPTS = 4;
/** How long a session has to answer. */
export const ANNOUNCE_TIMEOUT_MS = 10_000;
/** The request by which a session learns of its agent. urs-routing 1. */
export const ROUTE_DONE_REQUEST = 'method_urs_request_route_done';

/** How our sessions say no; the status is then theirs to choose. */
const NEGATIVE_RESPONSE = 'NEGATIVE_RESPONSE';

/** Tells sessions that an agent is reserved for their virtual call, and plays their answer to the call. */
export interface RouteAnnouncer {
  batch(call: VirtualInteraction, attempt: number): Batch;
}

/**
 * A durable task a reservation: POST {SESSION}/request/method_urs_request_route_done. 2xx: routed. 404 or
 * 410: the session is gone, and the call goes with it. Any other answer, or none after ANNOUNCE_ATTEMPTS:
 * the agent is released and the call waits again.
 */
export function createRouteAnnouncer(deps: {
  readonly durable: Durable;
  readonly clock: Clock;
  readonly log: Log;
  readonly http: HttpClient;
  readonly agents: Agents;
  readonly runtime: CallRuntime;
}): RouteAnnouncer {
  const { durable, clock, log, http, agents, runtime } = deps;

  /** The call, while it still waits for the answer to this attempt. */
  function announcing(id: string, attempt: number): VirtualInteraction | undefined {
    const call = readCall(durable, id);
    if (call === undefined) return undefined;
    const { state, context } = viewRoute(call.snapshot);
    return state === 'announcing' && context.attempt === attempt ? call : undefined;
  }

  async function post(call: VirtualInteraction, attempt: number): Promise<HttpReply | undefined> {
    const { agent: chosen } = viewRoute(call.snapshot).context;
    const agent = chosen === undefined ? undefined : agents.record(chosen.agentId);
    if (call.owner.kind !== 'call' || call.owner.sessionUrl === undefined || agent === undefined)
      return undefined;
    const resource = makeResource(agent, chosen!.target, call.vq);
    return http({
      method: 'POST',
      url: `${call.owner.sessionUrl}/request/${ROUTE_DONE_REQUEST}`,
      headers: { 'content-type': 'application/json', 'idempotency-key': `${call.id}-${attempt}` },
      body: JSON.stringify({ return: 'target', ...resource }),
      timeoutMs: ANNOUNCE_TIMEOUT_MS,
    });
  }

  durable.onTask<{ id: string; attempt: number }>(
    ANNOUNCE_TASK,
    async ({ id, attempt }) => {
      const call = announcing(id, attempt);
      if (call === undefined) return;
      // Without a session to tell (a caller that polls), reserving is routing.
      const reply = await post(call, attempt);
      const still = announcing(id, attempt);
      if (still === undefined) return;
      const now = clock.now();
      const fields = { connId: id, attempt, status: reply?.status };
      if (reply === undefined || (reply.status >= 200 && reply.status < 300)) {
        log.info(fields, 'Call routed.');
        return durable.commit(runtime.applyBatch(still, { type: 'routeAccepted', now }));
      }
      if (isSessionGone(reply)) {
        log.warn(fields, 'The session of a virtual call is gone: the call is removed.');
        return durable.commit(runtime.applyBatch(still, { type: 'remove' }));
      }
      log.warn(fields, 'The session refused the agent: the call waits again.');
      return durable.commit(runtime.applyBatch(still, { type: 'routeRefused', now }));
    },
    {
      maxAttempts: ANNOUNCE_ATTEMPTS,
      async onGiveUp({ id, attempt }: { id: string; attempt: number }, error: unknown) {
        const call = announcing(id, attempt);
        if (call === undefined) return;
        log.warn({ connId: id, attempt, err: error }, 'The session was not reached: the call waits again.');
        await durable.commit(runtime.applyBatch(call, { type: 'routeRefused', now: clock.now() }));
      },
    },
  );

  return {
    batch: (call, attempt) => ({
      schedule: [
        {
          key: `${ANNOUNCE_TASK}/${call.id}`,
          kind: ANNOUNCE_TASK,
          payload: { id: call.id, attempt },
          dueAt: clock.now(),
        },
      ],
    }),
  };
}

/** No such session, or it ended: nobody waits for this agent any more. */
function isSessionGone({ status, body }: HttpReply): boolean {
  return (status === 404 || status === 410) && !body.includes(`"${NEGATIVE_RESPONSE}"`);
}

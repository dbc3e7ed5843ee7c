import type { Json } from '../../engine/event.ts';
import { type Batch, type Durable, joinBatches } from '../../engine/host/durable.ts';
import { HostError, type SessionReply, type Sessions } from '../../engine/host/sessions.ts';
import type { Clock, Ids, Log } from '../../engine/ports.ts';
import type { StorageAreas } from '../storage/storageAreas.ts';
import { changedInstance } from './changedInstance.ts';
import { type CreatedService, createdEarlier, createdRecord } from './createdService.ts';
import { entryDocument, type Templates } from './entryDocument.ts';
import { ServiceError } from './errors.ts';
import { findInstances } from './findInstances.ts';
import { createInstanceTable } from './instanceTable.ts';
import { newInstance } from './newInstance.ts';
import { isCallbackService, type ServiceOptions } from './options.ts';
import { CallbackReason, CallbackState, type ServiceInstance } from './serviceInstance.ts';
import type { CreateService, Services } from './services.ts';
import { type ServiceUrls, sessionParams } from './sessionParams.ts';

export interface ServicesDeps {
  readonly durable: Durable;
  readonly sessions: Sessions;
  readonly storage: StorageAreas;
  readonly templates: Templates;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  /** Options of the configured services. */
  readonly configured: (name: string) => ServiceOptions | undefined;
  /** Names of all configured services. */
  readonly names: () => readonly string[];
  readonly urls: () => ServiceUrls;
  /** First part of every service id. */
  readonly node: number;
  /** ms for a session's answer. */
  readonly requestTimeoutMs: number;
}

const SUBMIT = 'service.submit';
const END = 'service.end';
const EXPIRE = 'service.expire';
/** A document ends by its own timer when the time to live is over; only after this is it ended by force. */
const EXPIRY_GRACE_MS = 60_000;
/** A cancelled session has this long to tidy up behind itself. */
const END_GRACE_MS = 120_000;

/**
 * Service instances over the durable store.
 *
 * S1. An instance, its storage area and its tasks are one commit; the session starts after it, under an id
 *     fixed in it. A crash in between leaves the task SUBMIT, which says that the instance never started.
 * S2. COMPLETED is final. One exception: when the session ended before anybody gave a reason, the reason
 *     that the document's last report brings (it is sent after that last step) still counts.
 * S3. The idempotency key of a request is in the commit of S1, and starting and asking the session are themselves
 *     done once: so a repetition goes on wherever the first one was broken off.
 */
export function createServices(deps: ServicesDeps): Services {
  const { durable, sessions, storage, clock, log } = deps;
  const table = createInstanceTable({ durable });

  const complete = (instance: ServiceInstance, reason: string): Batch =>
    joinBatches(table.putBatch({ ...instance, state: CallbackState.COMPLETED, reason }, clock.now()), {
      cancel: [`${EXPIRE}.${instance.id}`, `${SUBMIT}.${instance.id}`],
    });
  const isOpen = (instance: ServiceInstance | undefined): instance is ServiceInstance =>
    instance !== undefined && instance.state !== CallbackState.COMPLETED;
  /** The session gets the event `cancel`, joined into the commit that cancels; one that goes on is ended. */
  const tellToEnd = ({ id, sessionId }: ServiceInstance): Batch =>
    sessionId === undefined
      ? {}
      : joinBatches(sessions.eventBatch(sessionId, { name: 'cancel', id: `cancel.${id}` }, clock.now()), {
          schedule: [
            { key: `${END}.${id}`, kind: END, payload: { sessionId }, dueAt: clock.now() + END_GRACE_MS },
          ],
        });

  const askToStart = (instance: { readonly id: string; readonly sessionId: string }): Promise<SessionReply> =>
    sessions.request(instance.sessionId, {
      name: 'start',
      data: {},
      id: `start.${instance.id}`,
      timeoutMs: deps.requestTimeoutMs,
    });

  /** Starts the session and asks it to `start`; on failure the instance ends with SUBMIT_ERROR. */
  const submit = async (
    instance: ServiceInstance & { readonly sessionId: string },
  ): Promise<SessionReply> => {
    const { id, sessionId } = instance;
    try {
      const src = entryDocument(instance.name, instance.options, deps.templates);
      await sessions.start({ id: sessionId, src, params: sessionParams(instance, deps.urls()) });
      return await askToStart(instance);
    } catch (error) {
      const message = (error as Error).message;
      log.error({ serviceId: id, sessionId, err: error }, 'The session of a service did not start.');
      const present = table.get(id);
      const unexplained =
        present !== undefined &&
        (present.state !== CallbackState.COMPLETED || present.reason === CallbackReason.NOT_AVAILABLE);
      if (unexplained) {
        await durable.commit(complete(present, CallbackReason.SUBMIT_ERROR));
      }
      await endSession(sessions, sessionId, 'The service could not be started.');
      throw new ServiceError('ORS_REQUEST_FAILED', `ORS request failed: ${message}`, { cause: error });
    }
  };

  durable.onTask<{ id: string; scheduled: boolean }>(SUBMIT, async ({ id, scheduled }) => {
    const instance = table.get(id);
    if (!isOpen(instance) || instance.sessionId === undefined) {
      return;
    }
    if (!scheduled) {
      // Its client got no answer: the process ended between the commit and the start of the session.
      if (!(await sessions.exists(instance.sessionId))) {
        await durable.commit(complete(instance, CallbackReason.SUBMIT_ERROR));
      }
      return;
    }
    const queued = { ...instance, state: CallbackState.QUEUED, sessionId: instance.sessionId };
    if (instance.state === CallbackState.SCHEDULED) {
      await durable.commit(table.putBatch(queued, clock.now()));
    }
    await submit(queued).catch((error: unknown) => {
      // Recorded in the instance, which is where its customer looks; nobody waits for this answer.
      log.debug({ serviceId: id, err: error }, 'A scheduled service did not start.');
    });
  });

  durable.onTask<{ sessionId: string }>(END, ({ sessionId }) =>
    endSession(sessions, sessionId, 'The service was cancelled, and its document did not end.'),
  );

  durable.onTask<{ id: string }>(EXPIRE, async ({ id }) => {
    const instance = table.get(id);
    if (!isOpen(instance)) {
      return;
    }
    await durable.commit(complete(instance, CallbackReason.FAIL_TIMEOUT_TTL));
    if (instance.sessionId !== undefined) {
      await endSession(sessions, instance.sessionId, 'The time to live of the service is over.');
    }
  });

  sessions.onEnded(({ sessionId }) => {
    const instance = table.bySession(sessionId);
    return isOpen(instance) ? complete(instance, CallbackReason.NOT_AVAILABLE) : {};
  });

  /** What an earlier request with this key made, as that request was or would have been answered. */
  const repeated = async (
    request: CreateService & { readonly key: string },
    created: CreatedService,
  ): ReturnType<Services['create']> => {
    const { id } = created;
    // The first one may be on its way to the disk: what is written after it is durable after it.
    await durable.commit({ put: [createdRecord(request, created)] });
    const instance = table.get(id);
    if (instance === undefined) {
      throw new ServiceError('SERVICE_NOT_FOUND', `No service '${id}', or it has expired.`);
    }
    const { sessionId } = instance;
    if (sessionId === undefined || created.scheduled) {
      return { instance };
    }
    if (instance.reason === CallbackReason.SUBMIT_ERROR) {
      throw new ServiceError(
        'ORS_REQUEST_FAILED',
        `ORS request failed: the service '${id}' could not be started.`,
      );
    }
    // One that has ended is not started again; its reply is remembered as long as the key.
    const reply = isOpen(instance)
      ? await submit({ ...instance, sessionId })
      : await askToStart({ id, sessionId });
    return { instance: table.get(id) ?? instance, reply };
  };

  const callbackOf = (name: string, id: string): ServiceInstance | undefined => {
    const instance = table.get(id);
    return instance?.kind === 'callback' && instance.name === name ? instance : undefined;
  };

  return {
    get: (id) => table.get(id),
    bySession: (sessionId) => table.bySession(sessionId),

    async create(request) {
      const configured = deps.configured(request.name);
      if (configured === undefined || isCallbackService(configured) !== (request.scope === 'callback')) {
        throw new ServiceError(
          'SERVICE_UNKNOWN',
          `No ${request.scope === 'callback' ? 'callback service' : 'service'} '${request.name}' is configured.`,
        );
      }
      const now = clock.now();
      const { instance, userData } = newInstance(request, {
        configured,
        now,
        ids: deps.ids,
        node: deps.node,
      });
      const files = await storage.keep(request.files);
      const { key } = request;
      if (key !== undefined) {
        // Right before the commit: nothing may come in between.
        const earlier = createdEarlier(durable, { ...request, key });
        if (earlier !== undefined) {
          return repeated({ ...request, key }, earlier);
        }
      }
      const scheduled = instance.state === CallbackState.SCHEDULED;
      const submitAt = scheduled
        ? instance.desiredTime - executionBufferMs(instance.options)
        : now + 2 * deps.requestTimeoutMs;
      await durable.commit(
        joinBatches(
          table.putBatch(instance, now),
          storage.putBatch(instance.dataId, {
            values: userData,
            files,
            expiresAt: instance.expiresAt,
          }),
          { schedule: [expireTask(instance)] },
          key === undefined
            ? {}
            : { put: [createdRecord({ ...request, key }, { id: instance.id, scheduled, at: now })] },
          instance.sessionId === undefined ? {} : { schedule: [submitTask(instance, submitAt)] },
        ),
      );
      log.info(
        {
          serviceId: instance.id,
          sessionId: instance.sessionId,
          service: instance.name,
          state: instance.state,
        },
        'Service created.',
      );
      if (scheduled || instance.sessionId === undefined) {
        return { instance };
      }
      const reply = await submit({ ...instance, sessionId: instance.sessionId });
      return { instance: table.get(instance.id) ?? instance, reply };
    },

    async request(id, { id: requestId, name, data }) {
      const instance = table.get(id);
      if (instance === undefined) {
        throw new ServiceError('SERVICE_NOT_FOUND', `No service '${id}', or it has expired.`);
      }
      if (instance.sessionId === undefined) {
        throw new ServiceError(
          'SERVICE_REQUEST_REFUSED',
          `The service '${id}' has no session, and takes no request '${name}'.`,
        );
      }
      return sessions.request(instance.sessionId, {
        name,
        data,
        ...(requestId !== undefined && { id: requestId }),
        timeoutMs: deps.requestTimeoutMs,
      });
    },

    async cancel(name, id) {
      const instance = callbackOf(name, id);
      if (instance === undefined) {
        throw new ServiceError('CALLBACK_NOT_FOUND', `No such request to cancel: [${id}]`);
      }
      if (!isOpen(instance)) {
        throw new ServiceError(
          'CALLBACK_OPERATION_INVALID',
          `Request already cancelled or completed: [${id}]`,
        );
      }
      const begun = instance.state !== CallbackState.SCHEDULED;
      await durable.commit(
        joinBatches(complete(instance, CallbackReason.CANCELLED), begun ? tellToEnd(instance) : {}),
      );
    },

    async update(name, id, change) {
      const instance = callbackOf(name, id);
      if (instance === undefined) {
        throw new ServiceError('CALLBACK_NOT_FOUND', `No such request: [${id}]`);
      }
      const { changed, userData } = changedInstance(instance, change, clock.now());
      if (changed === undefined) {
        return;
      }
      const done = changed.state === CallbackState.COMPLETED;
      await durable.commit(
        joinBatches(
          done ? complete(changed, changed.reason) : table.putBatch(changed, clock.now()),
          Object.keys(userData).length === 0
            ? {}
            : storage.putBatch(changed.dataId, { values: userData, files: [], expiresAt: changed.expiresAt }),
          change.desiredTime === undefined
            ? {}
            : {
                schedule: [
                  submitTask(changed, changed.desiredTime - executionBufferMs(changed.options)),
                  expireTask(changed),
                ],
              },
        ),
      );
    },

    find: (query) => findInstances(query, { table, configured: deps.configured, names: deps.names }),

    async announce(id) {
      const instance = table.get(id);
      if (instance !== undefined && !instance.agentAnnounced) {
        await durable.commit(table.putBatch({ ...instance, agentAnnounced: true }, clock.now()));
      }
    },

    async remove(id) {
      const instance = table.get(id);
      if (instance === undefined) {
        throw new ServiceError('SERVICE_NOT_FOUND', `No service '${id}', or it has expired.`);
      }
      await durable.commit(
        joinBatches(
          table.removeBatch(instance),
          storage.removeBatch(instance.dataId),
          { cancel: [`${EXPIRE}.${id}`, `${SUBMIT}.${id}`] },
          isOpen(instance) ? tellToEnd(instance) : {},
        ),
      );
    },
  };
}

/** A callback begins this long before its desired time. genesys-facts 4.5. */
export function executionBufferMs(options: ServiceOptions): number {
  return Number(options._request_execution_time_buffer || 0) * 1000;
}

function submitTask(instance: ServiceInstance, dueAt: number): NonNullable<Batch['schedule']>[number] {
  const payload: Json = { id: instance.id, scheduled: instance.state === CallbackState.SCHEDULED };
  return { key: `${SUBMIT}.${instance.id}`, kind: SUBMIT, payload, dueAt };
}

function expireTask(instance: ServiceInstance): NonNullable<Batch['schedule']>[number] {
  const payload: Json = { id: instance.id };
  return {
    key: `${EXPIRE}.${instance.id}`,
    kind: EXPIRE,
    payload,
    dueAt: instance.expiresAt + EXPIRY_GRACE_MS,
  };
}

/** Ends a session that may have ended by itself in the meantime. */
async function endSession(sessions: Sessions, sessionId: string, reason: string): Promise<void> {
  await sessions.terminate(sessionId, reason).catch((error: unknown) => {
    if (!(error instanceof HostError) || error.code !== 'SESSION_NOT_FOUND') {
      throw error;
    }
  });
}

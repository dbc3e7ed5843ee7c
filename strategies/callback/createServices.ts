import { type Batch, type Durable, joinBatches, Once, StoreError } from '../../engine/durable/index.ts';
import { HostError, type SessionReply, type Sessions } from '../../engine/host/index.ts';
import type { Clock, Ids, Log } from '../../engine/ports/index.ts';
import type { StorageAreas } from '../storage/index.ts';
import { changedInstance } from './changedInstance.ts';
import { createCreation } from './creation.ts';
import { entryDocument, type Templates } from './entryDocument.ts';
import { ServiceError } from './errors.ts';
import { findInstances } from './findInstances.ts';
import { createInstanceTable } from './instanceTable.ts';
import type { ServiceOptions } from './options.ts';
import { CallbackReason, CallbackState, type ServiceInstance } from './serviceInstance.ts';
import type { Services } from './services.ts';
import { EXPIRE, executionBufferMs, expireTask, SUBMIT, submitTask } from './serviceTasks.ts';
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

const END = 'service.end';
/** A cancelled session has this long to tidy up behind itself. */
const END_GRACE_MS = 120_000;

/**
 * Service instances over the durable store.
 *
 * S1. An instance, its storage area and its tasks are one commit; the session starts after it, under an id
 *     fixed in it. A crash in between leaves the task SUBMIT, which says that the instance never started: at once
 *     where nobody can ask again, otherwise when the key's day is over.
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

  /**
   * Starts the session and asks it to `start`; on failure the instance ends with SUBMIT_ERROR. One whose request can
   * be repeated (`keyed`) goes on to wait for that where nothing was changed.
   */
  const submit = async (
    instance: ServiceInstance & { readonly sessionId: string },
    keyed = false,
  ): Promise<SessionReply> => {
    const { id, sessionId } = instance;
    try {
      const src = entryDocument(instance.name, instance.options, deps.templates);
      await sessions.start({ id: sessionId, src, params: sessionParams(instance, deps.urls()) });
      return await askToStart(instance);
    } catch (error) {
      const message = (error as Error).message;
      log.error({ serviceId: id, sessionId, err: error }, 'The session of a service did not start.');
      if (keyed && changedNothing(error)) {
        throw error;
      }
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

  const callbackOf = (name: string, id: string): ServiceInstance | undefined => {
    const instance = table.get(id);
    return instance?.kind === 'callback' && instance.name === name ? instance : undefined;
  };

  return {
    get: (id) => table.get(id),
    bySession: (sessionId) => table.bySession(sessionId),

    ...createCreation({ ...deps, table, once: new Once({ durable, clock }), submit, askToStart }),

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
        await durable.whenDurable();
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
        return durable.whenDurable();
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
      const isNews = instance !== undefined && !instance.agentAnnounced;
      await durable.commit(isNews ? table.putBatch({ ...instance, agentAnnounced: true }, clock.now()) : {});
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

function changedNothing(error: unknown): boolean {
  return error instanceof StoreError || (error instanceof HostError && error.code === 'ENGINE_UNAVAILABLE');
}

/** Ends a session that may have ended by itself in the meantime. */
async function endSession(sessions: Sessions, sessionId: string, reason: string): Promise<void> {
  await sessions.terminate(sessionId, reason).catch((error: unknown) => {
    if (!(error instanceof HostError) || error.code !== 'SESSION_NOT_FOUND') {
      throw error;
    }
  });
}

import { DEFAULT_RETENTION, joinBatches, keyedBy, type Once } from '../../engine/durable/index.ts';
import { HostError, type SessionReply } from '../../engine/host/index.ts';
import type { Clock, Ids, Log } from '../../engine/ports/index.ts';
import type { StorageAreas } from '../storage/index.ts';
import { ServiceError } from './errors.ts';
import type { InstanceTable } from './instanceTable.ts';
import { newInstance } from './newInstance.ts';
import { isCallbackService, type ServiceOptions } from './options.ts';
import { CallbackReason, CallbackState, type ServiceInstance } from './serviceInstance.ts';
import type { Services, ServiceUse } from './services.ts';
import { executionBufferMs, expireTask, submitTask } from './serviceTasks.ts';

/** What a key remembers of a creation. */
interface Created {
  readonly id: string;
  /** It was answered without a session, which starts later. */
  readonly scheduled: boolean;
}

type StartedInstance = ServiceInstance & { readonly sessionId: string };

export interface CreationDeps {
  readonly once: Once;
  readonly table: InstanceTable;
  readonly storage: StorageAreas;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  /** Options of the configured services. */
  readonly configured: (name: string) => ServiceOptions | undefined;
  /** First part of every service id. */
  readonly node: number;
  /** ms for a session's answer. */
  readonly requestTimeoutMs: number;
  /** Starts the session and asks it to `start`; repeated, the same session, and its answer. */
  readonly submit: (instance: StartedInstance, keyed: boolean) => Promise<SessionReply>;
  /** The answer of one that was started. */
  readonly askToStart: (instance: Pick<StartedInstance, 'id' | 'sessionId'>) => Promise<SessionReply>;
}

/**
 * Makes instances. S1 and S3 of createServices: the instance and the request's key are one commit; what comes after
 * it is done once, so that a repetition goes on wherever the first request was broken off.
 */
export function createCreation(deps: CreationDeps): Pick<Services, 'create' | 'repeat'> {
  const { once, table, storage, clock, log } = deps;
  const keyedOf = ({ scope, name, key }: ServiceUse) => keyedBy(key, 'service.create', scope, name);

  /** As a request was answered that made this, or would have been: the first one or a repetition. */
  const answer = async (created: Created, keyed: boolean): ReturnType<Services['create']> => {
    const { id } = created;
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
    const ended = instance.state === CallbackState.COMPLETED;
    const reply = ended
      ? await deps.askToStart({ id, sessionId }).catch(neverStarted(instance))
      : await deps.submit({ ...instance, sessionId }, keyed);
    return { instance: table.get(id) ?? instance, reply };
  };

  /** When it is looked whether the session was started: one whose request may be repeated waits for that. */
  const submitAt = ({ state, desiredTime, options }: ServiceInstance, keyed: boolean): number => {
    if (state === CallbackState.SCHEDULED) {
      return desiredTime - executionBufferMs(options);
    }
    return clock.now() + (keyed ? DEFAULT_RETENTION.replyMs : 2 * deps.requestTimeoutMs);
  };

  return {
    async repeat(use) {
      const keyed = keyedOf(use);
      const earlier = keyed === undefined ? undefined : await once.earlier<Created>(keyed);
      return earlier === undefined ? undefined : answer(earlier.answer, true);
    },

    async create(request) {
      const configured = deps.configured(request.name);
      if (configured === undefined || isCallbackService(configured) !== (request.scope === 'callback')) {
        throw new ServiceError(
          'SERVICE_UNKNOWN',
          `No ${request.scope === 'callback' ? 'callback service' : 'service'} '${request.name}' is configured.`,
        );
      }
      const now = clock.now();
      const { ids, node } = deps;
      const { instance, userData } = newInstance(request, { configured, now, ids, node });
      const { id, sessionId, dataId, expiresAt, state } = instance;
      const files = await storage.keep(request.files);
      const keyed = keyedOf(request);
      const created = await once.commit(keyed, () => ({
        batch: joinBatches(
          table.putBatch(instance, now),
          storage.putBatch(dataId, { values: userData, files, expiresAt }),
          { schedule: [expireTask(instance)] },
          sessionId === undefined
            ? {}
            : { schedule: [submitTask(instance, submitAt(instance, keyed !== undefined))] },
        ),
        answer: { id, scheduled: state === CallbackState.SCHEDULED },
      }));
      if (created.id === id) {
        log.info({ serviceId: id, sessionId, service: instance.name, state }, 'Service created.');
      }
      return answer(created, keyed !== undefined);
    },
  };
}

/** Cancelled, or its time over, while it waited for the repetition that would have started it. */
function neverStarted({ id, reason }: ServiceInstance): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof HostError) || error.code !== 'SESSION_NOT_FOUND') throw error;
    throw new ServiceError(
      'ORS_REQUEST_FAILED',
      `ORS request failed: the service '${id}' ended before it was started (${reason}).`,
      { cause: error },
    );
  };
}

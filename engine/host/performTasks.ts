import type { Durable, TaskInfo } from '../durable/index.ts';
import { type Clock, type HttpClient, type Json, type Log, ownId, type SessionId } from '../ports/index.ts';
import { type EventDelivery, ignoreGone } from './eventDelivery.ts';
import type { HeldSessions } from './heldSessions.ts';
import { HostError } from './hostError.ts';
import type { Lineages } from './lineages.ts';
import type { LiveSessions } from './liveSessions.ts';
import { performInvoke, performUninvoke } from './performInvokes.ts';
import type { ModulePerformers } from './performModules.ts';
import { performHttpSend, performSend } from './performSends.ts';
import { performSessionStart, performSessionTerminate, performSessionUpdateStart } from './sessionModule.ts';
import { readSession } from './sessionRecord.ts';
import type { SessionSteps } from './sessionSteps.ts';
import type { SessionTaskKind, SessionTaskPayloads } from './sessionTasks.ts';
import { parkBatch } from './setAside.ts';
import type { SessionStarter } from './startSession.ts';

/** Module elements performed at the same time: most of them wait for an answer from outside. */
const MAX_RUNNING_MODULES = 4_096;
const MAX_RUNNING_HTTP_SENDS = 1_024;

interface TaskDeps {
  readonly durable: Durable;
  readonly clock: Clock;
  readonly log: Log;
  readonly http: HttpClient;
  readonly live: LiveSessions;
  readonly steps: SessionSteps;
  readonly held: HeldSessions;
  readonly starter: SessionStarter;
  readonly delivery: EventDelivery;
  readonly lineages: Lineages;
  readonly modules: ModulePerformers;
}

/** Registers a performer for each kind of session task, and for the elements of module `session`. */
export function performSessionTasks(deps: TaskDeps): void {
  const { durable, live, held, starter, delivery, modules } = deps;
  const on: OnSessionTask = (kind, perform, maxRunning) => {
    // Repeated until they succeed: committed effects must happen, even if the store is unavailable for a long
    // time.
    const maxAttempts = Number.POSITIVE_INFINITY;
    const options = maxRunning === undefined ? { maxAttempts } : { maxAttempts, maxRunning };
    durable.onTask(kind, unlessSetAside(kind, perform, deps), options);
  };
  on('session.begin', ({ sessionId }) => ignoreGone(starter.startScheduled(sessionId)));
  on('session.timer', ({ sessionId, timer }, { key }) => {
    const request = { input: { kind: 'timer' as const, key: timer }, consumes: key };
    return ignoreGone(live.run(sessionId, (session) => held.step(session, request)));
  });
  on('session.continue', ({ sessionId }) => {
    return ignoreGone(live.run(sessionId, (session) => held.step(session, { input: { kind: 'continue' } })));
  });
  on('session.release', ({ sessionId }) => held.release(sessionId));
  on('session.event', ({ sessionId, event }, { key }) => delivery.offer(sessionId, event, key));
  on('session.send', (payload) => performSend(payload, deps));
  on('session.http', (payload) => performHttpSend(payload, deps), MAX_RUNNING_HTTP_SENDS);
  on('session.invoke', (payload) => performInvoke(payload, deps));
  on('session.uninvoke', (payload) => performUninvoke(payload, deps));
  on('session.module', (payload, task) => modules.perform(payload, task), MAX_RUNNING_MODULES);
  modules.register('session.start', (call) => performSessionStart(call, deps));
  modules.register('session.updatestart', (call) => performSessionUpdateStart(call, deps));
  modules.register('session.terminate', (call) => performSessionTerminate(call, deps));
}

type PerformTask<Kind extends SessionTaskKind> = (
  payload: SessionTaskPayloads[Kind],
  task: TaskInfo,
) => Promise<void>;

type OnSessionTask = <Kind extends SessionTaskKind>(
  kind: Kind,
  perform: PerformTask<Kind>,
  maxRunning?: number,
) => void;

/** Performs a task. If its session is set aside, stores the task with the session. */
function unlessSetAside<Kind extends SessionTaskKind>(
  kind: Kind,
  perform: PerformTask<Kind>,
  deps: TaskDeps,
): PerformTask<Kind> {
  return async (payload, task) => {
    try {
      await perform(payload, task);
    } catch (error) {
      if (!(error instanceof HostError) || error.code !== 'SESSION_SET_ASIDE') throw error;
      const sessionId = ownId<SessionId>(error.detail);
      await park(sessionId, { kind, key: task.key, payload: payload as unknown as Json }, deps);
    }
  };
}

/** In the mailbox, so that the session is still set aside. If it is not any more, the task is tried again. */
function park(
  sessionId: SessionId,
  task: { readonly kind: string; readonly key: string; readonly payload: Json },
  { durable, clock, live }: TaskDeps,
): Promise<void> {
  const work = async (): Promise<void> => {
    if (readSession(durable, sessionId)?.status !== 'setAside') {
      throw new HostError('SESSION_SET_ASIDE', sessionId);
    }
    await durable.commit(parkBatch(sessionId, task, clock.now()));
  };
  return live.run(sessionId, work, { urgent: true });
}

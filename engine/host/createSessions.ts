import {
  type Batch,
  DEFAULT_RETENTION,
  type Durable,
  joinBatches,
  type Retention,
  type TaskInfo,
} from '../durable/index.ts';
import type { Limits } from '../interpreter/index.ts';
import type { Clock, FetchText, HttpClient, Ids, Json, Log } from '../ports/index.ts';
import { createDeliver, ignoreGone } from './deliver.ts';
import type { HostEngine } from './hostEngine.ts';
import { HostError } from './hostError.ts';
import { createLiveSessions, DEFAULT_MAX_MAILBOX_LENGTH, type HeapLimit } from './liveSessions.ts';
import { performInvoke, performUninvoke } from './performInvokes.ts';
import { createModules } from './performModules.ts';
import { performHttpSend, performSend } from './performSends.ts';
import { createPrograms } from './programs.ts';
import { createReplies } from './replies.ts';
import { createSessionLists } from './sessionLists.ts';
import { performSessionStart, performSessionTerminate } from './sessionModule.ts';
import { readSession, SESSION } from './sessionRecord.ts';
import { createSessionSteps } from './sessionSteps.ts';
import type { AdministeredSessions, SessionEnd } from './sessions.ts';
import { eventBatch, type SessionTaskKind, type SessionTaskPayloads } from './sessionTasks.ts';
import { parkBatch } from './setAside.ts';
import { createStart } from './startSession.ts';

/** Sessions held in memory; the others come back from their snapshots. */
export const DEFAULT_MAX_LIVE_SESSIONS = 10_000;
/** Module elements performed at the same time: most of them wait for an answer from outside. */
const MAX_RUNNING_MODULES = 4_096;
const MAX_RUNNING_HTTP_SENDS = 1_024;

export interface SessionsDeps {
  readonly durable: Durable;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly fetchText: FetchText;
  readonly http: HttpClient;
  /** The server's own base URL, without a slash at its end; known only once it listens. */
  readonly baseUrl: () => string;
  readonly limits?: Partial<Limits>;
  readonly engine: HostEngine;
  readonly retention?: Partial<Retention>;
  readonly maxLiveSessions?: number;
  /** Sessions leave memory when the process uses more of it. */
  readonly heap?: HeapLimit;
  readonly maxMailboxLength?: number;
}

/**
 * Sessions over Durable. It registers its kinds of tasks at once, so make it before durable.start(); sessions
 * of an earlier process come back when a task or a caller has something for them.
 */
export function createSessions(deps: SessionsDeps): AdministeredSessions {
  const { durable, clock, ids, log, baseUrl, engine } = deps;
  const retention = { ...DEFAULT_RETENTION, ...deps.retention };
  const endListeners: ((end: SessionEnd) => Batch)[] = [];
  const live = createLiveSessions({
    sessions: deps.maxLiveSessions ?? DEFAULT_MAX_LIVE_SESSIONS,
    mailboxLength: deps.maxMailboxLength ?? DEFAULT_MAX_MAILBOX_LENGTH,
    ...(deps.heap !== undefined && { heap: deps.heap }),
  });
  const programs = createPrograms({
    durable,
    fetchText: deps.fetchText,
    compileProgram: engine.compileProgram,
  });
  const replies = createReplies({ durable, clock });
  const steps = createSessionSteps({
    ...{ durable, clock, ids, log, engine, programs, replies, retention, baseUrl },
    limits: deps.limits,
    ended: (end) => joinBatches(...endListeners.map((listener) => listener(end))),
  });
  const deliver = createDeliver(live, steps);
  const start = createStart({ durable, programs, live, steps });
  const modules = createModules({ deliver, log });
  const performing = { durable, deliver, http: deps.http, start, live, steps, log };

  /** These go on until they succeed: what a session has committed must happen, however long the store is away. */
  function onTask<Kind extends SessionTaskKind>(
    kind: Kind,
    perform: (payload: SessionTaskPayloads[Kind], task: TaskInfo) => Promise<void>,
    maxRunning?: number,
  ): void {
    const options = {
      maxAttempts: Number.POSITIVE_INFINITY,
      ...(maxRunning !== undefined && { maxRunning }),
    };
    durable.onTask<SessionTaskPayloads[Kind]>(
      kind,
      async (payload, task) => {
        try {
          await perform(payload, task);
        } catch (error) {
          if (!(error instanceof HostError) || error.code !== 'SESSION_SET_ASIDE') throw error;
          await park(error.detail, { kind, key: task.key, payload: payload as unknown as Json });
        }
      },
      options,
    );
  }

  /** In the mailbox: the session is still set aside when its task is put beside it, or the task goes again. */
  function park(sessionId: string, task: { kind: string; key: string; payload: Json }): Promise<void> {
    return live.run(
      sessionId,
      async () => {
        if (readSession(durable, sessionId)?.status !== 'setAside') {
          throw new HostError('SESSION_SET_ASIDE', sessionId);
        }
        await durable.commit(parkBatch(sessionId, task, clock.now()));
      },
      { urgent: true },
    );
  }

  onTask('session.begin', ({ sessionId }) => ignoreGone(live.run(sessionId, steps.begin)));
  onTask('session.timer', ({ sessionId, timer }, { key }) => {
    const input = { kind: 'timer' as const, key: timer };
    return ignoreGone(live.run(sessionId, (session) => steps.step(session, { input, consumes: key })));
  });
  onTask('session.continue', ({ sessionId }) =>
    ignoreGone(live.run(sessionId, (session) => steps.step(session, { input: { kind: 'continue' } }))),
  );
  onTask('session.event', ({ sessionId, event }, { key }) => deliver.offer(sessionId, event, key));
  onTask('session.send', (payload) => performSend(payload, performing));
  onTask('session.http', (payload) => performHttpSend(payload, performing), MAX_RUNNING_HTTP_SENDS);
  onTask('session.invoke', (payload) => performInvoke(payload, performing));
  onTask('session.uninvoke', (payload) => performUninvoke(payload, performing));
  onTask('session.module', modules.perform, MAX_RUNNING_MODULES);
  modules.register('session.start', (call) => performSessionStart(call, performing));
  modules.register('session.terminate', (call) => performSessionTerminate(call, performing));

  return {
    async start(request) {
      const sessionId = request.id ?? ids.session();
      if (!URL.canParse(request.src, baseUrl())) throw new HostError('DOCUMENT_UNREACHABLE', request.src);
      const { params, idealTime, alongside } = request;
      await start({
        sessionId,
        source: { kind: 'url', url: new URL(request.src, baseUrl()) },
        idealTime,
        ...(params !== undefined && { params }),
        ...(alongside !== undefined && { alongside }),
      });
      return { sessionId };
    },

    publish: deliver.publish,

    async request(sessionId, { name, data, id, timeoutMs }) {
      const requestId = id ?? ids.uuid();
      if (id !== undefined) {
        // In the mailbox: a reply can be read as soon as its step is on its way to the disk.
        const earlier = await live.run(sessionId, async () => replies.stored(sessionId, requestId));
        if (earlier !== undefined) return earlier;
      }
      const answer = replies.wait(sessionId, requestId, timeoutMs);
      const event = { name, data, sendid: requestId, ...(id !== undefined && { id }) };
      deliver.publish(sessionId, event).then(
        () => {
          // A repetition for a session that ended meanwhile: nobody is left to answer.
          if (!replies.isWaited(sessionId, requestId)) return;
          if (readSession(durable, sessionId)?.endedAt !== undefined) replies.endSession(sessionId);
        },
        (error: unknown) => replies.reject(sessionId, requestId, error),
      );
      return answer;
    },

    terminate: (sessionId, reason) =>
      live.run(sessionId, (session) => steps.terminate(session, { reason, quiet: false }), { urgent: true }),

    retry: (sessionId) => live.run(sessionId, steps.retry, { urgent: true }),

    // In the mailbox: a start that is on its way to the disk may yet fail.
    exists: (sessionId) => live.run(sessionId, async () => durable.has(SESSION, sessionId)),

    query: (sessionId) => live.run(sessionId, steps.view),

    ...createSessionLists(durable),
    eventBatch: (sessionId, event, dueAt) => eventBatch(sessionId, event, { dueAt }),
    onModule: modules.register,

    onEnded(listener) {
      endListeners.push(listener);
    },
  };
}

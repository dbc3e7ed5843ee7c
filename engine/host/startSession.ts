import type { Batch, Durable } from '../durable/index.ts';
import { isDeeperThan, MAX_DATA_DEPTH, type StartOptions } from '../interpreter/index.ts';
import type { Json } from '../ports/index.ts';
import { HostError } from './hostError.ts';
import type { LiveSessions } from './liveSessions.ts';
import type { ProgramSource, Programs } from './programs.ts';
import { SESSION } from './sessionRecord.ts';
import type { SessionSteps } from './sessionSteps.ts';

export interface SessionStart {
  readonly sessionId: string;
  readonly source: ProgramSource;
  readonly params?: NonNullable<StartOptions['params']>;
  readonly idealTime?: number | undefined;
  readonly parent?: StartOptions['parent'];
  readonly starter?: string;
  readonly alongside?: Batch;
}

/**
 * Starts a session of a document: loads it, then makes the session in its mailbox. An id that exists is left
 * as it is, so that every start may be repeated. Rejects with DATA_TOO_DEEP, and as Programs.load does.
 */
export type Start = (start: SessionStart) => Promise<void>;

export function createStart(deps: {
  readonly durable: Durable;
  readonly programs: Programs;
  readonly live: LiveSessions;
  readonly steps: SessionSteps;
}): Start {
  const { durable, programs, live, steps } = deps;
  return async ({ sessionId, source, params = {}, idealTime, parent, starter, alongside = {} }) => {
    if (durable.has(SESSION, sessionId)) return live.run(sessionId, async () => {});
    if (isDeeperThan(MAX_DATA_DEPTH + 1, params as Json)) throw new HostError('DATA_TOO_DEEP', sessionId);
    const program = await programs.load(source);
    await live.run(sessionId, (session) =>
      steps.create(session, { sessionId, program, params, idealTime, parent, starter, alongside }),
    );
  };
}

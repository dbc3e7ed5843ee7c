import type { TestSession } from '../testSession.ts';

/** The sessions that a fake can reach. */
export interface ReachedSessions {
  find(id: string): TestSession | undefined;
}

/** The running session of an id. */
export function runningSession(sessions: ReachedSessions, id: string | undefined): TestSession | undefined {
  const session = id === undefined ? undefined : sessions.find(id);
  return session?.isRunning ? session : undefined;
}

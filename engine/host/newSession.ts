import type { Batch } from '../durable/index.ts';
import type { StartOptions } from '../interpreter/index.ts';
import type { HostedProgram } from './hostEngine.ts';
import type { SessionRecord } from './sessionRecord.ts';

/** A session to be made. */
export interface NewSession {
  readonly sessionId: string;
  readonly program: HostedProgram;
  readonly params: NonNullable<StartOptions['params']>;
  /** ms since epoch; ahead of now: the session is scheduled. */
  readonly idealTime: number | undefined;
  readonly parent: StartOptions['parent'] | undefined;
  readonly starter: string | undefined;
  /** Belongs into the commit that makes it. */
  readonly alongside: Batch;
}

/** Its record before it begins. */
export function newRecord(session: NewSession, now: number): SessionRecord {
  const { document } = session.program;
  return {
    sessionId: session.sessionId,
    src: document.url,
    documentHash: document.hash,
    dialect: document.dialect,
    persist: document.persist,
    status: 'scheduled',
    startedAt: now,
    configuration: [],
    ...(session.parent !== undefined && { parent: session.parent }),
    ...(session.starter !== undefined && { starter: session.starter }),
  };
}

/** What the store says of a session whose state it does not hold. */
export function runningRecord(record: SessionRecord): SessionRecord {
  const { params: _, ...lasting } = record;
  return { ...lasting, status: 'running' };
}

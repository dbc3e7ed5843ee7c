import type { InvokedSnapshot } from './contract.ts';
import type { Family } from './family.ts';
import { InvokedSession, type InvokingSession, type OpenedSession } from './invokedSession.ts';

/** The sessions that one session invoked and that have not ended. */
export class InvokedSessions {
  readonly #invoking: InvokingSession;
  readonly #family: Family;
  #sessions: Map<string, InvokedSession> | undefined;

  constructor(invoking: InvokingSession, family: Family) {
    this.#invoking = invoking;
    this.#family = family;
  }

  add(snapshot: InvokedSnapshot): void {
    const session = new InvokedSession(this.#invoking, this.#family, snapshot);
    this.#sessions ??= new Map();
    this.#sessions.set(session.id, session);
    this.#family.add(session.id, session);
    session.open();
  }

  /** The sessions whose documents are read, by the ids of their invokes. */
  opened(): ReadonlyMap<string, OpenedSession> {
    const found = new Map<string, OpenedSession>();
    for (const { invokeId, session } of this.#sessions?.values() ?? []) {
      if (session !== undefined) found.set(invokeId, session);
    }
    return found;
  }

  /** The invoke was cancelled. */
  cancel(id: string): void {
    this.#sessions?.get(id)?.cancel();
  }

  /** The session has ended. */
  remove(id: string): void {
    this.#sessions?.delete(id);
  }

  snapshots(): readonly InvokedSnapshot[] {
    return Array.from(this.#sessions?.values() ?? [], (session) => session.snapshot());
  }
}

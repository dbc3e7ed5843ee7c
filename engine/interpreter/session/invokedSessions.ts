import type { InvokedSnapshot } from './contract.ts';
import type { Family } from './family.ts';
import { InvokedSession, type InvokingSession } from './invokedSession.ts';

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

import type { AnyActorRef, Snapshot as XStateSnapshot } from 'xstate';
import { defined } from '../../ports/index.ts';
import type { InvokedStart } from '../index.ts';
import type { ScxmlActorEvent } from './actorEvent.ts';

export interface PersistedActor extends InvokedStart {
  /** Events that came while its document was being read. */
  readonly waiting?: readonly ScxmlActorEvent[];
  /** Absent: the actor had not started. */
  readonly snapshot?: XStateSnapshot<unknown>;
}

/** The actor of an invoked session. */
export interface InvokedActor {
  readonly ref: AnyActorRef;
  start(): void;
  stop(): void;
  persisted(): XStateSnapshot<unknown>;
}

interface Entry {
  readonly start: PersistedActor;
  /** Absent while the document is being read. */
  actor?: InvokedActor;
  readonly waiting: ScxmlActorEvent[];
}

/** The actors of the sessions that one session invoked. An entry exists from the invoke on. */
export class InvokedActors {
  readonly #entries = new Map<string, Entry>();

  /** `started`: sessions that are opened when their invoking actor starts. Until then they are persisted. */
  constructor(started: readonly PersistedActor[] = []) {
    for (const start of started) this.#entries.set(start.id, { start, waiting: [...(start.waiting ?? [])] });
  }

  /**
   * `open` reads the document and makes the actor. It returns undefined after it told the invoking actor of a
   * failure.
   */
  add(start: PersistedActor, open: () => Promise<InvokedActor | undefined>): void {
    const entry: Entry = { start, waiting: [...(start.waiting ?? [])] };
    this.#entries.set(start.id, entry);
    void open().then((actor) => {
      if (!actor) {
        this.remove(start.id);
        return;
      }
      // The invoke was cancelled in the meantime.
      if (this.#entries.get(start.id) !== entry) {
        actor.stop();
        return;
      }
      entry.actor = actor;
      actor.start();
      for (const event of entry.waiting.splice(0)) actor.ref.send(event);
    });
  }

  has(id: string): boolean {
    return this.#entries.has(id);
  }

  /** False when no invoked session has the id. */
  send(id: string, event: ScxmlActorEvent): boolean {
    const entry = this.#entries.get(id);
    if (!entry) return false;
    if (entry.actor) entry.actor.ref.send(event);
    else entry.waiting.push(event);
    return true;
  }

  /** Stops the actor and removes it. */
  remove(id: string): void {
    const entry = this.#entries.get(id);
    this.#entries.delete(id);
    entry?.actor?.stop();
  }

  /** Removes an actor that has stopped by itself. */
  forget(id: string): void {
    this.#entries.delete(id);
  }

  persisted(): readonly PersistedActor[] {
    return [...this.#entries.values()].map(({ start, actor, waiting }) => {
      const { id, invokeId, source, params } = start;
      return {
        id,
        invokeId,
        source,
        params,
        ...defined({
          waiting: waiting.length > 0 ? [...waiting] : undefined,
          snapshot: actor?.persisted() ?? start.snapshot,
        }),
      };
    });
  }
}

import type { AnyActorRef, Snapshot as XStateSnapshot } from 'xstate';
import type { InvokedStart } from '../index.ts';
import type { ScxmlActorEvent } from './actorEvent.ts';

export interface PersistedChild extends InvokedStart {
  /** What came for it while its document was being read. */
  readonly waiting?: readonly ScxmlActorEvent[];
  /** Absent: it had not started. */
  readonly snapshot?: XStateSnapshot<unknown>;
}

/** An actor of an invoked session. */
export interface ChildActor {
  readonly ref: AnyActorRef;
  start(): void;
  stop(): void;
  persisted(): XStateSnapshot<unknown>;
}

interface Child {
  readonly start: PersistedChild;
  actor?: ChildActor;
  /** Came while the document was being read. */
  readonly waiting: ScxmlActorEvent[];
}

/** The invoked sessions of one actor, from the moment of the invoke on. */
export class RunningChildren {
  readonly #children = new Map<string, Child>();

  /** `open` reads the document and makes the actor; undefined when it told its parent that it could not. */
  add(start: PersistedChild, open: () => Promise<ChildActor | undefined>): void {
    const child: Child = { start, waiting: [...(start.waiting ?? [])] };
    this.#children.set(start.id, child);
    void open().then((actor) => {
      if (!actor) {
        this.remove(start.id);
        return;
      }
      // Its invoke was cancelled meanwhile.
      if (this.#children.get(start.id) !== child) {
        actor.stop();
        return;
      }
      child.actor = actor;
      actor.start();
      for (const event of child.waiting.splice(0)) actor.ref.send(event);
    });
  }

  has(id: string): boolean {
    return this.#children.has(id);
  }

  /** False when it has no such child. */
  send(id: string, event: ScxmlActorEvent): boolean {
    const child = this.#children.get(id);
    if (!child) return false;
    if (child.actor) child.actor.ref.send(event);
    else child.waiting.push(event);
    return true;
  }

  remove(id: string): void {
    const child = this.#children.get(id);
    this.#children.delete(id);
    child?.actor?.stop();
  }

  forget(id: string): void {
    this.#children.delete(id);
  }

  persisted(): readonly PersistedChild[] {
    return [...this.#children.values()].map(({ start, actor, waiting }) => {
      const snapshot = actor?.persisted() ?? start.snapshot;
      const { id, invokeId, source, params } = start;
      return {
        id,
        invokeId,
        source,
        params,
        ...(waiting.length > 0 && { waiting: [...waiting] }),
        ...(snapshot && { snapshot }),
      };
    });
  }
}

import type { SessionId } from '../ports/index.ts';
import type { TellOfSteps } from './debugging.ts';
import type { StepEvent, TakenStep } from './takenStep.ts';

/** Those who are told of the steps of sessions, and hold none of them. */
export class StepWatchers {
  readonly #watchers = new Map<SessionId, Set<TellOfSteps>>();

  /** Returns a function that ends the watch. */
  add(sessionId: SessionId, tell: TellOfSteps): () => void {
    const watchers = this.#watchers.get(sessionId) ?? new Set();
    this.#watchers.set(sessionId, watchers);
    watchers.add(tell);
    return () => {
      watchers.delete(tell);
      if (watchers.size === 0 && this.#watchers.get(sessionId) === watchers) this.#watchers.delete(sessionId);
    };
  }

  has(sessionId: SessionId): boolean {
    return this.#watchers.has(sessionId);
  }

  taken(sessionId: SessionId, step: TakenStep): void {
    this.#tell(sessionId, { kind: 'step', step });
  }

  ended(sessionId: SessionId, end: Omit<Extract<StepEvent, { readonly kind: 'ended' }>, 'kind'>): void {
    this.#tell(sessionId, { kind: 'ended', ...end });
  }

  #tell(sessionId: SessionId, event: StepEvent): void {
    for (const tell of this.#watchers.get(sessionId) ?? []) tell(event);
  }
}

import type { Effect } from '../effects.ts';
import type { StepRecord } from '../execution.ts';
import type { EffectListener, EndListener, RecordListener, Session } from './contract.ts';

/**
 * The listeners of one session. Those for effects and records also hear the sessions that it invokes. A
 * listener that throws stops nothing: throwFault() throws its error later.
 */
export class SessionListeners {
  readonly #invoking: SessionListeners | undefined;
  #effect: Set<EffectListener> | undefined;
  #record: Set<RecordListener> | undefined;
  #end: Set<EndListener> | undefined;
  #fault: { readonly error: unknown } | undefined;

  /** `invoking`: the listeners of the session that invoked this one. */
  constructor(invoking: SessionListeners | undefined) {
    this.#invoking = invoking;
  }

  /** Each `on` method returns a function that removes the listener. */
  onEffect(listener: EffectListener): () => void {
    this.#effect ??= new Set();
    return addTo(this.#effect, listener);
  }

  onRecord(listener: RecordListener): () => void {
    this.#record ??= new Set();
    return addTo(this.#record, listener);
  }

  onEnd(listener: EndListener): () => void {
    this.#end ??= new Set();
    return addTo(this.#end, listener);
  }

  get hearsEffects(): boolean {
    return isFilled(this.#effect) || (this.#invoking?.hearsEffects ?? false);
  }

  get hearsRecords(): boolean {
    return isFilled(this.#record) || (this.#invoking?.hearsRecords ?? false);
  }

  tellEffect(effect: Effect, session: Session): void {
    for (const listener of this.#effect ?? []) this.guard(() => listener(effect, session));
    this.#invoking?.tellEffect(effect, session);
  }

  tellRecord(record: StepRecord, session: Session): void {
    for (const listener of this.#record ?? []) this.guard(() => listener(record, session));
    this.#invoking?.tellRecord(record, session);
  }

  tellEnd(session: Session): void {
    for (const listener of this.#end ?? []) this.guard(() => listener(session));
  }

  /** Calls code of the user of this session. */
  guard(call: () => void): void {
    try {
      call();
    } catch (error) {
      this.#fault ??= { error };
    }
  }

  /** Throws the first error of guarded calls since the last time. */
  throwFault(): void {
    const fault = this.#fault;
    if (fault === undefined) return;
    this.#fault = undefined;
    throw fault.error;
  }
}

function addTo<T>(listeners: Set<T>, listener: T): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

function isFilled(listeners: ReadonlySet<unknown> | undefined): boolean {
  return listeners !== undefined && listeners.size > 0;
}

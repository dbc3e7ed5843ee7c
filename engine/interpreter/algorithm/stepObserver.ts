import type { Json } from '../../ports/index.ts';
import type { Document, StateNode, Transition } from '../document/model.ts';
import type { Effect } from '../effects.ts';
import type { ScxmlEvent } from '../event.ts';
import type { StepRecord } from '../execution.ts';
import { stateAt } from './hierarchy.ts';

/** Receives the actions of a step, in order. */
export interface StepObserver {
  eventTaken(event: ScxmlEvent): void;
  /** No transition takes the event. `refused`: the transitions for it whose conditions were false. */
  eventIgnored(event: ScxmlEvent, configuration: readonly string[], refused: readonly Transition[]): void;
  /** The condition of a transition was evaluated. A condition that cannot be evaluated is false. */
  guardEvaluated(transition: Transition, holds: boolean): void;
  stateExited(state: StateNode): void;
  transitionTaken(transition: Transition): void;
  stateEntered(state: StateNode): void;
  effectEmitted(effect: Effect): void;
  /** `event`: the error event of a fault in the document. */
  errorRaised(event: Pick<ScxmlEvent, 'name' | 'data'>): void;
  sessionFailed(reason: string): void;
}

export const NO_OBSERVER: StepObserver = {
  eventTaken() {},
  eventIgnored() {},
  guardEvaluated() {},
  stateExited() {},
  transitionTaken() {},
  stateEntered() {},
  effectEmitted() {},
  errorRaised() {},
  sessionFailed() {},
};

/** Writes each of them as a record. */
export class RecordingObserver implements StepObserver {
  readonly #document: Document;
  readonly #write: (record: StepRecord) => void;

  constructor(document: Document, write: (record: StepRecord) => void) {
    this.#document = document;
    this.#write = write;
  }

  eventTaken({ name, type, data }: ScxmlEvent): void {
    this.#write({ kind: 'event_processed', name, type, data });
  }

  eventIgnored({ name }: ScxmlEvent, configuration: readonly string[], refused: readonly Transition[]): void {
    const guards = refused.map(({ source, at, cond }) => ({
      source: stateAt(this.#document, source).id,
      line: cond?.at.line ?? at.line,
      column: cond?.at.column ?? at.column,
      file: cond?.at.file ?? at.file,
      cond: cond?.source ?? '',
    }));
    this.#write({ kind: 'event_ignored', name, configuration, guards });
  }

  guardEvaluated({ index }: Transition, holds: boolean): void {
    this.#write({ kind: 'guard', index, holds });
  }

  stateExited({ id }: StateNode): void {
    this.#write({ kind: 'state_exit', name: id });
  }

  transitionTaken({ index, source, targets, at }: Transition): void {
    const idOf = (state: number): string => stateAt(this.#document, state).id;
    const ids = targets.map(idOf);
    this.#write({ kind: 'transition', index, source: idOf(source), targets: ids, line: at.line });
  }

  stateEntered({ id }: StateNode): void {
    this.#write({ kind: 'state_enter', name: id });
  }

  effectEmitted(effect: Effect): void {
    if (effect.kind === 'log') this.#write({ kind: 'log', text: effect.text, label: effect.label });
    else this.#write({ kind: 'effect', effect: effect as unknown as Json });
  }

  errorRaised({ name, data }: Pick<ScxmlEvent, 'name' | 'data'>): void {
    this.#write({ kind: 'exec_error', event: name, data });
  }

  sessionFailed(reason: string): void {
    this.#write({ kind: 'failed', reason });
  }
}

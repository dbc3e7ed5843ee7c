import type { Document, Session, StateNode, StepRecord, Transition } from '../interpreter/index.ts';

/** One byte for each state and transition of the document: 1 when it was reached. */
export interface ReachedParts {
  readonly states: Uint8Array;
  readonly transitions: Uint8Array;
}

/** The states and transitions of a document that an exploration has reached. */
export class Reached {
  readonly #document: Document;
  readonly #states: Uint8Array;
  readonly #transitions: Uint8Array;
  /** Transitions by the fields of their record. */
  readonly #byRecord = new Map<string, number[]>();

  constructor(document: Document) {
    this.#document = document;
    this.#states = new Uint8Array(document.states.length);
    this.#transitions = new Uint8Array(document.transitions.length);
    for (const { index, source, targets, at } of document.transitions) {
      const idOf = (state: number): string => document.states[state]!.id;
      const key = recordKey(idOf(source), targets.map(idOf), at.line);
      this.#byRecord.set(key, [...(this.#byRecord.get(key) ?? []), index]);
    }
  }

  /** For another thread. */
  get parts(): ReachedParts {
    return { states: this.#states, transitions: this.#transitions };
  }

  merge({ states, transitions }: ReachedParts): void {
    for (const [index, isReached] of states.entries()) this.#states[index]! |= isReached;
    for (const [index, isReached] of transitions.entries()) this.#transitions[index]! |= isReached;
  }

  add(records: readonly (readonly [StepRecord, Session])[]): void {
    for (const [record, { document }] of records) {
      if (document !== this.#document) continue;
      if (record.kind === 'state_enter') this.#states[document.stateById.get(String(record.name))!] = 1;
      if (record.kind !== 'transition') continue;
      const targets = record.targets as readonly string[];
      const key = recordKey(String(record.source), targets, Number(record.line));
      for (const index of this.#byRecord.get(key) ?? []) this.#transitions[index] = 1;
    }
  }

  /** States that were never active. History states are none. */
  get missedStates(): readonly StateNode[] {
    return this.#document.states.filter(
      ({ index, kind }) => index !== 0 && kind !== 'history' && this.#states[index] === 0,
    );
  }

  /** Transitions of states that were never taken. Those of <initial> and <history> are none. */
  get missedTransitions(): readonly Transition[] {
    return this.#document.transitions.filter(({ index, source, events, cond, targets }) => {
      const { kind, transitions } = this.#document.states[source]!;
      const isOfState = kind !== 'history' && transitions.includes(index);
      return isOfState && (events || cond || targets.length > 0) && this.#transitions[index] === 0;
    });
  }
}

function recordKey(source: string, targets: readonly string[], line: number): string {
  return `${source} ${line} ${targets.join()}`;
}

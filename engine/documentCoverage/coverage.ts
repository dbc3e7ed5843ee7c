import type { Document, Session, StepRecord, Transition } from '../interpreter/index.ts';
import { transitionPairs } from './transitionPairs.ts';

/** Runs of one document, by the numbers of its states and transitions. */
export interface DocumentCoverage {
  readonly document: Document;
  /** How often each state was entered. The root and history states are not counted. */
  readonly states: ReadonlyMap<number, number>;
  /** How often each transition was taken. Those of <initial> and <history> are not counted. */
  readonly transitions: ReadonlyMap<number, number>;
  /** How often the condition of a transition was true and false. */
  readonly guards: ReadonlyMap<number, GuardCounts>;
  /** Pairs of transitions that can follow each other, and whether they did. */
  readonly pairs: ReadonlyMap<string, PairCount>;
}

export interface GuardCounts {
  readonly true: number;
  readonly false: number;
}

export interface PairCount {
  readonly first: number;
  readonly second: number;
  readonly count: number;
}

/** Counts what sessions pass: states, transitions, outcomes of conditions and pairs of transitions. */
export class Coverage {
  readonly #documents = new Map<string, CountedDocument>();
  /** By session: the last transition that made a state active, or kept it so. */
  readonly #last = new Map<string, Map<number, number>>();

  /** The documents of all sessions, in the order of their first records. */
  get documents(): readonly DocumentCoverage[] {
    return [...this.#documents.values()];
  }

  /** The next records of this id are of a new session. Absent: those of every id. */
  begin(session?: string): void {
    if (session === undefined) this.#last.clear();
    else this.#last.delete(session);
  }

  /** A RecordListener. */
  readonly record = (record: StepRecord, session: Session): void => {
    switch (record.kind) {
      case 'state_enter':
        this.#counted(session.document).enter(String(record.name));
        return;
      case 'guard':
        this.#counted(session.document).guard(Number(record.index), record.holds === true);
        return;
      case 'transition':
        this.#take(Number(record.index), session);
        return;
      default:
      // Other records are not counted.
    }
  };

  #take(index: number, session: Session): void {
    const counted = this.#counted(session.document);
    const last = this.#last.get(session.id) ?? new Map<number, number>();
    this.#last.set(session.id, last);
    counted.take(index, last.get(session.document.transitions[index]!.source));
    for (const state of counted.activeAfter(index)) last.set(state, index);
  }

  #counted(document: Document): CountedDocument {
    const known = this.#documents.get(document.hash);
    if (known) return known;
    const counted = new CountedDocument(document);
    this.#documents.set(document.hash, counted);
    return counted;
  }
}

class CountedDocument implements DocumentCoverage {
  readonly document: Document;
  readonly states: Map<number, number>;
  readonly transitions: Map<number, number>;
  readonly guards: Map<number, GuardCounts>;
  readonly pairs: Map<string, PairCount>;
  readonly #activeAfter: ReadonlyMap<number, ReadonlySet<number>>;

  constructor(document: Document) {
    const counted = countedTransitions(document);
    const { pairs, activeAfter } = transitionPairs(document, counted);
    const states = document.states.filter(({ index, kind }) => index > 0 && kind !== 'history');
    this.document = document;
    this.states = new Map(states.map(({ index }) => [index, 0]));
    this.transitions = new Map(counted.map(({ index }) => [index, 0]));
    this.guards = new Map(
      counted.filter(({ cond }) => cond !== undefined).map(({ index }) => [index, { true: 0, false: 0 }]),
    );
    this.pairs = new Map(pairs.map(([first, second]) => [keyOf(first, second), { first, second, count: 0 }]));
    this.#activeAfter = activeAfter;
  }

  /** The states that a transition makes active. */
  activeAfter(transition: number): Iterable<number> {
    return this.#activeAfter.get(transition) ?? [];
  }

  enter(id: string): void {
    const index = this.document.stateById.get(id);
    const count = this.states.get(index ?? -1);
    if (index !== undefined && count !== undefined) this.states.set(index, count + 1);
  }

  guard(index: number, holds: boolean): void {
    const counts = this.guards.get(index);
    if (!counts) return;
    const { true: yes, false: no } = counts;
    this.guards.set(index, holds ? { true: yes + 1, false: no } : { true: yes, false: no + 1 });
  }

  /** `before`: the last transition that made its source active. */
  take(index: number, before: number | undefined): void {
    const taken = this.transitions.get(index);
    if (taken === undefined) return;
    this.transitions.set(index, taken + 1);
    const key = keyOf(before ?? -1, index);
    const pair = this.pairs.get(key);
    if (pair) this.pairs.set(key, { ...pair, count: pair.count + 1 });
  }
}

/** The transitions that can be selected: not the defaults of <initial> and <history>. */
function countedTransitions({ states, transitions }: Document): readonly Transition[] {
  return states
    .filter(({ kind }) => kind !== 'history')
    .flatMap((state) => state.transitions.map((index) => transitions[index]!));
}

function keyOf(first: number, second: number): string {
  return `${first} ${second}`;
}

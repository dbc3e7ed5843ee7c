import { compileDatamodel, type DataSession, type Document, type Expression } from '../interpreter/index.ts';
import type { Found } from './findings.ts';
import { conditionsOf, type Property } from './surroundings.ts';
import type { Trial } from './trial.ts';
import { SESSION_ID } from './trial.ts';

/** Whether the conditions of properties hold in a state. */
export interface PropertyFacts {
  readonly condition: boolean;
  /** The second condition of leadsTo. */
  readonly to: boolean;
}

/** States whose facts are kept. At the limit all are dropped. */
const MAX_FACTS = 200_000;

const MET = 1;
/** A leadsTo waits for its second condition. */
const OPEN = 2;

const MISSED: { readonly [end in NonNullable<Found['end']>]: string } = {
  ended: 'the session ended before it was true',
  stuck: 'nothing leaves the states before it was true',
  loop: 'the last moves can repeat without end before it is true',
};

/** The properties of the author, watched from move to move. A watch is a number that is part of the state. */
export class Watches {
  readonly #document: Document;
  readonly #properties: readonly Property[];
  readonly #expressions: readonly Expression[];
  readonly #datamodel: ReturnType<typeof compileDatamodel> | undefined;
  readonly #facts = new Map<string, readonly PropertyFacts[]>();

  constructor(document: Document, properties: readonly Property[]) {
    this.#document = document;
    this.#properties = properties;
    const first = document.expressions.length;
    const sources = properties.flatMap(conditionsOf);
    this.#expressions = sources.map((source, index): Expression => {
      const at = { file: 'property', line: 1, column: 1 };
      return { slot: first + index, kind: 'condition', source, state: 0, at };
    });
    if (sources.length === 0) return;
    const expressions = [...document.expressions, ...this.#expressions];
    this.#datamodel = compileDatamodel({ ...document, expressions });
  }

  /**
   * The watches after a move, and the properties that do not hold. `document`: a hash of the document in its
   * state, by which conditions are evaluated once.
   */
  after(
    before: readonly number[],
    trial: Trial,
    document?: string,
  ): { readonly watches: readonly number[]; readonly found: readonly Found[] } {
    const facts = this.#factsIn(trial, document);
    if (facts === undefined) return { watches: before, found: [] };
    const { status } = trial;
    const found: Found[] = [];
    const watches = this.#properties.map((property, index) => {
      const { condition, to } = facts[index]!;
      const isBroken =
        (property.kind === 'invariant' && !condition) || (property.kind === 'never' && condition);
      if (isBroken) found.push(broken(property, `it is ${String(condition)}`));
      if (property.kind === 'eventually') return condition ? MET : before[index]!;
      if (property.kind !== 'leadsTo') return 0;
      if (to) return 0;
      return condition ? OPEN : before[index]!;
    });
    return {
      watches,
      found: status === 'running' ? found : [...found, ...this.missed(watches, 'ended')],
    };
  }

  /** Numbers of the properties that have to become true. */
  pending(watches: readonly number[]): readonly number[] {
    return [...this.#properties.keys()].filter((index) => this.#isPending(watches, index));
  }

  /** The finding that a property does not become true in a loop. */
  missedInLoop(index: number): Found {
    return { ...broken(this.#properties[index]!, MISSED.loop), end: 'loop' };
  }

  #isPending(watches: readonly number[], index: number): boolean {
    const { kind } = this.#properties[index]!;
    return (
      (kind === 'eventually' && watches[index] !== MET) || (kind === 'leadsTo' && watches[index] === OPEN)
    );
  }

  /** The properties that would still have to become true where a session ends, or where nothing leaves it. */
  missed(watches: readonly number[], end: NonNullable<Found['end']>): readonly Found[] {
    return this.pending(watches).map((index) => ({ ...broken(this.#properties[index]!, MISSED[end]), end }));
  }

  #factsIn(trial: Trial, document: string | undefined): readonly PropertyFacts[] | undefined {
    const { snapshot, configuration, now } = trial;
    if (this.#datamodel === undefined || snapshot === undefined) return undefined;
    const known = document === undefined ? undefined : this.#facts.get(document);
    if (known) return known;
    const facts = this.#factsOf(snapshot.execution.data, configuration, now);
    if (this.#facts.size >= MAX_FACTS) this.#facts.clear();
    if (document !== undefined) this.#facts.set(document, facts);
    return facts;
  }

  #factsOf(text: unknown, configuration: readonly string[], now: number): readonly PropertyFacts[] {
    const data = this.#datamodel!.open({
      sessionId: SESSION_ID,
      ioProcessors: {},
      ...(typeof text === 'string' ? { snapshot: text } : {}),
    });
    data.beginStep({ now, seed: 1, gas: 1_000_000 });
    data.setConfiguration(configuration);
    let next = this.#document.expressions.length;
    return this.#properties.map((property) => ({
      condition: holds(data, next++, property),
      to: property.kind === 'leadsTo' && holds(data, next++, property),
    }));
  }
}

function holds(data: DataSession, slot: number, { name, at }: Property): boolean {
  try {
    return data.condition(slot);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const place = at === undefined ? '' : `${at.file}:${at.line}:${at.column}: `;
    throw new Error(
      `${place}Expected a condition that can be evaluated in property '${name}', got: ${reason}`,
      { cause: error },
    );
  }
}

function broken({ kind, name, condition }: Property, why: string): Found {
  return {
    kind: 'property',
    key: name,
    message: `the property '${name}' (${kind}: ${condition}) does not hold: ${why}`,
  };
}

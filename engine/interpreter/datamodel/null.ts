import type { Json } from '../../ports/index.ts';
import type { Document } from '../document/model.ts';
import type { FigureQuestion } from '../figures.ts';
import type { CompileDatamodel, DataSession, RealmRequest } from './datamodel.ts';
import { DatamodelFault } from './fault.ts';

/**
 * The null data model (W3C SCXML B.1): no data; the only condition is In(id), with or without quotes. Other
 * code is a fault when it is evaluated.
 */
export const nullDatamodel: CompileDatamodel = (document: Document) => {
  const conditions = document.expressions.map((expression) => inPredicate(expression.source));
  return { open: () => new NullSession(conditions) };
};

const IN = /^\s*In\s*\(\s*(?:'([^']*)'|"([^"]*)"|([^\s'"(),]+))\s*\)\s*$/;

/** The state id of In(id), In('id') and In("id"); undefined for other text. */
export function inPredicate(source: string): string | undefined {
  const found = IN.exec(source);
  return found ? (found[1] ?? found[2] ?? found[3]) : undefined;
}

class NullSession implements DataSession {
  readonly usesConfiguration = true;
  readonly #conditions: readonly (string | undefined)[];
  #states: readonly string[] = [];

  constructor(conditions: readonly (string | undefined)[]) {
    this.#conditions = conditions;
  }

  beginStep(): void {}
  setEvent(): void {}
  setGenesys(): void {}
  enterScope(): void {}
  exitScope(): void {}

  setConfiguration(ids: readonly string[]): void {
    this.#states = ids;
  }

  condition(slot: number): boolean {
    const id = this.#conditions[slot];
    if (id === undefined) throw unavailable('conditions other than In(id)');
    return this.#states.includes(id);
  }

  value(): Json | undefined {
    throw unavailable('value expressions');
  }

  text(): string {
    throw unavailable('value expressions');
  }

  logText(): string {
    throw unavailable('value expressions');
  }

  openForeach(): ReturnType<DataSession['openForeach']> {
    throw unavailable('foreach');
  }

  assign(): void {
    throw unavailable('assign');
  }

  assignJson(): void {
    throw unavailable('assign');
  }

  assignText(): void {
    throw unavailable('assign');
  }

  run(): void {
    throw unavailable('script');
  }

  declare(): void {
    throw unavailable('data');
  }

  initData(): void {
    throw unavailable('data');
  }

  isDeclared(): boolean {
    return false;
  }

  setFigures(): void {}

  takeAsks(): readonly FigureQuestion[] {
    return [];
  }

  drainRequests(): RealmRequest[] {
    return [];
  }

  dump(): Json {
    return {};
  }

  snapshot(): string {
    return '';
  }
}

function unavailable(feature: string): DatamodelFault {
  return new DatamodelFault('script', `The null data model has no ${feature}`);
}

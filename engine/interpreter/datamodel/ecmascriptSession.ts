import type { Json } from '../../ports/index.ts';
import type { ScxmlEvent } from '../event.ts';
import type { FigureQuestion } from '../figures.ts';
import { CodeRunner } from './codeRunner.ts';
import type { CompiledCode } from './compiledCode.ts';
import type { DataSession, OpenOptions, RealmRequest, StepFacts } from './datamodel.ts';
import { DatamodelFault } from './fault.ts';
import { LateValues } from './lateValues.ts';
import { MAX_VALUE_CHARS } from './limits.ts';
import type { Kernel, Opaque } from './realm.ts';

/** The data of one session of a document with the ECMAScript data model. */
export class EcmascriptSession implements DataSession {
  readonly usesConfiguration: boolean;
  readonly #code: CompiledCode;
  readonly #runner: CodeRunner;
  readonly #late: LateValues;
  #states: readonly string[] | undefined;
  #figures = '';
  /** ORS: scopes of states that were exited; see exitScope. */
  #leftScopes: string[] | undefined;

  constructor(code: CompiledCode, { sessionId, ioProcessors, genesys, installation, snapshot }: OpenOptions) {
    const { changes, data } = snapshot === undefined ? NO_SNAPSHOT : readSnapshot(snapshot);
    this.usesConfiguration = code.usesConfiguration;
    this.#code = code;
    this.#runner = new CodeRunner(code, sessionId, data);
    this.#late = new LateValues(code, this.#runner, { genesys, installation });
    this.#late.restoreGenesys(changes);
    if (code.usesIoProcessors) {
      code.realm.host.setIoProcessors(this.#runner.system, JSON.stringify(ioProcessors));
    }
  }

  beginStep({ now, seed, gas }: StepFacts): void {
    const { realm } = this.#code;
    const { system } = this.#runner;
    this.#closeLeftScopes();
    realm.use(system);
    realm.host.beginStep(system, now, seed, gas);
  }

  setFigures(text: string): void {
    if (text === this.#figures) return;
    this.#figures = text;
    this.#code.realm.host.setFigures(this.#runner.system, text);
  }

  takeAsks(): readonly FigureQuestion[] {
    const text = this.#code.realm.host.takeAsks(this.#runner.system);
    if (text === '') return [];
    const asks = JSON.parse(text) as readonly (readonly [string, string])[];
    return asks.map(([object, statistic]) => ({ object, statistic }));
  }

  setEvent(event: ScxmlEvent | undefined): void {
    this.#closeLeftScopes();
    this.#late.setEvent(event);
  }

  setConfiguration(ids: readonly string[]): void {
    if (!this.usesConfiguration || ids === this.#states) return;
    this.#states = ids;
    this.#code.realm.host.setStates(this.#runner.system, ids.join('\n'));
  }

  setGenesys(path: readonly string[], value: Json | undefined): void {
    this.#late.setGenesys(path, value);
  }

  condition(slot: number): boolean {
    return Boolean(this.#evaluate(slot));
  }

  value(slot: number): Json | undefined {
    const result: unknown = this.#evaluate(slot);
    switch (typeof result) {
      case 'string':
        return withinLimit(result);
      case 'boolean':
        return result;
      case 'number':
        // As JSON has it, so that a value is the same before and after it is stored.
        return Number.isFinite(result) ? result + 0 : null;
      case 'object':
      case 'bigint':
        return result === null ? null : this.#encoded(result as unknown as Opaque);
      default:
        return undefined;
    }
  }

  text(slot: number): string {
    return this.#textOf(slot, (host, value) => host.textOf(value));
  }

  logText(slot: number): string {
    return this.#textOf(slot, (host, value) => host.shown(value));
  }

  #textOf(slot: number, convert: (host: Kernel, value: Opaque) => string): string {
    const result: unknown = this.#evaluate(slot);
    switch (typeof result) {
      case 'string':
        return withinLimit(result);
      case 'number':
      case 'boolean':
      case 'undefined':
        return String(result);
      default:
        return this.#runner.call((host) => convert(host, result as Opaque));
    }
  }

  openForeach(slot: number): ReturnType<DataSession['openForeach']> {
    const collection = this.#evaluate(slot);
    const items = this.#runner.call((host) => host.collect(collection));
    return {
      length: this.#code.realm.host.lengthOf(items),
      set: (index, item, indexLocation) => {
        this.#late.makeFor(item);
        this.#runner.createFromItem(item, items, index);
        if (indexLocation !== undefined) this.#runner.create(indexLocation, index as unknown as Opaque);
      },
    };
  }

  assign(location: number, value: number): void {
    const result = this.#evaluate(value);
    this.#late.makeFor(location);
    this.#runner.assign(location, result);
  }

  assignJson(location: number, value: Json | undefined): void {
    this.#late.makeFor(location);
    this.#runner.assign(location, this.#runner.fromJson(value));
  }

  assignText(location: number, text: string, value: Json): void {
    const tree = this.#code.xmlTreeOf(text);
    if (tree === undefined) {
      this.assignJson(location, value);
      return;
    }
    this.#late.makeFor(location);
    this.#runner.assign(location, this.#code.realm.host.makeDom(tree));
  }

  run(slot: number): void {
    this.#evaluate(slot);
  }

  declare(id: string): void {
    this.#runner.call((host) => host.declare(this.#runner.data, id));
  }

  initData(
    id: string,
    from: { readonly slot: number } | { readonly text: string } | { readonly value: Json },
  ): void {
    const { data, system } = this.#runner;
    if ('text' in from) {
      const tree = this.#code.xmlTreeOf(from.text);
      if (tree !== undefined) this.#runner.call((host) => host.initXml(data, id, tree));
      else this.#runner.call((host) => host.initText(data, id, from.text));
      return;
    }
    if ('value' in from) {
      this.#runner.call((host) => host.initJson(data, id, JSON.stringify(from.value)));
      return;
    }
    this.#late.makeFor(from.slot);
    this.#runner.call((host) => host.initFrom(data, id, this.#code.read[from.slot]!, system));
  }

  isDeclared(id: string): boolean {
    return this.#code.declared.has(id);
  }

  enterScope(state: number): void {
    const slot = this.#code.scopeSlots.get(state);
    this.#closeLeftScopes();
    if (slot !== undefined) this.#code.realm.host.openScope(this.#runner.data, slot);
  }

  /**
   * The scope stays readable until a state is entered or an event arrives: the content of a transition runs
   * in the scope of its state, after that state's exit.
   */
  exitScope(state: number): void {
    const slot = this.#code.scopeSlots.get(state);
    if (slot === undefined || state === 0) return;
    this.#leftScopes ??= [];
    this.#leftScopes.push(slot);
  }

  drainRequests(): RealmRequest[] {
    const text = this.#code.realm.host.drain(this.#runner.system);
    return text === '' ? [] : (JSON.parse(text) as RealmRequest[]);
  }

  dump(): Json {
    return JSON.parse(this.#runner.call((host) => host.dump(this.#runner.data))) as Json;
  }

  /** The first line is JSON of the changes under _genesys. Then comes the data, as the codec writes it. */
  snapshot(): string {
    this.#closeLeftScopes();
    const data = this.#runner.call((host) => host.snapshot(this.#runner.data));
    return `${JSON.stringify(this.#late.genesysChanges())}\n${data}`;
  }

  #evaluate(slot: number): Opaque {
    this.#late.makeFor(slot);
    return this.#runner.evaluate(slot);
  }

  #encoded(value: Opaque): Json | undefined {
    const text = this.#runner.call((host) => host.encode(value));
    return text === undefined ? undefined : (JSON.parse(text) as Json);
  }

  #closeLeftScopes(): void {
    const left = this.#leftScopes;
    if (left === undefined) return;
    this.#leftScopes = undefined;
    for (const slot of left) this.#code.realm.host.closeScope(this.#runner.data, slot);
  }
}

interface SavedData {
  readonly changes: Json;
  readonly data: string | undefined;
}

const NO_SNAPSHOT: SavedData = { changes: [], data: undefined };

function readSnapshot(text: string): SavedData {
  const end = text.indexOf('\n');
  return { changes: JSON.parse(text.slice(0, end)) as Json, data: text.slice(end + 1) };
}

function withinLimit(text: string): string {
  if (text.length <= MAX_VALUE_CHARS) return text;
  throw new DatamodelFault('limit', `Expected at most ${MAX_VALUE_CHARS} characters, got ${text.length}`, {
    limit: 'MAX_VALUE_CHARS',
  });
}

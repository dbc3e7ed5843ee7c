import type { Json } from '../../ports/index.ts';
import { readXmlData } from '../document/xmlData.ts';
import type { ScxmlEvent } from '../event.ts';
import type { CompiledCode } from './compiledCode.ts';
import type { DataSession, OpenOptions, RealmRequest, StepFacts } from './datamodel.ts';
import { DatamodelFault } from './fault.ts';
import { flatParts } from './flatParts.ts';
import { GenesysValues } from './genesysValues.ts';
import { MAX_VALUE_CHARS } from './limits.ts';
import type { Opaque, Write } from './realm.ts';

/** The data of one session: two objects of the realm, and what has not been moved into it yet. */
export class EcmascriptSession implements DataSession {
  readonly usesConfiguration: boolean;
  private readonly code: CompiledCode;
  private readonly data: Opaque;
  private readonly system: Opaque;
  /** ORS: undefined when the document does not use _genesys. */
  private readonly genesys: GenesysValues | undefined;
  /** Set while the event has not been made in the realm: it is made when code that uses it runs. */
  private event: ScxmlEvent | undefined;
  private hasEvent = false;
  private states: readonly string[] | undefined;
  /** ORS: scopes of states that were left; see exitScope. */
  private left: string[] | undefined;

  constructor(code: CompiledCode, options: OpenOptions) {
    const { host } = code.realm;
    this.code = code;
    this.usesConfiguration = code.usesConfiguration;
    this.system = host.makeSystem(code.sheet, options.sessionId);
    this.genesys = code.usesGenesys ? new GenesysValues(options.genesys) : undefined;
    this.use();
    if (code.usesIoProcessors) host.setIoProcessors(this.system, JSON.stringify(options.ioProcessors));
    const { snapshot } = options;
    this.data = snapshot === undefined ? host.makeData(code.sheet) : this.restore(snapshot);
  }

  beginStep(facts: StepFacts): void {
    this.closeLeftScopes();
    this.use();
    this.code.realm.host.beginStep(this.system, facts.now, facts.seed, facts.gas);
  }

  setEvent(event: ScxmlEvent | undefined): void {
    if (this.left !== undefined) this.closeLeftScopes();
    if (!this.code.usesEvent) return;
    this.event = event;
    this.hasEvent = true;
  }

  setConfiguration(ids: readonly string[]): void {
    if (!this.usesConfiguration || ids === this.states) return;
    this.states = ids;
    this.code.realm.host.setStates(this.system, ids.join('\n'));
  }

  setGenesys(path: readonly string[], value: Json | undefined): void {
    this.genesys?.set(path, value);
  }

  condition(slot: number): boolean {
    return Boolean(this.evaluate(slot));
  }

  value(slot: number): Json | undefined {
    const result: unknown = this.evaluate(slot);
    switch (typeof result) {
      case 'string':
        return withinLimit(result);
      case 'boolean':
        return result;
      case 'number':
        // As JSON does, so that a value is the same before and after it was stored.
        return Number.isFinite(result) ? result + 0 : null;
      case 'object':
      case 'bigint':
        return result === null ? null : this.encoded(result as unknown as Opaque);
      default:
        return undefined;
    }
  }

  text(slot: number): string {
    const result: unknown = this.evaluate(slot);
    switch (typeof result) {
      case 'string':
        return withinLimit(result);
      case 'number':
      case 'boolean':
      case 'undefined':
        return String(result);
      default:
        return this.guarded(() => this.code.realm.host.textOf(result as Opaque));
    }
  }

  openForeach(slot: number): ReturnType<DataSession['openForeach']> {
    const { host } = this.code.realm;
    const collection = this.evaluate(slot);
    const items = this.guarded(() => host.collect(collection));
    return {
      length: host.lengthOf(items),
      set: (index, item, indexLocation) => {
        this.setItem(items, index, item);
        if (indexLocation !== undefined) this.store(this.creator(indexLocation), index as unknown as Opaque);
      },
    };
  }

  assign(location: number, value: number): void {
    const result = this.evaluate(value);
    this.ready(location);
    this.store(this.writer(location), result);
  }

  assignJson(location: number, value: Json | undefined): void {
    this.ready(location);
    this.store(this.writer(location), this.fromJson(value));
  }

  assignText(location: number, text: string, value: Json): void {
    const tree = this.code.xmlTreeOf(text);
    if (tree === undefined) {
      this.assignJson(location, value);
      return;
    }
    this.ready(location);
    this.store(this.writer(location), this.code.realm.host.makeDom(tree));
  }

  run(slot: number): void {
    this.evaluate(slot);
  }

  declare(id: string): void {
    this.guarded(() => this.code.realm.host.declare(this.data, id));
  }

  initData(
    id: string,
    from: { readonly slot: number } | { readonly text: string } | { readonly value: Json },
  ): void {
    const { host } = this.code.realm;
    if ('text' in from) {
      const tree = this.code.xmlTreeOf(from.text);
      if (tree !== undefined) this.guarded(() => host.initXml(this.data, id, tree));
      else this.guarded(() => host.initText(this.data, id, from.text));
      return;
    }
    if ('value' in from) {
      this.guarded(() => host.initJson(this.data, id, JSON.stringify(from.value)));
      return;
    }
    this.ready(from.slot);
    this.guarded(() => host.initFrom(this.data, id, this.code.read[from.slot]!, this.system));
  }

  isDeclared(id: string): boolean {
    return this.code.declared.has(id);
  }

  enterScope(state: number): void {
    const slot = this.code.scopeSlots.get(state);
    this.closeLeftScopes();
    if (slot !== undefined) this.code.realm.host.openScope(this.data, slot);
  }

  /**
   * The scope stays readable until the next state is entered or the next event comes: the content of a
   * transition runs in the scope of its state, after that state's exit.
   */
  exitScope(state: number): void {
    const slot = this.code.scopeSlots.get(state);
    if (slot === undefined || state === 0) return;
    this.left ??= [];
    this.left.push(slot);
  }

  drainRequests(): RealmRequest[] {
    const text = this.code.realm.host.drain(this.system);
    return text === '' ? [] : (JSON.parse(text) as RealmRequest[]);
  }

  dump(): Json {
    return JSON.parse(this.guarded(() => this.code.realm.host.dump(this.data))) as Json;
  }

  /** First line: what was set under _genesys; then the data as the codec writes it. */
  snapshot(): string {
    this.closeLeftScopes();
    const data = this.guarded(() => this.code.realm.host.snapshot(this.data));
    return `${JSON.stringify(this.genesys?.changes() ?? [])}\n${data}`;
  }

  private restore(snapshot: string): Opaque {
    const end = snapshot.indexOf('\n');
    this.genesys?.restore(JSON.parse(snapshot.slice(0, end)) as Json);
    return this.guarded(() => this.code.realm.host.restore(this.system, snapshot.slice(end + 1)));
  }

  // ---- running code

  /** Makes this the session whose facts (time, gas, random numbers) the realm uses. */
  private use(): void {
    const { realm } = this.code;
    if (realm.running === this) return;
    realm.host.use(this.system);
    realm.running = this;
  }

  /** Moves into the realm what the code of the slot may use. */
  private ready(slot: number): void {
    if (this.code.realm.running !== this) this.use();
    if (this.hasEvent && this.code.needsEvent[slot] === 1) this.makeEvent();
    if (this.genesys?.isStale && this.code.needsGenesys[slot] === 1) {
      this.genesys.make(this.code.realm.host, this.system);
    }
  }

  private makeEvent(): void {
    const { host } = this.code.realm;
    const { event } = this;
    this.hasEvent = false;
    this.event = undefined;
    if (event === undefined) {
      host.clearEvent(this.system);
      return;
    }
    const { name, type, sendid, origin, origintype, invokeid, data, raw } = event;
    const isXml = event.xml === true && this.code.makesDom && typeof data === 'string';
    const tree = isXml ? readXmlData(data) : undefined;
    const value = tree === undefined ? this.fromJson(data) : host.makeDom(tree);
    host.setEvent(this.system, name, type, sendid, origin, origintype, invokeid, value, raw);
  }

  private evaluate(slot: number): Opaque {
    this.ready(slot);
    const { read, realm } = this.code;
    const code = read[slot]!;
    let result: Opaque;
    try {
      // Not read[slot](...): that would hand the table to the code as `this`.
      result = code(this.data, this.system);
    } catch (thrown) {
      throw this.fault(thrown);
    }
    if (realm.gas.n < 0) throw this.fault(undefined);
    return result;
  }

  private store(write: Write, value: Opaque): void {
    try {
      write(this.data, this.system, value);
    } catch (thrown) {
      throw this.fault(thrown, 'location');
    }
  }

  private setItem(items: Opaque, index: number, location: number): void {
    this.ready(location);
    const write = this.creator(location);
    try {
      this.code.realm.host.setItem(write, this.data, this.system, items, index);
    } catch (thrown) {
      throw this.fault(thrown, 'location');
    }
  }

  private writer(location: number): Write {
    return this.code.write[location] ?? notALocation(location);
  }

  private creator(location: number): Write {
    return this.code.create[location] ?? this.writer(location);
  }

  private encoded(value: Opaque): Json | undefined {
    const text = this.guarded(() => this.code.realm.host.encode(value));
    return text === undefined ? undefined : (JSON.parse(text) as Json);
  }

  private fromJson(value: Json | undefined): Opaque {
    if (typeof value !== 'object' || value === null) return value as unknown as Opaque;
    const { host } = this.code.realm;
    const parts = flatParts(value);
    return parts === undefined ? host.fromJson(JSON.stringify(value)) : host.objectOf(...parts);
  }

  private closeLeftScopes(): void {
    const { left } = this;
    if (left === undefined) return;
    this.left = undefined;
    for (const slot of left) this.code.realm.host.closeScope(this.data, slot);
  }

  /** Calls the kernel where it may run code of the document. */
  private guarded<T>(run: () => T): T {
    this.use();
    let result: T;
    try {
      result = run();
    } catch (thrown) {
      throw this.fault(thrown);
    }
    if (this.code.realm.gas.n < 0) throw this.fault(undefined);
    return result;
  }

  /** Makes text of a thrown value inside the realm: nothing else looks at it. */
  private fault(thrown: unknown, defaultKind: 'script' | 'location' = 'script'): DatamodelFault {
    let described: string;
    try {
      described = this.code.realm.host.describe(thrown);
    } catch {
      // Its getters used up the stack or the gas: there is no text of it.
      return new DatamodelFault('script', 'The code threw a value that cannot be shown');
    }
    const [kind = '', limit = '', ...message] = described.split('\n');
    const text = message.join('\n');
    if (kind === 'limit') return new DatamodelFault('limit', text, limit);
    return new DatamodelFault(kind === 'location' ? 'location' : defaultKind, text);
  }
}

function withinLimit(text: string): string {
  if (text.length <= MAX_VALUE_CHARS) return text;
  throw new DatamodelFault(
    'limit',
    `Expected at most ${MAX_VALUE_CHARS} characters, got ${text.length}`,
    'MAX_VALUE_CHARS',
  );
}

function notALocation(slot: number): never {
  throw new DatamodelFault('location', `Expected a location, got the expression ${slot} of another kind`);
}

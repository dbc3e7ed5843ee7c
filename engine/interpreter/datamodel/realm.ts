import vm from 'node:vm';
import type { Primitive } from './flatParts.ts';
import * as limits from './limits.ts';
import { preludeText } from './realm/prelude.ts';

declare const opaque: unique symbol;
/** A value of the realm. */
export type Opaque = { readonly [opaque]: never } | undefined;

/** Code compiled from one expression. */
export type Read = (data: Opaque, system: Opaque) => Opaque;
export type Write = (data: Opaque, system: Opaque, value: Opaque) => void;

/** Functions that the prelude gives the host; its texts (realm/) explain each. */
export interface Kernel {
  makeSheet(url: string, scopeSlots: string, exotic: boolean): Opaque;
  makeData(sheet: Opaque): Opaque;
  makeSystem(sheet: Opaque, sessionId: string): Opaque;
  makeEval(compile: (state: number, text: string) => Opaque | string): Opaque;
  /**
   * `onlyCalled`: names separated by line feeds (code/onlyCalled.ts). `data`: constructor of the object of
   * the data items.
   */
  /** `onlyCalled` and `preludeNames`: names, separated by line feeds. */
  setCode(
    sheet: Opaque,
    functions: Opaque,
    data: Opaque,
    prelude: Opaque,
    onlyCalled: string,
    preludeNames: string,
  ): void;
  /** From now on snapshots must check for getters and symbols. */
  markExotic(sheet: Opaque): void;
  use(system: Opaque): void;
  beginStep(system: Opaque, now: number, seed: number, gas: number): void;
  openScope(data: Opaque, slot: string): void;
  closeScope(data: Opaque, slot: string): void;
  /** Kind, limit and message of a thrown value, separated by line feeds. */
  describe(thrown: unknown): string;
  textOf(value: Opaque): string;
  /** The value as text for a person. */
  shown(value: Opaque): string;
  encode(value: Opaque): string | undefined;
  dump(data: Opaque): string;
  setEvent(
    system: Opaque,
    name: string,
    type: string,
    sendid: string | undefined,
    origin: string | undefined,
    origintype: string | undefined,
    invokeid: string | undefined,
    data: Opaque,
    /** The message as it was received. */
    raw: string | undefined,
  ): void;
  clearEvent(system: Opaque): void;
  /** Ids of the active states, separated by line feeds. */
  setStates(system: Opaque, ids: string): void;
  setIoProcessors(system: Opaque, text: string): void;
  /** `text`: figuresText(), or '' for none at all. */
  setFigures(system: Opaque, text: string): void;
  /** Pairs of object and statistic as JSON, or ''. */
  takeAsks(system: Opaque): string;
  declare(data: Opaque, id: string): void;
  initFrom(data: Opaque, id: string, read: Read, system: Opaque): void;
  initJson(data: Opaque, id: string, text: string): void;
  initText(data: Opaque, id: string, text: string): void;
  /** `treeText` is the result of readXmlData. */
  initXml(data: Opaque, id: string, treeText: string): void;
  makeDom(treeText: string): Opaque;
  fromJson(text: string): Opaque;
  /** An object of the alternating names and values (flatParts.ts). */
  objectOf(...parts: readonly Primitive[]): Opaque;
  collect(value: Opaque): Opaque;
  lengthOf(items: Opaque): number;
  setItem(write: Write, data: Opaque, system: Opaque, items: Opaque, index: number): void;
  drain(system: Opaque): string;
  beginGenesys(): void;
  addGenesys(module: string, name: string, text: string): void;
  /** `installation`: lists, options and special days as JSON, or ''. */
  endGenesys(system: Opaque, installation: string): void;
  snapshot(data: Opaque): string;
  restore(system: Opaque, text: string): Opaque;
}

/** The steps that code of documents has left, and the last error that left a function of it. */
interface Gas {
  readonly n: number;
  /** Opaque: the host only compares it. */
  error: unknown;
  readonly at: number;
}

interface Prelude {
  readonly code: Opaque;
  readonly gas: Gas;
  readonly host: Kernel;
}

/**
 * The hardened realm where document code runs (data-model 4 and 8), one per process.
 * B1. Only strings, numbers, booleans, null and undefined cross the border by value. Values of the realm that
 *     the host holds are opaque: it hands them back to functions of the kernel, and never reads, converts,
 *     awaits or spreads them. Exceptions: the factory's result and `gas`, which no document code can reach.
 * B2. One function of the host is known inside (see makeEval); only the kernel's closure has it.
 * B3. A value that document code throws is opaque; `describe` makes text of it inside the realm.
 */
export class Realm {
  readonly host: Kernel;
  readonly gas: Gas;
  readonly #context: vm.Context;
  readonly #code: Opaque;
  #running: unknown;

  constructor() {
    this.#context = vm.createContext(vm.constants.DONT_CONTEXTIFY as unknown as vm.Context, {
      name: 'orsay documents',
      codeGeneration: { strings: false, wasm: false },
    });
    const prelude = this.#run(preludeText, 'orsay:prelude') as (limits: unknown) => Prelude;
    const { code, gas, host } = prelude(this.#run(`(${JSON.stringify(limits)})`, 'orsay:limits'));
    this.#code = code;
    this.gas = gas;
    this.host = host;
  }

  /** Makes `system` the session whose time, gas and random numbers the kernel uses. */
  use(system: Opaque): void {
    if (this.#running === system) return;
    this.host.use(system);
    this.#running = system;
  }

  /** Runs text that makes a function of (kernel, gas, eval helper), and calls that. Throws SyntaxError. */
  instantiate<T>(text: string, evalHelper: Opaque, label: string): T {
    const factory = this.#run(text, label) as (code: Opaque, gas: unknown, evalHelper: Opaque) => T;
    return factory(this.#code, this.gas, evalHelper);
  }

  #run(text: string, label: string): unknown {
    return new vm.Script(text, { filename: label }).runInContext(this.#context);
  }
}

let shared: Realm | undefined;

/**
 * The realm of this process. All documents share it: it is frozen, and one takes half a megabyte. It is a
 * variable of the module because programs are compiled in many places that know nothing of each other, and
 * because a function of one realm must never meet the objects of another.
 */
export function sharedRealm(): Realm {
  shared ??= new Realm();
  return shared;
}

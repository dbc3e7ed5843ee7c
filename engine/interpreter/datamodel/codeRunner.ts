import { defined, type Json } from '../../ports/index.ts';
import type { CompiledCode } from './compiledCode.ts';
import { DatamodelFault } from './fault.ts';
import { flatParts } from './flatParts.ts';
import type { Kernel, Opaque, Write } from './realm.ts';

/** Runs the code of a document with the data of one session. Every fault of the code is a DatamodelFault. */
export class CodeRunner {
  /** The session's facts in the realm: time, gas, random numbers, system variables. */
  readonly system: Opaque;
  /** The session's variables. */
  readonly data: Opaque;
  readonly #code: CompiledCode;

  /** `snapshot` is as host.snapshot wrote it; undefined for a new session. */
  constructor(code: CompiledCode, sessionId: string, snapshot: string | undefined) {
    const { realm, sheet } = code;
    this.#code = code;
    this.system = realm.host.makeSystem(sheet, sessionId);
    this.data =
      snapshot === undefined
        ? realm.host.makeData(sheet)
        : this.call((host) => host.restore(this.system, snapshot));
  }

  evaluate(slot: number): Opaque {
    const { read, realm } = this.#code;
    realm.use(this.system);
    const code = read[slot]!;
    let result: Opaque;
    try {
      // Not read[slot](...): that would hand the table to the code as `this`.
      result = code(this.data, this.system);
    } catch (thrown) {
      throw this.#fault(thrown, 'script', slot);
    }
    if (realm.gas.n < 0) throw this.#fault(undefined, 'script');
    return result;
  }

  /** location = value. */
  assign(location: number, value: Opaque): void {
    this.#store(this.#writer(location), value);
  }

  /** As assign, but declares a name that is undeclared (W3C 4.6). */
  create(location: number, value: Opaque): void {
    this.#store(this.#creator(location), value);
  }

  /** As create, with an item of a collection of the realm. */
  createFromItem(location: number, items: Opaque, index: number): void {
    const { host } = this.#code.realm;
    const write = this.#creator(location);
    this.#store((data, system) => host.setItem(write, data, system, items, index), undefined);
  }

  /** Calls the kernel where it may run code of the document. */
  call<T>(run: (host: Kernel) => T): T {
    const { realm } = this.#code;
    realm.use(this.system);
    let result: T;
    try {
      result = run(realm.host);
    } catch (thrown) {
      throw this.#fault(thrown, 'script');
    }
    if (realm.gas.n < 0) throw this.#fault(undefined, 'script');
    return result;
  }

  /** The value made in the realm. */
  fromJson(value: Json | undefined): Opaque {
    if (typeof value !== 'object' || value === null) return value as unknown as Opaque;
    const { host } = this.#code.realm;
    const parts = flatParts(value);
    return parts === undefined ? host.fromJson(JSON.stringify(value)) : host.objectOf(...parts);
  }

  #store(write: Write, value: Opaque): void {
    this.#code.realm.use(this.system);
    try {
      write(this.data, this.system, value);
    } catch (thrown) {
      throw this.#fault(thrown, 'location');
    }
  }

  #writer(location: number): Write {
    return this.#code.write[location] ?? notALocation(location);
  }

  #creator(location: number): Write {
    return this.#code.create[location] ?? this.#writer(location);
  }

  /** The text of a thrown value is made inside the realm: only `describe` reads the value. */
  #fault(thrown: unknown, defaultKind: 'script' | 'location', slot?: number): DatamodelFault {
    const { gas, host } = this.#code.realm;
    const at = thrown !== undefined && gas.error === thrown ? gas.at : -1;
    gas.error = undefined;
    const code = this.#code.codeAt(at, slot);
    let described: string;
    try {
      described = host.describe(thrown);
    } catch {
      // Its getters used up the stack or the gas.
      return new DatamodelFault('script', 'The code threw a value that cannot be shown');
    }
    const [kind = '', limit = '', ...message] = described.split('\n');
    const text = this.#code.withoutHelpers(message.join('\n'));
    const facts = defined({ limit: kind === 'limit' ? limit : undefined, code });
    if (kind === 'limit') return new DatamodelFault('limit', text, facts);
    return new DatamodelFault(kind === 'location' ? 'location' : defaultKind, text, facts);
  }
}

function notALocation(slot: number): never {
  throw new DatamodelFault('location', `Expected a location, got the expression ${slot} of another kind`);
}

import type { Document, Expression } from '../document/model.ts';
import { readXmlData } from '../document/xmlData.ts';
import { RESERVED } from './code/build.ts';
import { type CodeSource, compileDocument, evalText } from './code/compileDocument.ts';
import { scopeSlot } from './code/documentNames.ts';
import { onlyCalledFunctions } from './code/onlyCalled.ts';
import type { DatamodelFault } from './fault.ts';
import { instantiate } from './instantiate.ts';
import type { Opaque, Read, Realm, Write } from './realm.ts';

/** The code of a document inside the realm: one for all of its sessions. */
export class CompiledCode {
  readonly realm: Realm;
  /** The kernel's facts about the document. */
  readonly sheet: Opaque;
  /** By slot. */
  readonly read: readonly Read[];
  readonly write: readonly (Write | undefined)[];
  readonly create: readonly (Write | undefined)[];
  /** By slot: 1 when its code may use _event. */
  readonly needsEvent: Uint8Array;
  /** By slot: 1 when its code may use _genesys. */
  readonly needsGenesys: Uint8Array;
  readonly usesEvent: boolean;
  readonly usesConfiguration: boolean;
  readonly usesGenesys: boolean;
  readonly usesIoProcessors: boolean;
  /** ORS: name of the scope of each state that has one. */
  readonly scopeSlots: ReadonlyMap<number, string>;
  /** Data ids of the document's own <datamodel>. */
  readonly declared: ReadonlySet<string>;
  /** W3C: XML data becomes a DOM. In ORS it stays text. */
  readonly makesDom: boolean;
  readonly #sources: readonly CodeSource[];
  readonly #expressions: readonly Expression[];
  /**
   * Trees of the document's own XML data, which each session reads again; undefined for text that is not XML.
   */
  readonly #trees = new Map<string, string | undefined>();

  constructor(document: Document, realm: Realm) {
    const onlyCalled = onlyCalledFunctions(document);
    const texts = compileDocument(document, onlyCalled);
    const { usage, usesEval, scopedStates } = texts.names;
    // Code that eval brings may use anything.
    const isEventAnywhere = usesEval || usage.eventInFunction;
    const isGenesysAnywhere = usesEval || usage.genesysInFunction;
    this.realm = realm;
    this.#sources = texts.sources;
    this.#expressions = document.expressions;
    this.scopeSlots = new Map(scopedStates.map((state) => [state, scopeSlot(state)]));
    this.declared = new Set(document.data.filter((item) => item.state === 0).map((item) => item.id));
    this.makesDom = document.dialect === 'w3c';
    this.usesEvent = usesEval || usage.event;
    this.usesConfiguration = usesEval || usage.configuration;
    this.usesGenesys = document.dialect === 'ors' && (usesEval || usage.genesys);
    this.usesIoProcessors = usesEval || usage.ioProcessors;
    this.needsEvent = Uint8Array.from(texts.slots, (slot) => (isEventAnywhere || slot.usesEvent ? 1 : 0));
    this.needsGenesys = Uint8Array.from(texts.slots, (slot) =>
      isGenesysAnywhere || slot.usesGenesys ? 1 : 0,
    );

    const { host } = realm;
    this.sheet = host.makeSheet(document.url, [...this.scopeSlots.values()].join('\n'), usage.exotic);
    const evalHelper: Opaque = host.makeEval((state, text) => {
      try {
        const made = realm.instantiate<Opaque>(evalText(texts.names, state, text), evalHelper, 'orsay:eval');
        if (usage.exotic) host.markExotic(this.sheet);
        return made;
      } catch (error) {
        return error instanceof Error ? error.message : 'The text could not be compiled';
      }
    });
    const factory = instantiate(texts, realm, evalHelper, document.url);
    host.setCode(
      this.sheet,
      factory.functions,
      factory.data,
      factory.prelude,
      [...onlyCalled].join('\n'),
      [...texts.prelude.keys()].join('\n'),
    );
    this.read = listOf(factory.read, texts.slots.length);
    this.write = listOf(factory.write, texts.slots.length);
    this.create = listOf(factory.create, texts.slots.length);
  }

  /**
   * The code at a position (withPositions); -1 for none. `slot` is the one that was evaluated: it may have
   * the same code as others.
   */
  codeAt(position: number, slot: number | undefined): DatamodelFault['code'] {
    if (position < 0) return slot === undefined ? undefined : { slot, index: 0 };
    const found = this.#sources.findLast(({ base }) => base <= position);
    if (found === undefined) return undefined;
    const index = position - found.base;
    const isSame =
      slot !== undefined && this.#expressions[slot]!.source === this.#expressions[found.slot]!.source;
    return { slot: isSame ? slot : found.slot, index };
  }

  /** A message of V8 without the names that the compiler gave (build.ts, RESERVED). */
  withoutHelpers(message: string): string {
    const bare = message
      .replace(/\(0 , ((?:\((?:intermediate value|\.\.\.)\)|[^()])*)\)/g, '$1')
      .replaceAll('(intermediate value)(intermediate value)(intermediate value).', '');
    if (!bare.includes(RESERVED)) return bare;
    const holder = this.makesDom ? /orsay\$d\./g : /orsay\$d\.(?:s\d+|data)\./g;
    return bare.replace(holder, '').replace(/orsay\$k\.\w+\(\.\.\.\)\./g, '');
  }

  /** The tree of a text of the document that is XML data; undefined for other text, and in ORS. */
  xmlTreeOf(text: string): string | undefined {
    if (!this.makesDom) return undefined;
    if (!this.#trees.has(text)) this.#trees.set(text, readXmlData(text));
    return this.#trees.get(text);
  }
}

/** Copied by index: the arrays belong to the realm. */
function listOf<T>(list: ArrayLike<T | null>, length: number): T[] {
  const copy: T[] = [];
  for (let index = 0; index < length; index += 1) copy.push((list[index] ?? undefined) as T);
  return copy;
}

import type { Document } from '../document/model.ts';
import { readXmlData } from '../document/xmlData.ts';
import type { DocumentCode } from './code/compileDocument.ts';
import { brokenSlot, compileDocumentCode, evalText, factoryText } from './code/compileDocument.ts';
import { scopeSlot } from './code/documentNames.ts';
import { onlyCalledFunctions } from './code/onlyCalled.ts';
import { CodeError } from './code/parseCode.ts';
import type { Opaque, Read, Realm, Write } from './realm.ts';

/** The code of a document inside the realm: one for all of its sessions. */
export interface CompiledCode {
  readonly realm: Realm;
  readonly sheet: Opaque;
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
  /** Data ids of the document's own datamodel. */
  readonly declared: ReadonlySet<string>;
  /** The tree of a text of the document that is XML data, made once; undefined for other text, and in ors, where XML stays text. */
  xmlTreeOf(text: string): string | undefined;
  /** W3C: XML in events becomes a DOM too. */
  readonly makesDom: boolean;
}

/** What a document's factory returns: made by us inside the realm, out of reach of document code. */
interface Factory {
  readonly functions: Opaque;
  /** Constructor of the object of the data items. */
  readonly data: Opaque;
  readonly read: ArrayLike<Read>;
  readonly write: ArrayLike<Write | null>;
  readonly create: ArrayLike<Write | null>;
}

export function compileCode(document: Document, realm: Realm): CompiledCode {
  const code = compileDocumentCode(document);
  const { usage, usesEval, scopedStates } = code.names;
  const scopeSlots = new Map(scopedStates.map((state) => [state, scopeSlot(state)]));
  const sheet = realm.host.makeSheet(document.url, [...scopeSlots.values()].join('\n'), usage.exotic);
  const evalHelper = realm.host.makeEval((state, text) => {
    try {
      const made = realm.instantiate<Opaque>(evalText(code.names, state, text), evalHelper, 'orsay:eval');
      if (usage.exotic) realm.host.markExotic(sheet);
      return made;
    } catch (error) {
      return error instanceof Error ? error.message : 'The text could not be compiled';
    }
  });
  const factory = instantiate(code, realm, evalHelper, document.url);
  const onlyCalled = [...onlyCalledFunctions(document)].join('\n');
  realm.host.setCode(sheet, factory.functions, onlyCalled, factory.data);
  // Code that eval brings may use anything.
  const anyEvent = usesEval || usage.eventInFunction;
  const anyGenesys = usesEval || usage.genesysInFunction;
  return {
    realm,
    sheet,
    read: listOf(factory.read, code.slots.length),
    write: listOf(factory.write, code.slots.length),
    create: listOf(factory.create, code.slots.length),
    needsEvent: Uint8Array.from(code.slots, (slot) => (anyEvent || slot.usesEvent ? 1 : 0)),
    needsGenesys: Uint8Array.from(code.slots, (slot) => (anyGenesys || slot.usesGenesys ? 1 : 0)),
    usesEvent: usesEval || usage.event,
    usesConfiguration: usesEval || usage.configuration,
    usesGenesys: document.dialect === 'ors' && (usesEval || usage.genesys),
    usesIoProcessors: usesEval || usage.ioProcessors,
    scopeSlots,
    declared: new Set(document.data.filter((item) => item.state === 0).map((item) => item.id)),
    makesDom: document.dialect === 'w3c',
    xmlTreeOf: document.dialect === 'w3c' ? rememberedTrees() : () => undefined,
  };
}

/** Texts of XML data are few, and each session of the document reads them again. */
function rememberedTrees(): CompiledCode['xmlTreeOf'] {
  const trees = new Map<string, string | undefined>();
  return (text) => {
    if (!trees.has(text)) trees.set(text, readXmlData(text));
    return trees.get(text);
  };
}

/** Copied by index: the arrays are of the realm. */
function listOf<T>(list: ArrayLike<T | null>, length: number): T[] {
  const copy: T[] = [];
  for (let index = 0; index < length; index += 1) copy.push((list[index] ?? undefined) as T);
  return copy;
}

/**
 * The parser accepts a little that V8 refuses (octal literals in strict code, newer syntax). When the factory
 * does not compile, each slot is tried by itself and those at fault become throws.
 */
function instantiate(code: DocumentCode, realm: Realm, evalHelper: Opaque, url: string): Factory {
  try {
    return realm.instantiate<Factory>(factoryText(code), evalHelper, url);
  } catch (error) {
    if (!isSyntaxError(error)) throw error;
    return realm.instantiate<Factory>(factoryText(withoutBroken(code, realm)), evalHelper, url);
  }
}

function withoutBroken(code: DocumentCode, realm: Realm): DocumentCode {
  const functions = code.functions.map((text) =>
    problemOf(text, realm) === undefined ? text : '() => undefined',
  );
  const slots = code.slots.map((slot) => {
    for (const text of [slot.read, slot.write, slot.create]) {
      const problem =
        text === undefined ? undefined : (problemOf(text, realm) ?? brokenFunction(code, text, realm));
      if (problem !== undefined) return brokenSlot(problem);
    }
    return slot;
  });
  return { ...code, functions, slots };
}

/** Message of the first function of the table that the text uses and that does not compile. */
function brokenFunction(code: DocumentCode, text: string, realm: Realm): string | undefined {
  for (const [, number] of text.matchAll(/orsay\$f(\d+)/g)) {
    const used = code.functions[Number(number)];
    if (used === undefined) continue;
    const problem = problemOf(used, realm) ?? brokenFunction(code, used, realm);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function problemOf(text: string, realm: Realm): string | undefined {
  try {
    realm.instantiate(`(function () { return ${text}; })`, undefined, 'orsay:check');
    return undefined;
  } catch (error) {
    if (!isSyntaxError(error)) throw error;
    return error.message;
  }
}

/** The error may be one of the realm's, of another class than ours. */
function isSyntaxError(error: unknown): error is Error {
  return (
    error instanceof SyntaxError ||
    (error instanceof Error === false && nameOf(error) === 'SyntaxError') ||
    error instanceof CodeError
  );
}

function nameOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'name' in error ? error.name : undefined;
}

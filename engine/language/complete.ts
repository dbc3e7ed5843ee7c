import {
  childNames,
  elementsOf,
  factsOf,
  moduleOf,
  ruleOf,
  takesActions,
  XINCLUDE_NAMESPACE,
} from '../interpreter/index.ts';
import { dialectOf } from './dialectOf.ts';
import { elementAt, elementsIn } from './findElements.ts';
import { placesOf, stateIdsFor } from './findNames.ts';
import type { LanguageFile } from './languageFile.ts';
import type { Part } from './linkFiles.ts';
import { isCodeAttribute, isScxmlElement, isStateElement, ownAttribute } from './occurrences.ts';
import type { ScannedElement } from './scanXml.ts';

/** Completions of one answer. */
const MAX_COMPLETIONS = 1_000;
/** Characters before the cursor that may belong to its tag. */
const MAX_TAG_CHARS = 10_000;
/** Attributes of an include (ors-dialect 2.5). */
const INCLUDE_ATTRIBUTES = ['href', 'parse', 'xpointer', 'resolveid'];

/** A text that may stand between two offsets. */
export interface Completion {
  readonly kind: 'state' | 'event' | 'element' | 'attribute' | 'data';
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

interface Cursor {
  readonly parts: readonly Part[];
  readonly file: LanguageFile;
  readonly offset: number;
  /** Offset of the tag. */
  readonly tag: number;
}

/** The names that fit at an offset: elements, attributes, ids of states, events. */
export function completionsAt(
  parts: readonly Part[],
  file: LanguageFile,
  offset: number,
): readonly Completion[] {
  if (file.isScript) return namesOfCode({ parts, file, offset, tag: offset });
  const from = Math.max(0, offset - MAX_TAG_CHARS);
  const before = file.text.slice(from, offset);
  const open = before.lastIndexOf('<');
  if (open === -1) return [];
  const written = before.slice(open);
  const cursor = { parts, file, offset, tag: from + open };
  const [, closing, name] = /^<(\/?)([\w:.-]*)$/.exec(written) ?? [];
  if (name !== undefined) {
    const parent = elementAt(file.scanned, cursor.tag);
    const names = closing === '/' ? closingNames(parent) : elementNamesIn(cursor, parent);
    return completions(cursor, 'element', { word: name, texts: names });
  }
  return insideTag(cursor, written);
}

function insideTag(cursor: Cursor, written: string): readonly Completion[] {
  const element = elementAt(cursor.file.scanned, cursor.tag + 1);
  if (element?.offset !== cursor.tag) return [];
  // Values that are closed hide nothing.
  const rest = written.replace(/=\s*(?:"[^"]*"|'[^']*')/g, '');
  if (rest.includes('>')) return [];
  const value = /([\w:.-]+)\s*=\s*(["'])([\s\S]*)$/.exec(rest);
  if (value) return valuesOf(cursor, element, { attribute: value[1]!, value: value[3]! });
  const word = /\s([\w:.-]*)$/.exec(rest)?.[1];
  if (word === undefined) return [];
  const present = new Set(element.attributes.map(({ name }) => name));
  const texts = attributeNamesOf(cursor, element).filter((name) => !present.has(name) || name === word);
  return completions(cursor, 'attribute', { word, texts });
}

function valuesOf(
  cursor: Cursor,
  element: ScannedElement,
  { attribute, value }: { readonly attribute: string; readonly value: string },
): readonly Completion[] {
  if (!isScxmlElement(element)) return [];
  const key = `${element.local} ${attribute}`;
  const word = /[^\s'"]*$/.exec(value)![0];
  if (key === 'transition target') {
    return completions(cursor, 'state', { word, texts: idsFor(cursor, element) });
  }
  if (key === 'state initial' || key === 'scxml initial') {
    return completions(cursor, 'state', { word, texts: idsInside(cursor, element) });
  }
  const call = /\bIn\s*\(\s*(?:'|&quot;)([^'&]*)$/.exec(value);
  if (call) return completions(cursor, 'state', { word: call[1]!, texts: idsFor(cursor, element) });
  const isEvent = ['transition event', 'send event', 'raise event', 'event name'].includes(key);
  if (isEvent) return completions(cursor, 'event', { word, texts: eventsFor(cursor, element) });
  return isCodeAttribute(attribute) ? namesOfCode(cursor) : [];
}

/** The names that scripts and <data> define, for the word before the cursor. */
function namesOfCode(cursor: Cursor): readonly Completion[] {
  const { parts, file, offset } = cursor;
  const word = /[\w$]*$/.exec(file.text.slice(Math.max(0, offset - 200), offset))![0];
  const isProperty = /[^_]\.\s*$/.test(
    file.text.slice(Math.max(0, offset - word.length - 200), offset - word.length),
  );
  const before = file.text.slice(Math.max(0, offset - word.length - 6), offset - word.length);
  if (isProperty && !before.endsWith('_data.')) return [];
  const defined = placesOf(parts, 'data', {
    file,
    inline: -1,
    isSame: (_, { role }) => role === 'definition',
  });
  return completions(cursor, 'data', { word, texts: defined.map(({ name }) => name) });
}

function completions(
  { offset }: Cursor,
  kind: Completion['kind'],
  { word, texts }: { readonly word: string; readonly texts: readonly string[] },
): readonly Completion[] {
  return [...new Set(texts)]
    .slice(0, MAX_COMPLETIONS)
    .map((text) => ({ kind, text, start: offset - word.length, end: offset }));
}

function inlineOf(element: ScannedElement): number {
  for (let at: ScannedElement | undefined = element; at; at = at.parent) {
    if (at.local === 'scxml' && at.parent) return at.offset;
  }
  return -1;
}

function idsFor({ parts, file }: Cursor, element: ScannedElement): readonly string[] {
  return stateIdsFor(parts, file, inlineOf(element)).map(({ name }) => name);
}

/** Ids of the states inside the element; of all, when it includes them. */
function idsInside(cursor: Cursor, element: ScannedElement): readonly string[] {
  const found: string[] = [];
  for (const inside of elementsIn({ roots: [element] })) {
    if (inside.element === element || !isStateElement(inside.element)) continue;
    const id = ownAttribute(inside.element, 'id');
    if (id && id.raw !== '') found.push(id.raw);
  }
  return found.length > 0 ? found : idsFor(cursor, element);
}

/** Events that the document names, and the done events of its states. */
function eventsFor(cursor: Cursor, element: ScannedElement): readonly string[] {
  const { parts, file } = cursor;
  const isSame = (name: string): boolean => !name.includes('*');
  const named = placesOf(parts, 'event', { file, inline: inlineOf(element), isSame });
  // The name that is being written is no name yet.
  const others = named.filter(({ start, end }) => cursor.offset < start || end < cursor.offset);
  const names = others.map(({ name }) => name);
  if (element.local !== 'transition') return names;
  return [...names, 'error.execution', ...idsFor(cursor, element).map((id) => `done.state.${id}`)];
}

function closingNames(parent: ScannedElement | undefined): readonly string[] {
  return parent === undefined ? [] : [parent.name];
}

function elementNamesIn(cursor: Cursor, parent: ScannedElement | undefined): readonly string[] {
  if (parent === undefined) {
    const hasRoot = cursor.file.scanned.roots.some(({ end }) => end < cursor.tag);
    return hasRoot ? [] : ['scxml'];
  }
  const module = moduleOf(parent.uri);
  if (!isScxmlElement(parent) && module === undefined) return [];
  const dialect = dialectOf(cursor.parts, cursor.file);
  const prefix = parent.prefix === '' || module ? '' : `${parent.prefix}:`;
  const own = module
    ? ['param', 'content']
    : childNames(parent.local, dialect).map((name) => `${prefix}${name}`);
  return [...own, ...foreignNames(parent, module)];
}

/** Elements of the modules whose prefixes are declared, and <xi:include>. */
function foreignNames(parent: ScannedElement, module: string | undefined): readonly string[] {
  const found: string[] = [];
  for (const [prefix, uri] of declaredBy(parent)) {
    if (uri === XINCLUDE_NAMESPACE) found.push(`${prefix}:include`);
    const declared = moduleOf(uri);
    const fits =
      declared !== undefined && (module === undefined ? takesActions(parent.local) : declared === module);
    if (fits) found.push(...elementsOf(declared).map((name) => `${prefix}:${name}`));
  }
  return found;
}

function declaredBy({ scope }: ScannedElement): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (let at: ScannedElement['scope'] | undefined = scope; at; at = at.parent) {
    for (const [prefix, uri] of at.own) if (prefix !== '' && !found.has(prefix)) found.set(prefix, uri);
  }
  return found;
}

function attributeNamesOf({ parts, file }: Cursor, element: ScannedElement): readonly string[] {
  if (element.uri === XINCLUDE_NAMESPACE) return INCLUDE_ATTRIBUTES;
  const module = moduleOf(element.uri);
  if (module) return factsOf(module, element.local)?.attributes ?? [];
  if (!isScxmlElement(element)) return [];
  const dialect = dialectOf(parts, file);
  const rule = ruleOf(element.local, dialect);
  return [...(rule?.attributes ?? []), ...((dialect === 'ors' ? rule?.ors : undefined) ?? [])];
}

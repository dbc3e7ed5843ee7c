import { tokenizer } from 'acorn';
import { moduleOf, SCXML_NAMESPACE } from '../interpreter/index.ts';
import { elementsIn } from './findElements.ts';
import type { ScannedAttribute, ScannedElement, ScannedFile } from './scanXml.ts';

/** A name in a file. The definitions of an event are its senders; its uses are the transitions. */
export interface Occurrence {
  readonly kind: 'state' | 'event' | 'data';
  readonly role: 'definition' | 'use';
  /** As written. */
  readonly name: string;
  readonly start: number;
  readonly end: number;
  /** Offset of the inline <scxml> around, whose names are its own; -1 outside of one. */
  readonly inline: number;
}

const STATES: ReadonlySet<string> = new Set(['state', 'parallel', 'final', 'history']);
const DONE_STATE = 'done.state.';

/** True for an element of SCXML; in ORS it may have no namespace. */
export function isScxmlElement({ uri }: Pick<ScannedElement, 'uri'>): boolean {
  return uri === SCXML_NAMESPACE || uri === '';
}

export function isStateElement(element: ScannedElement): boolean {
  return STATES.has(element.local) && isScxmlElement(element);
}

export function ownAttribute(element: ScannedElement, name: string): ScannedAttribute | undefined {
  return element.attributes.find(({ uri, local }) => uri === '' && local === name);
}

/** The states and events of a file, in document order. */
export function namesIn(file: ScannedFile): readonly Occurrence[] {
  const found: Occurrence[] = [];
  for (const { element, inline } of elementsIn(file)) {
    const add = adderOf(found, inline);
    if (isScxmlElement(element)) addNames(element, add);
    for (const { raw, start } of codeOf(element)) addCalls(raw, start, add);
  }
  return found.sort((a, b) => a.start - b.start);
}

/** The ids of <data>, the names that scripts declare, and the names in code that may mean them. */
export function dataIn(file: ScannedFile): readonly Occurrence[] {
  const found: Occurrence[] = [];
  for (const { element, inline } of elementsIn(file)) {
    const add = adderOf(found, inline);
    const id = element.local === 'data' && isScxmlElement(element) ? ownAttribute(element, 'id') : undefined;
    if (id && id.raw.trim() !== '') add('data', 'definition', { name: id.raw, start: id.valueStart });
    const isScript = element.local === 'script';
    for (const { raw, start } of codeOf(element)) {
      for (const { name, at, isDeclared } of freeNames(raw)) {
        add('data', isScript && isDeclared ? 'definition' : 'use', { name, start: start + at });
      }
    }
  }
  return found;
}

/** A piece of code in a file: an expression, a script, or a list of names. */
export interface CodePiece {
  readonly kind: 'value' | 'script' | 'names';
  /** With entities. */
  readonly raw: string;
  readonly start: number;
  /** See Occurrence. */
  readonly inline: number;
}

export function codePieces({
  scanned,
  isScript,
}: {
  readonly scanned: ScannedFile;
  readonly isScript: boolean;
}): readonly CodePiece[] {
  if (isScript) return [{ kind: 'script', raw: scanned.file.text, start: 0, inline: -1 }];
  return [...elementsIn(scanned)].flatMap(({ element, inline }) =>
    [...codeOf(element)].map((code) => ({ ...code, inline })),
  );
}

/** The names in a file of code: those that it declares for the whole document, and all others. */
export function dataInScript(text: string): readonly Occurrence[] {
  const found: Occurrence[] = [];
  const add = adderOf(found, -1);
  for (const { name, at, isDeclared } of freeNames(text)) {
    add('data', isDeclared ? 'definition' : 'use', { name, start: at });
  }
  return found;
}

type Add = (
  kind: Occurrence['kind'],
  role: Occurrence['role'],
  word: { readonly name: string; readonly start: number },
) => void;

function adderOf(found: Occurrence[], inline: number): Add {
  return (kind, role, { name, start }) => {
    found.push({ kind, role, name, start, end: start + name.length, inline });
  };
}

function addNames(element: ScannedElement, add: Add): void {
  const id = isStateElement(element) ? ownAttribute(element, 'id') : undefined;
  if (id && id.raw !== '') add('state', 'definition', { name: id.raw, start: id.valueStart });
  for (const attribute of element.attributes) {
    if (attribute.uri !== '') continue;
    const key = `${element.local} ${attribute.local}`;
    if (key === 'transition target' || key === 'state initial' || key === 'scxml initial') {
      for (const word of wordsOf(attribute)) add('state', 'use', word);
    } else if (key === 'transition event') addDescriptors(attribute, add);
    else if (key === 'raise event' || key === 'event name' || key === 'send event') {
      addSender(attribute, add);
    }
  }
}

function wordsOf({ raw, valueStart }: ScannedAttribute): readonly { name: string; start: number }[] {
  return [...raw.matchAll(/\S+/g)].map((match) => ({ name: match[0], start: valueStart + match.index }));
}

function addDescriptors(attribute: ScannedAttribute, add: Add): void {
  for (const { name, start } of wordsOf(attribute)) {
    add('event', 'use', { name, start });
    if (!name.startsWith(DONE_STATE)) continue;
    const state = name.slice(DONE_STATE.length).replace(/\.\*?$/, '');
    if (state !== '') add('state', 'use', { name: state, start: start + DONE_STATE.length });
  }
}

/** A literal name, or in ORS an expression that is a text. */
function addSender({ raw, valueStart }: ScannedAttribute, add: Add): void {
  const [, before = '', name = ''] = /^(\s*['"]?)([^\s'"+()&]+)['"]?\s*$/.exec(raw) ?? [];
  if (name !== '') add('event', 'definition', { name, start: valueStart + before.length });
}

const CALLS = /\b(In|__Raise)(\s*\(\s*)('|"|&quot;|&apos;)([^'"&\s]+)\3/g;

function addCalls(raw: string, start: number, add: Add): void {
  if (!raw.includes('In') && !raw.includes('__Raise')) return;
  for (const { 1: callee, 2: open, 3: quote, 4: name, index } of raw.matchAll(CALLS)) {
    const word = { name: name!, start: start + index + callee!.length + open!.length + quote!.length };
    if (callee === 'In') add('state', 'use', word);
    else add('event', 'definition', word);
  }
}

const CODE_ATTRIBUTE = /^(?:_?\w*expr|cond|location|idlocation|array|item|index|namelist)$/;
/** True for an attribute of SCXML with code. */
export function isCodeAttribute(name: string): boolean {
  return CODE_ATTRIBUTE.test(name);
}

/** Attributes that are code in ORS (ors-dialect 2.2), and literal text in W3C. */
const ORS_CODE: ReadonlySet<string> = new Set(['send target', 'send delay', 'cancel sendid', 'cancel id']);

function* codeOf(element: ScannedElement): Generator<Omit<CodePiece, 'inline'>> {
  const isModule = moduleOf(element.uri) !== undefined;
  for (const { uri, local, raw, valueStart } of element.attributes) {
    if (uri !== '') continue;
    const isCode = isModule || CODE_ATTRIBUTE.test(local) || ORS_CODE.has(`${element.local} ${local}`);
    if (isCode) yield { kind: local === 'namelist' ? 'names' : 'value', raw, start: valueStart };
  }
  if (element.local !== 'script') return;
  for (const child of element.children) {
    if (child.kind === 'text') yield { kind: 'script', raw: child.text, start: child.offset };
  }
}

const DECLARES: ReadonlySet<string> = new Set(['function', 'class', 'var', 'let', 'const']);

/** The names in code that are no properties of others. Code behind a fault is not read. */
function* freeNames(
  raw: string,
): Generator<{ readonly name: string; readonly at: number; readonly isDeclared: boolean }> {
  let [last, before] = ['', ''];
  let depth = 0;
  try {
    for (const { type, start, end } of tokenizer(plain(raw), { ecmaVersion: 'latest' })) {
      const text = raw.slice(start, end);
      // `_data.x` of ORS is the value of the data id x.
      const isProperty = (last === '.' || last === '?.') && before !== '_data';
      const isDeclared = depth === 0 && DECLARES.has(last);
      if (type.label === 'name' && !isProperty) yield { name: text, at: start, isDeclared };
      if (text === '{' || text === '(' || text === '${') depth += 1;
      else if (text === '}' || text === ')') depth -= 1;
      before = last;
      last = text;
    }
  } catch (fault) {
    // The code is half written.
    if (!(fault instanceof SyntaxError)) throw fault;
  }
}

/** The code with characters for its entities, and as long as before. */
function plain(raw: string): string {
  if (!raw.includes('&')) return raw;
  return raw.replace(/&(lt|gt|amp|quot|apos);/g, (entity, name: string) =>
    ({ lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" })[name]!.padEnd(entity.length),
  );
}

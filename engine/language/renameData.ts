import { type AnyNode, parse, parseExpressionAt } from 'acorn';
import { ancestor } from 'acorn-walk';
import { elementsIn } from './findElements.ts';
import type { NameUses } from './findNames.ts';
import type { LanguageFile, Place } from './languageFile.ts';
import { isPrefixed, type Part } from './linkFiles.ts';
import { type CodePiece, codePieces } from './occurrences.ts';
import { RenameRefused } from './renameRefused.ts';

/** Code that may reach any data: all of it is parsed. */
const REACHES_ALL = ['_data', 'eval', 'Function', 'this'];
const FUNCTIONS: ReadonlySet<string> = new Set(['FunctionDeclaration', 'FunctionExpression']);
const PATTERNS: ReadonlySet<string> = new Set([
  'ObjectPattern',
  'ArrayPattern',
  'RestElement',
  'AssignmentPattern',
  'Property',
]);
const ASSIGNS: ReadonlySet<string> = new Set(['AssignmentExpression', 'ForInStatement', 'ForOfStatement']);

/** A name of JavaScript, of ASCII letters. */
export function isNameOfCode(text: string): boolean {
  return /^[A-Za-z_$][\w$]*$/.test(text);
}

/**
 * All places of the id of a <data>. Throws RenameRefused, with the place, where it is not certain that code
 * means the <data>.
 */
export function placesOfData(parts: readonly Part[], found: NameUses): readonly Place[] {
  const { name, definitions } = found;
  const [first] = definitions;
  if (!isNameOfCode(name)) throw refused('a name of JavaScript', `'${name}'`, first!.file, first!.start);
  const { inline } = first!.occurrence;
  const places = new Map<string, Place>();
  const add = (file: LanguageFile, start: number): void => {
    places.set(`${file.url} ${start}`, { file, start, end: start + name.length });
  };
  for (const part of parts) {
    const { file } = part;
    if (inline !== -1 && file.url !== found.at.file.url) continue;
    for (const occurrence of file.data) {
      if (occurrence.name === name && occurrence.inline === inline && isPrefixed(part, occurrence)) {
        throw refused(
          'an id that is written as it is',
          'one of an include with resolveid',
          file,
          occurrence.start,
        );
      }
    }
    for (const piece of codePieces(file)) {
      if (piece.inline !== inline) continue;
      for (const at of placesInCode(piece, name, file)) add(file, piece.start + at);
    }
    const text = textWith(file, name, inline);
    if (text !== undefined) throw refused(`code that has '${name}'`, 'a text', file, text);
  }
  for (const { file, start } of definitions) add(file, start);
  return [...places.values()];
}

/** Offsets in the code. */
function placesInCode({ kind, raw, start }: CodePiece, name: string, file: LanguageFile): readonly number[] {
  const { code, offsets } = withoutEntities(raw);
  return indexesInCode({ kind, code }, name, (expected, got, index) =>
    refused(expected, got, file, start + offsets[index]!),
  ).map((index) => offsets[index]!);
}

type Refusal = (expected: string, got: string, index: number) => RenameRefused;

function indexesInCode(
  { kind, code }: Pick<CodePiece, 'kind'> & { readonly code: string },
  name: string,
  refusal: Refusal,
): readonly number[] {
  if (![name, ...REACHES_ALL].some((word) => hasWord(code, word))) return [];
  const refuse = (expected: string, got: string, at: number): never => {
    throw refusal(expected, got, at);
  };
  if (kind === 'names') {
    const at = code.search(wordOf(name));
    if (at >= 0) refuse('a name that no receiver reads', `'${name}' in a list of names that are sent`, at);
    return [];
  }
  const root = parsed(code, kind);
  if (root === undefined) {
    return refuse(`code that can be read wherever it may mean '${name}'`, 'another text', 0);
  }
  const found: number[] = [];
  const push = (index: number): void => {
    if (!code.startsWith(name, index)) refuse(`'${name}' as it is`, 'an escape', index);
    found.push(index);
  };
  const use = (node: AnyNode, ancestors: readonly AnyNode[]): void => {
    const parent = ancestors.at(-2);
    const got = (node as { readonly name?: string }).name;
    if (got === 'eval' || got === 'Function') refuse('code that makes no code', `'${got}'`, node.start);
    if (got === '_data' && !(parent?.type === 'MemberExpression' && parent.object === node)) {
      refuse('_data with the id of a <data>', '_data as a whole', node.start);
    }
    if (got !== name) return;
    if (ancestors.some((around) => hasShorthand(around, node.start))) {
      refuse('a name that is not a key of an object', `'{ ${name} }'`, node.start);
    }
    push(node.start);
  };
  ancestor(root, {
    Identifier: (node, _state, ancestors) => use(node, ancestors),
    VariablePattern(node: AnyNode, _state: unknown, ancestors: AnyNode[]) {
      const owner = ancestors.slice(0, -1).findLast(({ type }) => !PATTERNS.has(type));
      if (owner !== undefined && ASSIGNS.has(owner.type)) use(node, ancestors);
      else if ((node as { readonly name?: string }).name === name) {
        refuse('a name that no code declares for itself', `a declaration of '${name}'`, node.start);
      }
    },
    MemberExpression(node) {
      if (node.object.type !== 'Identifier' || node.object.name !== '_data') return;
      const { property } = node;
      if (!node.computed) {
        if (property.type === 'Identifier' && property.name === name) push(property.start);
        return;
      }
      if (property.type !== 'Literal' || typeof property.value !== 'string') {
        refuse('_data with the id of a <data>', 'a computed property of _data', node.start);
      } else if (property.value === name) {
        push(property.start + 1);
      }
    },
    ThisExpression(node, _state, ancestors) {
      if (ancestors.some(({ type }) => FUNCTIONS.has(type))) return;
      refuse('code that names its data', "'this', which has all of them", node.start);
    },
  } as Parameters<typeof ancestor>[1]);
  return found;
}

/** Whether it has `{ name }` with the name at an index. */
function hasShorthand(node: AnyNode, index: number): boolean {
  if (node.type !== 'ObjectExpression' && node.type !== 'ObjectPattern') return false;
  return node.properties.some((one) => one.type === 'Property' && one.shorthand && one.start === index);
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/** The code, with the offset in the raw text of each character and of its end. */
function withoutEntities(raw: string): { readonly code: string; readonly offsets: readonly number[] } {
  const offsets: number[] = [];
  let code = '';
  for (const { 0: text, 1: entity, index } of raw.matchAll(/&(lt|gt|amp|quot|apos);|./gs)) {
    offsets.push(index);
    code += entity === undefined ? text : ENTITIES[entity];
  }
  return { code, offsets: [...offsets, raw.length] };
}

/** Undefined: it is no code, or half written. */
function parsed(code: string, kind: 'value' | 'script'): AnyNode | undefined {
  const options = { ecmaVersion: 'latest', allowReturnOutsideFunction: true } as const;
  try {
    if (kind === 'value') {
      const node = parseExpressionAt(code, 0, options);
      if (/^\s*;?\s*$/.test(code.slice(node.end))) return node;
    }
    // ORS takes a script where an expression is expected.
    return parse(code, options);
  } catch (fault) {
    if (fault instanceof SyntaxError || fault instanceof RangeError) return undefined;
    throw fault;
  }
}

/** The offset of a text outside of code that has the name as a word: content of <data> and others. */
function textWith({ scanned, isScript }: LanguageFile, name: string, inline: number): number | undefined {
  if (isScript) return undefined;
  for (const { element, inline: around } of elementsIn(scanned)) {
    if (around !== inline || element.local === 'script') continue;
    for (const child of element.children) {
      if (child.kind === 'text' && hasWord(child.text, name)) {
        return child.offset + Math.max(0, child.text.search(wordOf(name)));
      }
    }
  }
  return undefined;
}

function hasWord(text: string, word: string): boolean {
  return text.includes(word) && wordOf(word).test(text);
}

function wordOf(word: string): RegExp {
  return new RegExp(`(?<![\\w$])${word.replaceAll('$', '\\$')}(?![\\w$])`);
}

function refused(expected: string, got: string, file: LanguageFile, offset: number): RenameRefused {
  const { line, column } = file.scanned.file.locate(offset);
  const place = `${file.url.split('/').at(-1)}:${line}:${column}`;
  return new RenameRefused(`Expected ${expected}, got ${got} at ${place}.`);
}

import { dictionary } from '../../ports/index.ts';
import type { Dialect } from '../document/model.ts';
import { DIALECT_MARK, moduleOf, SCXML_NAMESPACE } from '../document/namespaces.ts';
import { ruleOf } from '../document/vocabulary.ts';
import { attributeValue, type NamespaceScope, type XmlElement } from '../document/xmlTree.ts';

/** The dialect of a document. `reason` says why it was guessed; absent when the document names it. */
export interface ChosenDialect {
  readonly dialect: Dialect;
  readonly reason?: string;
}

/**
 * The dialect that the root tells, before includes are read: a `datamodel` attribute means W3C; a Genesys
 * module namespace, or elements without a namespace beside a `profile` attribute, mean ORS. Undefined for a
 * `profile` attribute alone, which drafts of SCXML before 2010 had too: see guessDialect.
 */
export function readDialect(root: XmlElement): ChosenDialect | undefined {
  if (attributeValue(root, 'datamodel') !== undefined) return { dialect: 'w3c' };
  if (attributeValue(root, DIALECT_MARK) === 'ors') return { dialect: 'ors' };
  const namespace = moduleNamespace(root, new Set());
  if (namespace !== undefined) return { dialect: 'ors', reason: `the namespace ${namespace}` };
  if (attributeValue(root, 'profile') === undefined) {
    return { dialect: 'w3c', reason: 'the absence of anything that is only in ORS' };
  }
  if (root.uri === '') return { dialect: 'ors', reason: "'profile' without a namespace" };
  return undefined;
}

/** The dialect of a document with a `profile` attribute, by its whole content. `texts`: its files. */
export function guessDialect(root: XmlElement, texts: Iterable<string>): ChosenDialect {
  for (const text of texts) {
    const [word] = ORS_TEXT.exec(text) ?? [];
    if (word !== undefined) return { dialect: 'ors', reason: `'profile' and '${word}'` };
  }
  const sign = signOf(root);
  if (sign !== undefined) return { dialect: 'ors', reason: `'profile' and ${sign}` };
  return { dialect: 'w3c', reason: "'profile' without anything that is only in ORS" };
}

/** Names that only ORS has (ors-dialect 2.1, 2.3, 2.5, 2.7), anywhere in a file. */
const ORS_TEXT =
  /\b(?:_genesys|_data|_my_prefix|__Log|__Raise|__GetDocumentURL|__GetCurrentStates|toSource)\b|\$\$_MY_PREFIX_\$\$|genesyslab\.com\/modules\//;

/** Attributes that documents of other platforms have too. */
const NO_SIGN = new Set(['script type', 'initial id']);

/** Attributes that are text in W3C and code in ORS. */
const COMPUTED = dictionary<readonly string[]>({
  send: ['event', 'target', 'type', 'delay'],
  cancel: ['sendid'],
  invoke: ['type'],
});

/** A literal of ECMAScript, a call, an operation, or a name of the platform. */
const IS_CODE = /^\s*['"]|[()+[\]]|^\s*_internal\s*$|\b_(?:event|sessionid)\b/;

/** Events of the platform that only ORS has (ors-dialect 2.6 to 2.11). */
const ORS_EVENT =
  /(?:^|\s)(?:interaction\.|done\.start\b|cancel\.successful\b|error\.(?:illegal|script\b|badfetch\b|notallowed\b|unsupported\b|send\.))/;

/** The first thing in the tree that only ORS has, in words. */
function signOf(element: XmlElement): string | undefined {
  const isOwn = element.uri === SCXML_NAMESPACE || element.uri === '';
  if (!isOwn || element.local === 'content') return undefined;
  const found = signOfElement(element);
  if (found !== undefined) return found;
  for (const child of element.children) {
    if (child.kind !== 'element') continue;
    const inside = signOfChild(element, child) ?? signOf(child);
    if (inside !== undefined) return inside;
  }
  return undefined;
}

function signOfElement(element: XmlElement): string | undefined {
  const { local, uri, attributes, idPrefix } = element;
  if (uri === '' && ruleOf(local, 'ors')) return `<${local}> without a namespace`;
  if (local === 'event') return '<event>';
  if (idPrefix !== undefined) return "'resolveid'";
  for (const { uri: space, local: name, value } of attributes) {
    if (space !== '') continue;
    const isOrsOnly = ruleOf(local, 'ors')?.ors?.includes(name) === true && !NO_SIGN.has(`${local} ${name}`);
    if (isOrsOnly || (name.startsWith('_') && ruleOf(local, 'ors'))) return `'${name}' of <${local}>`;
    const isCode = COMPUTED[local]?.includes(name) === true && IS_CODE.test(value);
    if (isCode) return `${name}="${value}" of <${local}>`;
    if (local === 'send' && name === 'delay' && /^\s*\d+\s*$/.test(value)) {
      return `delay="${value}" of <send>`;
    }
    if (local === 'transition' && name === 'event' && ORS_EVENT.test(value)) return `the event '${value}'`;
  }
  return undefined;
}

function signOfChild(parent: XmlElement, child: XmlElement): string | undefined {
  if (child.uri !== SCXML_NAMESPACE) return undefined;
  const isInitial = parent.local === 'scxml' && child.local === 'initial';
  const isParam = parent.local === 'raise' && child.local === 'param';
  const isNamed =
    child.local === 'param' &&
    attributeValue(child, 'expr') === undefined &&
    attributeValue(child, 'location') === undefined;
  if (isNamed) return '<param> with only a name';
  return isInitial || isParam ? `<${child.local}> in <${parent.local}>` : undefined;
}

/** A module namespace that is declared anywhere but in an inline <scxml>, which has a dialect of its own. */
function moduleNamespace(element: XmlElement, seen: Set<NamespaceScope>): string | undefined {
  if (!seen.has(element.scope)) {
    seen.add(element.scope);
    for (const namespace of element.scope.own.values()) if (moduleOf(namespace)) return namespace;
  }
  for (const child of element.children) {
    if (child.kind !== 'element' || child.local === 'scxml') continue;
    const found = moduleNamespace(child, seen);
    if (found !== undefined) return found;
  }
  return undefined;
}

import type { NamespaceScope, XmlElement, XmlNode } from './xmlTree.ts';

const TEXT_ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '\r': '&#13;',
};
const VALUE_ESCAPES: Readonly<Record<string, string>> = {
  ...TEXT_ESCAPES,
  '"': '&quot;',
  '\n': '&#10;',
  '\t': '&#9;',
};

/** Prefixes that need no declaration. */
const BUILT_IN: ReadonlyMap<string, string> = new Map([
  ['xml', 'http://www.w3.org/XML/1998/namespace'],
  ['', ''],
]);

/** Children of `parent` as XML text, each element with the namespace declarations that it uses or has. */
export function serialiseChildren(parent: XmlElement): string {
  const declared = new Declared(BUILT_IN);
  return parent.children.map((node) => serialiseNode(node, declared, parent.scope)).join('');
}

/**
 * An element as a document of its own: every namespace in force around it is declared on it, as XInclude
 * and the DOM keep them. `extra` attributes are added.
 */
export function serialiseDocument(element: XmlElement, extra: Readonly<Record<string, string>> = {}): string {
  const inForce = new Map([...BUILT_IN, ...namespacesOf(element.scope)]);
  const declarations = [...inForce].filter(([prefix, uri]) => BUILT_IN.get(prefix) !== uri).map(declaration);
  const added = Object.entries(extra).map(([name, value]) => attributeText(name, value));
  if (isAsWritten(element)) return atItsLines(element, added);
  return serialiseElement(element, [...declarations, ...added].join(''), new Declared(inForce));
}

/** True when the text in the file is the whole element: nothing was included into it. */
function isAsWritten({ file, offset, end, idPrefix, children }: XmlElement): boolean {
  if (end === undefined || idPrefix !== undefined) return false;
  return children.every((child) => {
    if (child.file !== file || child.offset < offset || child.offset >= end) return false;
    return child.kind === 'text' || isAsWritten(child);
  });
}

/** The element as it is in its file, at the same lines and columns, so that its problems have these too. */
function atItsLines(element: XmlElement, added: readonly string[]): string {
  const { file, name, offset, end, scope, children } = element;
  const tag = file.text.slice(offset, children[0]?.offset ?? end);
  const written = new Set([...tag.matchAll(/\sxmlns(?::([^\s=]+))?\s*=/g)].map(([, prefix = '']) => prefix));
  const inherited = [...namespacesOf(scope)].filter(
    ([prefix, uri]) => BUILT_IN.get(prefix) !== uri && !written.has(prefix),
  );
  const more = [...inherited.map(declaration), ...added].join('');
  const { line, column } = file.locate(offset);
  const indent = ' '.repeat(Math.max(0, column - 1 - more.length));
  const rest = file.text.slice(offset + 1 + name.length, end);
  return `${'\n'.repeat(line - 1)}${indent}<${name}${more}${rest}`;
}

function namespacesOf(scope: NamespaceScope): Map<string, string> {
  return new Map([...(scope.parent ? namespacesOf(scope.parent) : []), ...scope.own]);
}

/** The declarations in force, one map for all elements: copies would cost the square of the depth. */
class Declared {
  readonly #uris: Map<string, string>;

  constructor(uris: ReadonlyMap<string, string>) {
    this.#uris = new Map(uris);
  }

  uriOf(prefix: string): string | undefined {
    return this.#uris.get(prefix);
  }

  /** Performs `work` inside an element with these declarations. */
  within(fresh: readonly Declaration[], work: () => string): string {
    const before = fresh.map(([prefix]): readonly [string, string | undefined] => [
      prefix,
      this.#uris.get(prefix),
    ]);
    for (const [prefix, uri] of fresh) this.#uris.set(prefix, uri);
    const text = work();
    for (const [prefix, uri] of before) {
      if (uri === undefined) this.#uris.delete(prefix);
      else this.#uris.set(prefix, uri);
    }
    return text;
  }
}

type Declaration = readonly [prefix: string, uri: string];

function serialiseNode(node: XmlNode, declared: Declared, outer: NamespaceScope): string {
  if (node.kind === 'text') return node.comment ? '' : escapeText(node.text);
  // Elements without declarations share the scope around them.
  const needed = new Map(node.scope === outer ? [] : node.scope.own);
  needed.set(node.prefix, node.uri);
  for (const { name, uri } of node.attributes) if (uri !== '') needed.set(prefixOf(name), uri);
  const fresh = [...needed].filter(([prefix, uri]) => declared.uriOf(prefix) !== uri);
  const declarations = fresh.map(declaration).join('');
  return declared.within(fresh, () => serialiseElement(node, declarations, declared));
}

function serialiseElement(element: XmlElement, declarations: string, declared: Declared): string {
  const attributes = element.attributes.map(({ name, value }) => attributeText(name, value)).join('');
  const content = element.children.map((child) => serialiseNode(child, declared, element.scope)).join('');
  const head = `<${element.name}${declarations}${attributes}`;
  return content === '' ? `${head}/>` : `${head}>${content}</${element.name}>`;
}

function declaration([prefix, uri]: Declaration): string {
  return attributeText(prefix === '' ? 'xmlns' : `xmlns:${prefix}`, uri);
}

function attributeText(name: string, value: string): string {
  return ` ${name}="${value.replaceAll(/[&<>"\r\n\t]/g, (character) => VALUE_ESCAPES[character]!)}"`;
}

function escapeText(text: string): string {
  return text.replaceAll(/[&<>\r]/g, (character) => TEXT_ESCAPES[character]!);
}

function prefixOf(name: string): string {
  return name.slice(0, Math.max(0, name.indexOf(':')));
}

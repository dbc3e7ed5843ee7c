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
  return parent.children.map((node) => serialiseNode(node, BUILT_IN, parent.scope)).join('');
}

/**
 * An element as a document of its own: every namespace in force around it is declared on it, as XInclude
 * and the DOM keep them. `extra` attributes are added.
 */
export function serialiseDocument(element: XmlElement, extra: Readonly<Record<string, string>> = {}): string {
  const inForce = new Map([...BUILT_IN, ...namespacesOf(element.scope)]);
  const declarations = [...inForce].filter(([prefix, uri]) => BUILT_IN.get(prefix) !== uri).map(declaration);
  const added = Object.entries(extra).map(([name, value]) => attributeText(name, value));
  return serialiseElement(element, [...declarations, ...added].join(''), inForce);
}

function namespacesOf(scope: NamespaceScope): Map<string, string> {
  return new Map([...(scope.parent ? namespacesOf(scope.parent) : []), ...scope.own]);
}

function serialiseNode(node: XmlNode, declared: ReadonlyMap<string, string>, outer: NamespaceScope): string {
  if (node.kind === 'text') return node.comment ? '' : escapeText(node.text);
  // Elements without declarations share the scope around them.
  const needed = new Map(node.scope === outer ? [] : node.scope.own);
  needed.set(node.prefix, node.uri);
  for (const { name, uri } of node.attributes) if (uri !== '') needed.set(prefixOf(name), uri);
  const fresh = [...needed].filter(([prefix, uri]) => declared.get(prefix) !== uri);
  if (fresh.length === 0) return serialiseElement(node, '', declared);
  return serialiseElement(node, fresh.map(declaration).join(''), new Map([...declared, ...fresh]));
}

function serialiseElement(
  element: XmlElement,
  declarations: string,
  declared: ReadonlyMap<string, string>,
): string {
  const attributes = element.attributes.map(({ name, value }) => attributeText(name, value)).join('');
  const content = element.children.map((child) => serialiseNode(child, declared, element.scope)).join('');
  const head = `<${element.name}${declarations}${attributes}`;
  return content === '' ? `${head}/>` : `${head}>${content}</${element.name}>`;
}

function declaration([prefix, uri]: readonly [string, string]): string {
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

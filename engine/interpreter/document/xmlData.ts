import { Problems } from './problems.ts';
import { parseXml } from './xml.ts';
import type { NamespaceScope, XmlAttribute, XmlElement } from './xmlTree.ts';

const XMLNS = 'http://www.w3.org/2000/xmlns/';

/**
 * An element as data: prefix, local name, namespace ('' for none), attributes, children; a string is text.
 */
type Tree = readonly [string, string, string, readonly Attribute[], readonly (Tree | string)[]];
type Attribute = readonly [prefix: string, local: string, uri: string, value: string];

/**
 * Reads text that is one XML element, for the DOM of the data model (W3C SCXML B.2.1): JSON text of its Tree.
 * Undefined for any other text, and for XML beyond the limits of documents.
 */
export function readXmlData(text: string): string | undefined {
  const trimmed = text.trim();
  if (!trimmed.startsWith('<')) return undefined;
  const problems = new Problems('');
  const { root } = parseXml('', trimmed, problems);
  return root && !problems.hasErrors ? JSON.stringify(treeOf(root, undefined)) : undefined;
}

function treeOf(element: XmlElement, outer: NamespaceScope | undefined): Tree {
  // An element without declarations of its own shares the scope of its parent.
  const declared = element.scope === outer ? [] : [...element.scope.own];
  const attributes = [...declared.map(declaration), ...element.attributes.map(attribute)];
  const children = element.children.flatMap((child): (Tree | string)[] => {
    if (child.kind === 'element') return [treeOf(child, element.scope)];
    return child.comment ? [] : [child.text];
  });
  return [element.prefix, element.local, element.uri, attributes, children];
}

function declaration([prefix, uri]: readonly [string, string]): Attribute {
  return prefix === '' ? ['', 'xmlns', XMLNS, uri] : ['xmlns', prefix, XMLNS, uri];
}

function attribute({ name, local, uri, value }: XmlAttribute): Attribute {
  return [name.slice(0, Math.max(0, name.indexOf(':'))), local, uri, value];
}

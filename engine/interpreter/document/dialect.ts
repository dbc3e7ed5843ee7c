import type { Dialect } from './model.ts';
import { moduleOf } from './namespaces.ts';
import { attributeValue, type NamespaceScope, type XmlElement } from './xmlTree.ts';

/**
 * Reads the dialect of a document: a `datamodel` attribute means W3C; a `profile` attribute, or a Genesys
 * module namespace anywhere, means ORS; without either it is W3C. An inline <scxml> has a dialect of its own.
 */
export function readDialect(root: XmlElement): Dialect {
  if (attributeValue(root, 'datamodel') !== undefined) return 'w3c';
  if (attributeValue(root, 'profile') !== undefined) return 'ors';
  return declaresModule(root, new Set()) ? 'ors' : 'w3c';
}

function declaresModule(element: XmlElement, seen: Set<NamespaceScope>): boolean {
  if (!seen.has(element.scope)) {
    seen.add(element.scope);
    for (const namespace of element.scope.own.values()) if (moduleOf(namespace)) return true;
  }
  return element.children.some(
    (child) => child.kind === 'element' && child.local !== 'scxml' && declaresModule(child, seen),
  );
}

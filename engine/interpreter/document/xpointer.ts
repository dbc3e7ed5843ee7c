import { defined, pushAll } from '../../ports/index.ts';
import type { XmlElement } from './xmlTree.ts';
import { childElements } from './xmlTree.ts';

export type Pointer =
  | { readonly kind: 'id'; readonly id: string }
  /** Children by position, from 1: from the element with the id, or from the root. */
  | { readonly kind: 'path'; readonly id?: string; readonly steps: readonly number[] };

const XPOINTER_ID = /^xpointer\(\s*id\(\s*(?:'([^']*)'|"([^"]*)")\s*\)\s*\)$/;
const ELEMENT = /^element\(([^/)\s]*)((?:\/[1-9]\d*)*)\)$/;
const SHORTHAND = /^[^\s()/]+$/;

/** Shorthand (`x`), `xpointer(id('x'))` and the element() scheme; undefined for anything else. */
export function parsePointer(text: string): Pointer | undefined {
  const trimmed = text.trim();
  if (SHORTHAND.test(trimmed)) return { kind: 'id', id: trimmed };
  const byId = XPOINTER_ID.exec(trimmed);
  if (byId) return { kind: 'id', id: byId[1] ?? byId[2] ?? '' };
  const element = ELEMENT.exec(trimmed);
  if (!element || (!element[1] && !element[2])) return undefined;
  const steps = (element[2] ?? '').split('/').slice(1).map(Number);
  return { kind: 'path', steps, ...defined({ id: element[1] || undefined }) };
}

export function findByPointer(root: XmlElement, pointer: Pointer): XmlElement | undefined {
  if (pointer.kind === 'id') return findById(root, pointer.id);
  const { id, steps } = pointer;
  // A path from the root counts the root itself as step 1.
  const start = id === undefined ? (steps[0] === 1 ? root : undefined) : findById(root, id);
  return (id === undefined ? steps.slice(1) : steps).reduce<XmlElement | undefined>(
    (element, step) => element && childElements(element)[step - 1],
    start,
  );
}

/** Without a document type, no declaration says which attributes are IDs: `id` and `xml:id` are. */
function findById(root: XmlElement, id: string): XmlElement | undefined {
  const pending = [root];
  for (let element = pending.pop(); element; element = pending.pop()) {
    const { attributes } = element;
    if (attributes.some(({ name, value }) => (name === 'id' || name === 'xml:id') && value === id)) {
      return element;
    }
    pushAll(pending, childElements(element).reverse());
  }
  return undefined;
}

import { elementsIn } from './findElements.ts';
import type { LanguageFile } from './languageFile.ts';
import { isStateElement, ownAttribute } from './occurrences.ts';
import type { ScannedElement } from './scanXml.ts';

/** A state with the states inside it. Offsets are those of the text. */
export interface OutlineNode {
  readonly name: string;
  readonly element: 'scxml' | 'state' | 'parallel' | 'final' | 'history';
  readonly start: number;
  readonly end: number;
  /** Its id, or its start tag. */
  readonly nameStart: number;
  readonly nameEnd: number;
  readonly children: readonly OutlineNode[];
}

/** The states of a file, nested as they are in it. */
export function outlineOf({ scanned }: LanguageFile): readonly OutlineNode[] {
  const roots: OutlineNode[] = [];
  const nodes = new Map<ScannedElement, OutlineNode & { readonly children: OutlineNode[] }>();
  for (const { element } of elementsIn(scanned)) {
    if (element.local !== 'scxml' && !isStateElement(element)) continue;
    const node = nodeOf(element);
    nodes.set(element, node);
    (around(element, nodes)?.children ?? roots).push(node);
  }
  return roots;
}

function around<N>(element: ScannedElement, nodes: ReadonlyMap<ScannedElement, N>): N | undefined {
  for (let at = element.parent; at; at = at.parent) {
    const found = nodes.get(at);
    if (found) return found;
  }
  return undefined;
}

function nodeOf(element: ScannedElement): OutlineNode & { readonly children: OutlineNode[] } {
  const id = ownAttribute(element, element.local === 'scxml' ? 'name' : 'id');
  const isNamed = id !== undefined && id.raw.trim() !== '';
  return {
    name: isNamed ? id.raw : `<${element.local}>`,
    element: element.local as OutlineNode['element'],
    start: element.offset,
    end: element.end,
    nameStart: isNamed ? id.valueStart : element.offset,
    nameEnd: isNamed ? id.valueStart + id.raw.length : element.tagEnd,
    children: [],
  };
}

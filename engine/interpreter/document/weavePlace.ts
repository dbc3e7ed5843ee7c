import { resolveElement, resolveToken } from './resolveIds.ts';
import type { XmlElement, XmlNode } from './xmlTree.ts';

const INLINE = Symbol('inline');

/** What holds at one place of the tree. */
export interface Place {
  /** Effective `resolveid`; 'inline' inside an inline <scxml>, whose ids are its own. */
  readonly prefix: string | undefined | typeof INLINE;
  /** Elements above. */
  readonly depth: number;
  /** `url#pointer` of every include around. */
  readonly chain: readonly string[];
}

/** The place of the children of an element. */
export function placeInside(element: XmlElement, place: Place): Place {
  const isInline = element.local === 'scxml' && place.depth > 0;
  return { ...place, depth: place.depth + 1, ...(isInline && { prefix: INLINE }) };
}

/** The element alone, as it reads at its place. */
export function resolveHere(element: XmlElement, place: Place): XmlElement {
  return place.prefix === INLINE ? element : resolveElement(element, place.prefix);
}

/** The element with its subtree, which holds no includes; what does not change is shared. */
export function resolveTree(element: XmlElement, place: Place): XmlElement {
  const own = placeInside(element, place);
  if (own.prefix === INLINE) return element;
  const resolved = resolveElement(element, own.prefix);
  let children: XmlNode[] | undefined;
  for (const [index, child] of element.children.entries()) {
    if (child.kind === 'text') continue;
    const replacement = resolveTree(child, own);
    if (replacement === child) continue;
    children ??= [...element.children];
    children[index] = replacement;
  }
  return children ? { ...resolved, children } : resolved;
}

/** The prefix inside of an include: that around it and its own `resolveid`. */
export function joinPrefix(outer: Place['prefix'], resolveid: string | undefined): Place['prefix'] {
  if (resolveid === undefined || resolveid === '') return outer;
  const around = outer === INLINE ? undefined : outer;
  const resolved = resolveToken(resolveid, around);
  return around === undefined || resolved !== resolveid ? resolved : `${around}.${resolveid}`;
}

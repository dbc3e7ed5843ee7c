import { resolveElement, resolveToken } from './resolveIds.ts';
import type { XmlElement, XmlNode } from './xmlTree.ts';

const INLINE = Symbol('inline');

/** The context of one element while includes are woven into the tree. */
export interface WeaveContext {
  /** Effective `resolveid`; 'inline' inside an inline <scxml>, whose ids are its own. */
  readonly prefix: string | undefined | typeof INLINE;
  /** Number of elements around. */
  readonly depth: number;
  /** `url#pointer` of every include around. */
  readonly chain: readonly string[];
}

/** The context of an element's children. */
export function contextInside(element: XmlElement, context: WeaveContext): WeaveContext {
  const isInline = element.local === 'scxml' && context.depth > 0;
  return { ...context, depth: context.depth + 1, prefix: isInline ? INLINE : context.prefix };
}

/** The element alone, with its ids as they are in the context. */
export function resolveHere(element: XmlElement, context: WeaveContext): XmlElement {
  return context.prefix === INLINE ? element : resolveElement(element, context.prefix);
}

/** The element with its subtree, which has no includes. Parts that do not change are shared. */
export function resolveTree(element: XmlElement, context: WeaveContext): XmlElement {
  const own = contextInside(element, context);
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

/** The prefix inside an include: the prefix around it, and its own `resolveid`. */
export function joinPrefix(
  outer: WeaveContext['prefix'],
  resolveid: string | undefined,
): WeaveContext['prefix'] {
  if (resolveid === undefined || resolveid === '') return outer;
  const around = outer === INLINE ? undefined : outer;
  const resolved = resolveToken(resolveid, around);
  return around === undefined || resolved !== resolveid ? resolved : `${around}.${resolveid}`;
}

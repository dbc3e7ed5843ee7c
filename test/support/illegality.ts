import type { Document } from '../../engine/interpreter/document/model.ts';

/**
 * The reason why a configuration is not legal by W3C SCXML 3.11; undefined when it is legal: exactly one
 * child of <scxml> and of each active compound state, all of each active parallel, and the parents of all.
 */
export function illegality(document: Document, active: ReadonlySet<string>): string | undefined {
  const isActive = (index: number): boolean => index === 0 || active.has(document.states[index]!.id);
  for (const { index, id, kind, parent, children } of document.states) {
    if (!isActive(index)) continue;
    if (kind === 'history') return `${id} is active: a history`;
    if (index !== 0 && !isActive(parent)) return `${id} is active and its parent is not`;
    const states = children.filter((child) => document.states[child]!.kind !== 'history');
    const inside = states.filter(isActive).length;
    if (kind === 'parallel' && inside !== states.length) {
      return `${inside} of the ${states.length} children of parallel ${id} are active`;
    }
    if ((kind === 'compound' || kind === 'scxml') && inside !== 1) {
      return `${inside} children of ${id} are active`;
    }
  }
  return undefined;
}

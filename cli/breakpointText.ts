import type { Breakpoint } from '../engine/debugger/index.ts';
import { defined } from '../engine/ports/index.ts';

/**
 * Reads `state ID`, `event NAME`, each with `if EXPRESSION` behind it or not, and `if EXPRESSION`. Undefined:
 * it is none of them.
 */
export function readBreakpoint(text: string): Exclude<Breakpoint, { readonly kind: 'line' }> | undefined {
  const [kind, rest = ''] = text.trim().split(/\s+(.*)/s);
  if (kind === 'if') return rest === '' ? undefined : { kind: 'condition', condition: rest };
  const { place, condition } = placeIn(rest);
  if (place === undefined) return undefined;
  if (kind === 'state') return { kind, id: place, ...defined({ condition }) };
  if (kind === 'event') return { kind, name: place, ...defined({ condition }) };
  return undefined;
}

/** `PLACE` or `PLACE if EXPRESSION`. */
export function placeIn(text: string): { readonly place?: string; readonly condition?: string } {
  const [, place, condition] = /^(\S+)(?:\s+if\s+(.+))?$/.exec(text) ?? [];
  return defined({ place, condition });
}

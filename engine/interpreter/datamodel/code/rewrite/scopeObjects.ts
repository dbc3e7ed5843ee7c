import type { Expression, Statement } from 'acorn';
import {
  assignment,
  call,
  identifier,
  kernel,
  member,
  statement,
  undefinedValue,
  variable,
} from '../build.ts';
import type { LocalScope } from './localScope.ts';

/**
 * The statements that make the scope object of a scope; none when nothing is captured. `values`: of variables
 * that are bound already. The others are undefined.
 */
export function makeScope(
  scope: LocalScope,
  values: ReadonlyMap<string, Expression> = new Map(),
): Statement[] {
  const { holder, captured, isLoop } = scope;
  if (holder === undefined) return [];
  return [
    variable(isLoop ? 'let' : 'const', holder, call(kernel('scope'), [])),
    ...[...captured].map((name) =>
      statement(assignment(member(identifier(holder), name), values.get(name) ?? undefinedValue())),
    ),
  ];
}

/** The variables as values, for makeScope. */
export function valuesOf(names: Iterable<string>): Map<string, Expression> {
  return new Map([...names].map((name) => [name, identifier(name)]));
}

/** A captured variable. */
export function heldVariable({ holder }: LocalScope, name: string): ReturnType<typeof member> {
  return member(identifier(holder!), name);
}

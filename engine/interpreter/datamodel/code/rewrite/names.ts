import type { Expression, Identifier, MemberExpression } from 'acorn';
import { call, DATA, EVAL, identifier, kernel, literal, member, SYSTEM, whenHas } from '../build.ts';
import type { RewriteContext } from './context.ts';
import type { LocalScope } from './localScope.ts';
import { heldVariable } from './scopeObjects.ts';

/** Reads a variable. */
export function readName(node: Identifier, context: RewriteContext): Expression {
  const { isLocal, withObjects, holding } = context.resolve(node.name);
  if (node.name === 'arguments' && !isLocal) return call(kernel('undeclared'), [literal('arguments')]);
  const local = holding ? heldVariable(holding, node.name) : node;
  const plain = isLocal ? local : context.options.names.read(node.name);
  return firstHolder(node.name, withObjects, plain, (object) => member(object, node.name));
}

/**
 * Builds an assignment to a variable; inside `with` one assignment for each object that may have the name.
 */
export function assignName(
  { name }: Identifier,
  how: 'assign' | 'update',
  context: RewriteContext,
  build: (target: Identifier | MemberExpression) => Expression,
): Expression {
  const { isLocal, withObjects, holding } = context.resolve(name);
  const local = holding ? heldTarget(holding, name) : identifier(name);
  const plain = build(isLocal ? local : context.options.names[how](name));
  return firstHolder(name, withObjects, plain, (object) => build(member(object, name)));
}

/** The target of an assignment to a captured variable. */
function heldTarget(scope: LocalScope, name: string): MemberExpression {
  if (scope.consts.has(name)) return member(call(kernel('constant'), [literal(name)]), name);
  return heldVariable(scope, name);
}

/** Tests at run time, innermost first, which object of a `with` has the name; `otherwise` when none has. */
export function firstHolder(
  name: string,
  withObjects: readonly string[],
  otherwise: Expression,
  build: (object: Identifier) => Expression,
): Expression {
  return withObjects.reduceRight<Expression>(
    (rest, object) => whenHas(name, identifier(object), build(identifier(object)), rest),
    otherwise,
  );
}

/**
 * eval with the data and the scope of the code: it compiles its text as document code is compiled (data-model
 * 8).
 */
export function evalFunction(context: RewriteContext): Expression {
  return call(identifier(EVAL), [literal(context.options.state), identifier(DATA), identifier(SYSTEM)]);
}

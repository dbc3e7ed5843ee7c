import type { CallExpression, Expression, SpreadElement } from 'acorn';
import { array, call, detached, kernel, undefinedValue } from '../build.ts';
import { withoutParentheses } from '../parseCode.ts';
import type { RewriteContext } from './context.ts';
import { evalFunction, firstHolder, readName } from './names.ts';

export function rewriteCall(node: CallExpression, context: RewriteContext): Expression {
  const args = node.arguments.map((argument) => rewriteArgument(argument, context));
  if (node.callee.type === 'Super') {
    context.captureSuper();
    return { ...node, arguments: args };
  }
  const callee = withoutParentheses(node.callee);
  if (callee.type === 'Identifier') {
    const { withObjects } = context.resolve(callee.name);
    if (withObjects.length > 0) {
      const receiver = firstHolder(callee.name, withObjects, undefinedValue(), (object) => object);
      return call(kernel('apply'), [readName(callee, context), receiver, array(args as Expression[])]);
    }
  }
  return { ...node, callee: rewriteCallee(node.callee, context), arguments: args };
}

/** A callee. A variable must not make the object that holds it the `this` of the call. */
export function rewriteCallee(node: Expression, context: RewriteContext): Expression {
  const name = withoutParentheses(node);
  if (name.type !== 'Identifier') return context.expression(node);
  const { isLocal, holding } = context.resolve(name.name);
  if (holding) return detached(context.expression(node));
  if (isLocal) return context.expression(node);
  if (name.name === 'eval') return evalFunction(context);
  return detached(readName(name, context));
}

export function rewriteArgument(
  node: Expression | SpreadElement,
  context: RewriteContext,
): Expression | SpreadElement {
  if (node.type !== 'SpreadElement') return context.expression(node);
  return { ...node, argument: context.expression(node.argument) };
}

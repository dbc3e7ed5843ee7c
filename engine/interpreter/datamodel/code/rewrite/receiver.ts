import type { Expression } from 'acorn';
import { identifier, kernel, member } from '../build.ts';
import { RECEIVER } from './captures.ts';
import type { RewriteContext } from './context.ts';

const THIS: Expression = { type: 'ThisExpression', start: 0, end: 0 };

/** Keeps the realm's global object out of `this` (RW5). */
export function rewriteThis(_node: Expression, context: RewriteContext): Expression {
  if (!context.hasReceiver) return context.options.names.self();
  const scope = context.resolveReceiver();
  return scope === undefined ? ownReceiver(context) : member(identifier(scope.holder!), RECEIVER);
}

/** The `this` of the function around the point. */
export function ownReceiver(context: RewriteContext): Expression {
  if (context.isStrict) return THIS;
  return {
    type: 'ConditionalExpression',
    test: {
      type: 'BinaryExpression',
      operator: '===',
      left: THIS,
      right: kernel('global'),
      start: 0,
      end: 0,
    },
    consequent: context.options.names.self(),
    alternate: THIS,
    start: 0,
    end: 0,
  };
}

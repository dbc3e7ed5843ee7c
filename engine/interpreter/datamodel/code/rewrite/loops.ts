import type {
  Expression,
  ForInStatement,
  ForOfStatement,
  ForStatement,
  Pattern,
  Statement,
  VariableDeclaration,
} from 'acorn';
import { checkBindings, patternNames } from '../bindings.ts';
import { assignment, block, burn, literal, statement } from '../build.ts';
import { CodeError } from '../parseCode.ts';
import { rewriteBlock } from './blocks.ts';
import type { RewriteContext } from './context.ts';
import { declarationTarget, rewriteDeclarators } from './declarations.ts';
import { LocalScope } from './localScope.ts';

/** Burns gas at each iteration (RW2). */
export function rewriteLoopBody(body: Statement, context: RewriteContext): Statement {
  const list = body.type === 'BlockStatement' ? body.body : [body];
  return block([statement(burn()), ...rewriteBlock(list, context)]);
}

export function rewriteFor(node: ForStatement, context: RewriteContext): Statement {
  const inner = loopContext(node.init, context);
  return {
    ...node,
    init: node.init ? rewriteInit(node.init, inner) : null,
    test: node.test ? inner.expression(node.test) : null,
    update: node.update ? inner.expression(node.update) : null,
    body: rewriteLoopBody(node.body, inner),
  };
}

export function rewriteForEach(node: ForInStatement | ForOfStatement, context: RewriteContext): Statement {
  if (node.type === 'ForOfStatement' && node.await) throw new CodeError('for await is not available');
  const inner = loopContext(node.left, context);
  return {
    ...node,
    left: rewriteLoopTarget(node.left, inner),
    right: inner.expression(node.right),
    body: rewriteLoopBody(node.body, inner),
  };
}

/** The context inside a loop. Its scope binds the names that the head declares by let or const. */
function loopContext(
  head: Expression | Pattern | VariableDeclaration | null | undefined,
  context: RewriteContext,
): RewriteContext {
  const scope = new LocalScope(context.scope, context.frame);
  if (head?.type === 'VariableDeclaration' && head.kind !== 'var') {
    for (const declarator of head.declarations) patternNames(declarator.id, scope.names);
    checkBindings(scope.names);
  }
  return context.inScope(scope);
}

function rewriteInit(
  init: Expression | VariableDeclaration,
  context: RewriteContext,
): Expression | VariableDeclaration {
  if (init.type !== 'VariableDeclaration') return context.expression(init);
  if (init.kind !== 'var' || context.frame) return rewriteDeclarators(init, context);
  // The variables belong to the document: they are assigned.
  const parts = init.declarations.flatMap(({ id, init }) => (init ? [assignment(id, init)] : []));
  if (parts.length === 0) return literal(0);
  const [only] = parts;
  return context.expression(
    only && parts.length === 1 ? only : { type: 'SequenceExpression', expressions: parts, start: 0, end: 0 },
  );
}

function rewriteLoopTarget(
  left: VariableDeclaration | Pattern,
  context: RewriteContext,
): VariableDeclaration | Pattern {
  if (left.type !== 'VariableDeclaration') return context.pattern(left);
  if (left.kind === 'var' && !context.frame) return declarationTarget(left.declarations[0]!.id, context);
  return rewriteDeclarators(left, context);
}

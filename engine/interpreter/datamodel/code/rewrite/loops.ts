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
import {
  assignment,
  block,
  burn,
  call,
  declaration,
  flat,
  identifier,
  kernel,
  literal,
  prepared,
  sequence,
  statement,
  VALUE,
} from '../build.ts';
import { CodeError } from '../parseCode.ts';
import { rewriteBlock } from './blocks.ts';
import type { RewriteContext } from './context.ts';
import { declarationTarget, declareLocal, declareLocals, rewriteDeclarators } from './declarations.ts';
import type { LocalScope } from './localScope.ts';
import { makeScope } from './scopeObjects.ts';

/** Burns gas at each iteration (RW2). */
export function rewriteLoopBody(
  body: Statement,
  context: RewriteContext,
  first: readonly Statement[] = [],
): Statement {
  const list = body.type === 'BlockStatement' ? body.body : [body];
  return block([statement(burn()), ...first, ...rewriteBlock(list, context)]);
}

export function rewriteFor(node: ForStatement, context: RewriteContext): Statement {
  const inner = loopContext(node, node.init, context);
  const { scope } = inner;
  if (scope?.holder !== undefined) return rewriteHeldFor(node, scope, inner);
  return {
    ...node,
    init: node.init ? rewriteInit(node.init, inner) : null,
    test: node.test ? inner.expression(node.test) : null,
    update: node.update ? inner.expression(node.update) : null,
    body: rewriteLoopBody(node.body, inner),
  };
}

/** Functions capture variables of the head. Each iteration has a copy of them (ECMAScript 14.7.4.4). */
function rewriteHeldFor(node: ForStatement, scope: LocalScope, inner: RewriteContext): Statement {
  scope.isLoop = true;
  const holder = identifier(scope.holder!);
  const declared = flat(declareLocals(node.init as VariableDeclaration, inner));
  const copied = assignment(holder, call(kernel('nextScope'), [holder]));
  const update = node.update ? sequence([copied, inner.expression(node.update)]) : copied;
  const test = node.test ? inner.expression(node.test) : null;
  const body = rewriteLoopBody(node.body, inner);
  return prepared([...makeScope(scope), ...declared], { ...node, init: null, test, update, body });
}

export function rewriteForEach(node: ForInStatement | ForOfStatement, context: RewriteContext): Statement {
  if (node.type === 'ForOfStatement' && node.await) throw new CodeError('for await is not available');
  const inner = loopContext(node, node.left, context);
  const { scope } = inner;
  if (scope?.holder !== undefined) return rewriteHeldForEach(node, scope, inner);
  return {
    ...node,
    left: rewriteLoopTarget(node.left, inner),
    right: inner.expression(node.right),
    body: rewriteLoopBody(node.body, inner),
  };
}

/** Functions capture variables of the head, which are new in each iteration. */
function rewriteHeldForEach(
  node: ForInStatement | ForOfStatement,
  scope: LocalScope,
  inner: RewriteContext,
): Statement {
  const { kind, declarations } = node.left as VariableDeclaration;
  const { id } = declarations[0]!;
  const first = [...makeScope(scope), ...declareLocal(kind, { id, value: identifier(VALUE) }, inner)];
  return {
    ...node,
    left: declaration('const', identifier(VALUE), null),
    right: inner.expression(node.right),
    body: rewriteLoopBody(node.body, inner, first),
  };
}

/** The context inside a loop. Its scope binds the names that the head declares by let or const. */
function loopContext(
  loop: Statement,
  head: Expression | Pattern | VariableDeclaration | null | undefined,
  context: RewriteContext,
): RewriteContext {
  const scope = context.newScope(loop);
  if (head?.type === 'VariableDeclaration' && head.kind !== 'var') {
    for (const declarator of head.declarations) patternNames(declarator.id, scope.names);
    if (head.kind === 'const') for (const name of scope.names) scope.consts.add(name);
    checkBindings(scope.names);
  }
  return context.inScope(scope);
}

function rewriteInit(
  init: Expression | VariableDeclaration,
  context: RewriteContext,
): Expression | VariableDeclaration {
  if (init.type !== 'VariableDeclaration') return context.expression(init);
  const isAssigned = init.kind === 'var' && (!context.frame || isHeld(init, context));
  if (!isAssigned) return rewriteDeclarators(init, context);
  // The variables belong to the document, or some are in scope objects: they are assigned.
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
  const { id } = left.declarations[0]!;
  if (left.kind === 'var' && !context.frame) return declarationTarget(id, context);
  if (left.kind === 'var' && isHeld(left, context)) return context.pattern(id);
  return rewriteDeclarators(left, context);
}

/** True when some of the variables are in scope objects. The others are then declared by the function. */
function isHeld({ declarations }: VariableDeclaration, context: RewriteContext): boolean {
  const names = new Set<string>();
  for (const { id } of declarations) patternNames(id, names);
  const plain = [...names].filter((name) => context.resolve(name).holding === undefined);
  if (plain.length === names.size) return false;
  for (const name of plain) context.frame?.variables.add(name);
  return true;
}

import type {
  CatchClause,
  ExpressionStatement,
  IfStatement,
  Statement,
  SwitchStatement,
  TryStatement,
  WithStatement,
} from 'acorn';
import { checkBinding, checkBindings, patternNames } from '../bindings.ts';
import {
  assignment,
  block,
  burn,
  call,
  identifier,
  kernel,
  labelled,
  prepared,
  RESERVED,
  statement,
  VALUE,
  variable,
} from '../build.ts';
import { CodeError } from '../parseCode.ts';
import { bindLexical, rewriteBlock, rewriteStatements } from './blocks.ts';
import type { RewriteContext, Visitors } from './context.ts';
import {
  declareFunction,
  rewriteClassDeclaration,
  rewriteFunctionDeclaration,
  rewriteVariables,
} from './declarations.ts';
import { rewriteFor, rewriteForEach, rewriteLoopBody } from './loops.ts';
import { makeScope, valuesOf } from './scopeObjects.ts';

const EMPTY: Statement = { type: 'EmptyStatement', start: 0, end: 0 };

export const STATEMENTS: Visitors<Statement, Statement> = {
  ExpressionStatement: rewriteExpressionStatement,
  BlockStatement: (node, context) => ({ ...node, body: rewriteBlock(node.body, context) }),
  EmptyStatement: (node) => node,
  BreakStatement: (node) => node,
  ContinueStatement: (node) => node,
  DebuggerStatement: () => EMPTY,
  WithStatement: rewriteWith,
  ReturnStatement: (node, context) =>
    node.argument ? { ...node, argument: context.expression(node.argument) } : node,
  LabeledStatement(node, context) {
    checkBinding(node.label.name);
    return labelled(node.label, context.statement(node.body));
  },
  IfStatement: rewriteIf,
  SwitchStatement: rewriteSwitch,
  ThrowStatement: (node, context) => ({ ...node, argument: context.expression(node.argument) }),
  TryStatement: rewriteTry,
  WhileStatement: (node, context) => ({
    ...node,
    test: context.expression(node.test),
    body: rewriteLoopBody(node.body, context),
  }),
  DoWhileStatement: (node, context) => ({
    ...node,
    test: context.expression(node.test),
    body: rewriteLoopBody(node.body, context),
  }),
  ForStatement: rewriteFor,
  ForInStatement: rewriteForEach,
  ForOfStatement: rewriteForEach,
  FunctionDeclaration: rewriteFunctionDeclaration,
  VariableDeclaration: rewriteVariables,
  ClassDeclaration: rewriteClassDeclaration,
};

function rewriteExpressionStatement(node: ExpressionStatement, context: RewriteContext): Statement {
  const { keepsValue } = context;
  if (!keepsValue) {
    if (node.directive === 'use strict') return node;
    // Printed from its value, 'use\x20strict' would become a directive, which it is not.
    if (node.expression.type === 'Literal' && typeof node.expression.value === 'string') return EMPTY;
  }
  const expression = context.expression(node.expression);
  return { ...node, expression: keepsValue ? assignment(identifier(VALUE), expression) : expression };
}

/**
 * Names inside `with` are first looked up in its object (RW1), which a constant holds that no code can name.
 */
function rewriteWith(node: WithStatement, context: RewriteContext): Statement {
  if (context.isStrict) throw new CodeError('with is not available in strict code');
  const name = `${RESERVED}w${context.scope?.withDepth ?? 0}`;
  const value = call(kernel('object'), [context.expression(node.object)]);
  const inner = context.inScope(context.newScope(undefined, { withObject: name }));
  const list = node.body.type === 'BlockStatement' ? node.body.body : [node.body];
  return block([variable('const', name, value), block(rewriteBlock(list, inner))]);
}

function rewriteIf(node: IfStatement, context: RewriteContext): Statement {
  return {
    ...node,
    test: context.expression(node.test),
    consequent: rewriteBranch(node.consequent, context),
    alternate: node.alternate ? rewriteBranch(node.alternate, context) : null,
  };
}

/** Body of an if: a bare function declaration there is one in a block. */
function rewriteBranch(node: Statement, context: RewriteContext): Statement {
  if (node.type === 'FunctionDeclaration') return context.statement(block([node]));
  const marks = context.marks(node);
  const rewritten = context.statement(node);
  return marks.length === 0 ? rewritten : block([...marks, rewritten]);
}

function rewriteSwitch(node: SwitchStatement, context: RewriteContext): Statement {
  const discriminant = context.expression(node.discriminant);
  const scope = context.newScope(node);
  for (const branch of node.cases) bindLexical(branch.consequent, scope, context.isStrict);
  const inner = context.inScope(scope);
  const first: Statement[] = makeScope(scope);
  const cases = node.cases.map((branch) => {
    const test = branch.test ? inner.expression(branch.test) : null;
    if (!context.usesScopes) {
      return { ...branch, test, consequent: rewriteStatements(branch.consequent, inner) };
    }
    const functions = branch.consequent.filter((part) => part.type === 'FunctionDeclaration');
    first.push(...functions.map((part) => declareFunction(part, inner)));
    const others = branch.consequent.filter((part) => part.type !== 'FunctionDeclaration');
    return { ...branch, test, consequent: rewriteStatements(others, inner) };
  });
  return prepared(first, { ...node, discriminant, cases });
}

/** Burns gas first in catch and finally (RW2). */
function rewriteTry(node: TryStatement, context: RewriteContext): Statement {
  return {
    ...node,
    block: block(rewriteBlock(node.block.body, context)),
    handler: node.handler ? rewriteCatch(node.handler, context) : null,
    finalizer: node.finalizer
      ? block([statement(burn()), ...rewriteBlock(node.finalizer.body, context)])
      : null,
  };
}

function rewriteCatch(node: CatchClause, context: RewriteContext): CatchClause {
  const scope = context.newScope(node);
  if (node.param) patternNames(node.param, scope.names);
  checkBindings(scope.names);
  const inner = context.inScope(scope);
  scope.isBinding = true;
  const param = node.param ? inner.pattern(node.param) : null;
  scope.isBinding = false;
  const first = [statement(burn()), ...makeScope(scope, valuesOf(scope.names))];
  return { ...node, param, body: block([...first, ...rewriteBlock(node.body.body, inner)]) };
}

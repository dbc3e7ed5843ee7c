import type { BlockStatement, Class, Expression, Statement } from 'acorn';
import { checkBinding, checkBindings, hoistedNames, lexicalNames, patternNames } from '../bindings.ts';
import { block, burn, returned, statement } from '../build.ts';
import type { FunctionNode } from '../functionTable.ts';
import { CodeError } from '../parseCode.ts';
import type { RewriteContext } from './context.ts';
import { type FunctionFrame, LocalScope } from './localScope.ts';

type ClassMember = Class['body']['body'][number];

/** A function as a value. The document's table makes it, unless it captures a local variable. */
export function functionValue(node: FunctionNode, context: RewriteContext): Expression {
  const { node: rewritten, frame } = rewriteFunction(node, context);
  const value = { ...rewritten, type: asExpression(node.type) } as Expression;
  const { functions } = context.options;
  if (!functions || frame.captures) return value;
  return functions.add(value, context.isStrict);
}

function asExpression(type: FunctionNode['type']): 'FunctionExpression' | 'ArrowFunctionExpression' {
  return type === 'FunctionDeclaration' ? 'FunctionExpression' : type;
}

export function rewriteFunction<Node extends FunctionNode>(
  node: Node,
  context: RewriteContext,
): { readonly node: Node; readonly frame: FunctionFrame } {
  const { usage } = context.options;
  const { made, event, genesys } = usage.record(() => rewriteFunctionCode(node, context));
  usage.eventInFunction ||= event;
  usage.genesysInFunction ||= genesys;
  return made;
}

function rewriteFunctionCode<Node extends FunctionNode>(
  node: Node,
  context: RewriteContext,
): { readonly node: Node; readonly frame: FunctionFrame } {
  if (node.async) throw new CodeError('async functions are not available');
  const frame = {
    parent: context.frame,
    isArrow: node.type === 'ArrowFunctionExpression',
    isStrict: context.isStrict || hasStrictDirective(node),
    captures: false,
  };
  const inner = context.inScope(functionScope(node, context.scope, frame));
  const params = node.params.map((parameter) => inner.pattern(parameter));
  const body =
    node.body.type === 'BlockStatement' ? blockBody(node.body, inner) : valueBody(node.body, inner);
  return { node: { ...node, params, body, expression: false }, frame };
}

/** The scope of a function's parameters and body, inside that of its own name. */
function functionScope(node: FunctionNode, outer: LocalScope | undefined, frame: FunctionFrame): LocalScope {
  if (node.id) checkBinding(node.id.name);
  const ownName = node.type === 'FunctionExpression' ? node.id?.name : undefined;
  const around = new LocalScope(outer, frame);
  if (ownName !== undefined) around.names.add(ownName);
  const scope = new LocalScope(around, frame);
  if (!frame.isArrow) scope.names.add('arguments');
  for (const parameter of node.params) patternNames(parameter, scope.names);
  if (node.body.type === 'BlockStatement') {
    hoistedNames(node.body.body, scope.names);
    lexicalNames(node.body.body, scope.names);
  }
  checkBindings(scope.names);
  return scope;
}

/** Burns gas after the directives, which must come first (RW2). */
function blockBody(body: BlockStatement, context: RewriteContext): BlockStatement {
  const statements = body.body.map((part) => context.statement(part));
  const directives = statements.filter(isDirective);
  const others = statements.filter((part) => !isDirective(part));
  return block([...directives, statement(burn()), ...others]);
}

function valueBody(body: Expression, context: RewriteContext): BlockStatement {
  return block([statement(burn()), returned(context.expression(body))]);
}

function isDirective(node: Statement): boolean {
  return node.type === 'ExpressionStatement' && node.directive !== undefined;
}

function hasStrictDirective({ body }: FunctionNode): boolean {
  if (body.type !== 'BlockStatement') return false;
  return body.body.some((part) => part.type === 'ExpressionStatement' && part.directive === 'use strict');
}

/** A class as a value. The document's table makes it where its text is enough for that. */
export function classValue(node: Class, context: RewriteContext): Expression {
  const { node: rewritten, frame } = rewriteClass(node, context);
  const value = { ...rewritten, type: 'ClassExpression' } as Expression;
  const { functions } = context.options;
  const isPlain = !node.superClass && node.body.body.every(isPlainMember);
  if (!functions || frame.captures || !isPlain) return value;
  return functions.add(value, true);
}

export function rewriteClass<Node extends Class>(
  node: Node,
  context: RewriteContext,
): { readonly node: Node; readonly frame: FunctionFrame } {
  // A class has no `this` of its own, so it captures like an arrow function.
  const frame = { parent: context.frame, isArrow: true, isStrict: true, captures: false };
  const scope = new LocalScope(context.scope, frame);
  if (node.id) {
    checkBinding(node.id.name);
    scope.names.add(node.id.name);
  }
  const inner = context.inScope(scope);
  const superClass = node.superClass ? inner.expression(node.superClass) : null;
  const body = node.body.body.map((part) => rewriteClassMember(part, inner));
  return { node: { ...node, superClass, body: { ...node.body, body } }, frame };
}

function rewriteClassMember(node: ClassMember, context: RewriteContext): ClassMember {
  if (node.type === 'StaticBlock') throw new CodeError('static blocks are not available');
  const isName = !node.computed || node.key.type === 'PrivateIdentifier';
  const key = isName ? node.key : context.expression(node.key as Expression);
  if (node.type === 'MethodDefinition') {
    if (node.kind === 'get' || node.kind === 'set') context.options.usage.exotic = true;
    return { ...node, key, value: rewriteFunction(node.value, context).node };
  }
  return { ...node, key, value: node.value ? fieldValue(node.value, context) : null };
}

/** The initial value of a class field. Like a method, it has a `this` of its own. */
function fieldValue(node: Expression, context: RewriteContext): Expression {
  const frame = { parent: context.frame, isArrow: false, isStrict: true, captures: false };
  return context.inScope(new LocalScope(context.scope, frame)).expression(node);
}

function isPlainMember(part: ClassMember): boolean {
  if (part.type === 'StaticBlock' || part.computed) return false;
  return part.type === 'MethodDefinition' || !part.static;
}

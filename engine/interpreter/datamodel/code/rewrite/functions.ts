import type {
  BlockStatement,
  Class,
  ClassExpression,
  Expression,
  FunctionExpression,
  Statement,
} from 'acorn';
import { defined } from '../../../../ports/index.ts';
import {
  checkBinding,
  checkBindings,
  constNames,
  hoistedNames,
  lexicalNames,
  patternNames,
} from '../bindings.ts';
import {
  block,
  burn,
  element,
  literal,
  objectLiteral,
  property,
  returned,
  statement,
  unlessRestoring,
  variable,
  withPositions,
} from '../build.ts';
import type { FunctionNode, TableFunction } from '../functionTable.ts';
import { CodeError } from '../parseCode.ts';
import { CannotHold, RECEIVER } from './captures.ts';
import type { RewriteContext } from './context.ts';
import { FunctionFrame, type LocalScope } from './localScope.ts';
import { ownReceiver } from './receiver.ts';
import { makeScope, valuesOf } from './scopeObjects.ts';

type ClassMember = Class['body']['body'][number];

/** A function as a value. The document's table makes it, unless it captures what is in no scope object. */
export function functionValue(node: FunctionNode, context: RewriteContext): Expression {
  const { node: rewritten, frame } = rewriteFunction(node, context);
  const value = { ...rewritten, type: asExpression(node.type) } as Expression;
  return tableValue(value, { source: node, frame, context, isStrict: context.isStrict });
}

/** A method of an object literal as a value of its property; undefined when only a method can be it. */
export function methodValue(
  node: FunctionExpression,
  name: string,
  context: RewriteContext,
): Expression | undefined {
  const { node: rewritten, frame } = rewriteFunction(node, context);
  const { functions } = context.options;
  if (!functions || frame.captures || frame.hasSuper) return undefined;
  const method = (marked: FunctionNode | ClassExpression): Expression =>
    element(
      objectLiteral([property(literal(name), marked as Expression, { method: true, computed: true })]),
      name,
    );
  return tableValue(rewritten, { source: node, frame, context, isStrict: context.isStrict, wrap: method });
}

interface TableValueFacts extends Pick<TableFunction, 'source' | 'isStrict' | 'wrap' | 'heritage'> {
  readonly frame: FunctionFrame;
  readonly context: RewriteContext;
}

function tableValue(node: Expression, { frame, context, ...facts }: TableValueFacts): Expression {
  const { functions } = context.options;
  const uses = [...frame.uses];
  if (functions && !frame.captures) {
    const scopes = uses.map(({ holder }) => holder!);
    return functions.add({ node, ...facts, isAgain: context.usesScopes, scopes });
  }
  // Such a function would see the scope object of a later iteration.
  if (uses.some(({ isLoop }) => isLoop)) throw new CannotHold();
  return node;
}

function asExpression(type: FunctionNode['type']): 'FunctionExpression' | 'ArrowFunctionExpression' {
  return type === 'FunctionDeclaration' ? 'FunctionExpression' : type;
}

export function rewriteFunction<Node extends FunctionNode>(
  node: Node,
  context: RewriteContext,
  { holdsReceiver = true }: { readonly holdsReceiver?: boolean } = {},
): { readonly node: Node; readonly frame: FunctionFrame } {
  const { usage } = context.options;
  const { made, event, genesys } = usage.record(() => rewriteFunctionCode(node, context, holdsReceiver));
  usage.eventInFunction ||= event;
  usage.genesysInFunction ||= genesys;
  return made;
}

function rewriteFunctionCode<Node extends FunctionNode>(
  node: Node,
  context: RewriteContext,
  holdsReceiver: boolean,
): { readonly node: Node; readonly frame: FunctionFrame } {
  if (node.async) throw new CodeError('async functions are not available');
  const frame = new FunctionFrame({
    parent: context.frame,
    isArrow: node.type === 'ArrowFunctionExpression',
    isStrict: context.isStrict || hasStrictDirective(node),
    holdsReceiver,
  });
  const { around, scope } = functionScopes(node, context, frame);
  frame.scope = scope;
  const inner = context.inScope(scope);
  around.isBinding = true;
  scope.isBinding = true;
  const params = node.params.map((parameter) => inner.pattern(parameter));
  around.isBinding = false;
  scope.isBinding = false;
  const rewritten =
    node.body.type === 'BlockStatement'
      ? inner.statements(node.body.body)
      : [returned(inner.expression(node.body))];
  const { base } = context.options;
  const isMovable = node.body.type !== 'BlockStatement' || isMovableIntoBlock(node.body.body, node);
  const recorded = base === undefined ? rewritten : positioned(rewritten, base + node.body.start, isMovable);
  const body = functionBody(recorded, [
    ...makeScope(around, valuesOf(around.names)),
    ...makeScope(scope, boundValues(node, inner)),
    ...[...frame.variables].map((name) => variable('var', name, null)),
  ]);
  return { node: { ...node, params, body, expression: false }, frame };
}

/** Directives stay before the statements that record positions. */
function positioned(statements: readonly Statement[], position: number, isMovable: boolean): Statement[] {
  const directives = statements.filter(isDirective);
  const others = statements.filter((part) => !isDirective(part));
  const [declared, recording] = withPositions(others, position);
  return [...directives, declared!, ...(isMovable ? [recording!] : others)];
}

/**
 * False when a function declaration would mean something else, or be an error, inside a block: it has the
 * name of a parameter, or of another declaration.
 */
function isMovableIntoBlock(list: readonly Statement[], node: FunctionNode): boolean {
  const functions = list.flatMap((part) => (part.type === 'FunctionDeclaration' ? [part.id.name] : []));
  if (functions.length === 0) return true;
  const others = new Set<string>(['arguments']);
  for (const parameter of node.params) patternNames(parameter, others);
  const withoutFunctions = list.filter((part) => part.type !== 'FunctionDeclaration');
  hoistedNames(withoutFunctions, others, true);
  return new Set(functions).size === functions.length && !functions.some((name) => others.has(name));
}

/** The variables that have a value when the body begins. */
function boundValues(node: FunctionNode, inner: RewriteContext): ReadonlyMap<string, Expression> {
  const names = new Set<string>();
  if (!inner.frame?.isArrow) names.add('arguments');
  for (const parameter of node.params) patternNames(parameter, names);
  const values = valuesOf(names);
  if (!inner.frame?.isArrow) values.set(RECEIVER, ownReceiver(inner));
  return values;
}

/** The scope of a function's parameters and body, and the one around it, of the function's own name. */
function functionScopes(
  node: FunctionNode,
  context: RewriteContext,
  frame: FunctionFrame,
): { readonly around: LocalScope; readonly scope: LocalScope } {
  if (node.id) checkBinding(node.id.name);
  const ownName = node.type === 'FunctionExpression' ? node.id : undefined;
  const around = context.newScope(ownName ?? undefined, { frame });
  if (ownName) around.names.add(ownName.name);
  const scope = context.newScope(node, { frame, parent: around });
  if (!frame.isArrow) scope.names.add('arguments');
  for (const parameter of node.params) patternNames(parameter, scope.names);
  if (node.body.type === 'BlockStatement') {
    hoistedNames(node.body.body, scope.names, frame.isStrict);
    lexicalNames(node.body.body, scope.names);
    constNames(node.body.body, scope.consts);
  }
  checkBindings(scope.names);
  return { around, scope };
}

/** Burns gas after the directives, which must come first (RW2). */
function functionBody(statements: readonly Statement[], first: readonly Statement[]): BlockStatement {
  const directives = statements.filter(isDirective);
  const others = statements.filter((part) => !isDirective(part));
  return block([...directives, statement(burn()), ...first, ...others]);
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
  const { captures } = context.options;
  // The first release did not carry these: they get their numbers after those that snapshots have.
  if (!context.usesScopes && (node.superClass || !node.body.body.every(isPlainMember))) {
    captures?.addFunction();
    frame.captures = true;
  }
  frame.captures ||= !node.body.body.every(isRestorable);
  const facts = { source: node as ClassExpression, frame, context, isStrict: true };
  return tableValue(value, { ...facts, ...defined({ heritage: rewritten.superClass ?? undefined }) });
}

export function rewriteClass<Node extends Class>(
  node: Node,
  context: RewriteContext,
): { readonly node: Node; readonly frame: FunctionFrame } {
  // A class has no `this` of its own, so it captures like an arrow function.
  const frame = new FunctionFrame({ parent: context.frame, isArrow: true, isStrict: true });
  const scope = context.newScope(undefined, { frame });
  if (node.id) {
    checkBinding(node.id.name);
    scope.names.add(node.id.name);
  }
  const inner = context.inScope(scope);
  const superClass = node.superClass ? context.expression(node.superClass) : null;
  const isDerived = Boolean(node.superClass);
  const body = node.body.body.map((part) => rewriteClassMember(part, inner, isDerived));
  return { node: { ...node, superClass, body: { ...node.body, body } }, frame };
}

function rewriteClassMember(node: ClassMember, context: RewriteContext, isDerived: boolean): ClassMember {
  if (node.type === 'StaticBlock') throw new CodeError('static blocks are not available');
  const isName = !node.computed || node.key.type === 'PrivateIdentifier';
  const key = isName ? node.key : context.expression(node.key as Expression);
  if (node.type === 'MethodDefinition') {
    if (node.kind === 'get' || node.kind === 'set') context.options.usage.exotic = true;
    // Before super(), the constructor of a derived class has no `this`.
    const holdsReceiver = node.kind !== 'constructor' || !isDerived;
    return { ...node, key, value: rewriteFunction(node.value, context, { holdsReceiver }).node };
  }
  const value = node.value ? fieldValue(node.value, context) : null;
  return { ...node, key, value: value && node.static ? unlessRestoring(value) : value };
}

/** The initial value of a class field. Like a method, it has a `this` of its own. */
function fieldValue(node: Expression, context: RewriteContext): Expression {
  const frame = new FunctionFrame({
    parent: context.frame,
    isArrow: false,
    isStrict: true,
    holdsReceiver: false,
  });
  return context.inScope(context.newScope(undefined, { frame })).expression(node);
}

function isPlainMember(part: ClassMember): boolean {
  if (part.type === 'StaticBlock' || part.computed) return false;
  return part.type === 'MethodDefinition' || !part.static;
}

/**
 * True for a member that is the same when the class is made again: not for a name that is computed, nor for
 * private static fields, whose values no snapshot can read.
 */
export function isRestorable(part: ClassMember): boolean {
  if (part.type === 'StaticBlock') return false;
  if (part.key.type === 'PrivateIdentifier') return part.type === 'MethodDefinition' || !part.static;
  return !part.computed || isConstantName(part.key as Expression);
}

function isConstantName(key: Expression): boolean {
  if (key.type === 'ParenthesizedExpression') return isConstantName(key.expression);
  if (key.type === 'Literal') return !key.regex;
  if (key.type === 'TemplateLiteral') return key.expressions.length === 0;
  const isMember = key.type === 'MemberExpression' && !key.computed;
  return isMember && key.object.type === 'Identifier' && key.object.name === 'Symbol';
}

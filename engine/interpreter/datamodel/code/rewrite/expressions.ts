import type {
  AssignmentExpression,
  Expression,
  Identifier,
  MemberExpression,
  Pattern,
  Property,
  TemplateLiteral,
  UnaryExpression,
  UpdateExpression,
} from 'acorn';
import { assignment, kernel, literal, member } from '../build.ts';
import type { FunctionNode } from '../functionTable.ts';
import { CodeError, withoutParentheses } from '../parseCode.ts';
import { rewriteArgument, rewriteCall, rewriteCallee } from './calls.ts';
import type { RewriteContext, Visitors } from './context.ts';
import { classValue, functionValue, rewriteFunction } from './functions.ts';
import { rewriteMember } from './members.ts';
import { assignName, evalFunction, firstHolder, readName } from './names.ts';

export const EXPRESSIONS: Visitors<Expression, Expression> = {
  Identifier: readName,
  Literal: (node) => node,
  ThisExpression: rewriteThis,
  ArrayExpression: (node, context) => ({
    ...node,
    elements: node.elements.map((element) => element && rewriteArgument(element, context)),
  }),
  ObjectExpression: (node, context) => ({
    ...node,
    properties: node.properties.map((property) =>
      property.type === 'SpreadElement'
        ? { ...property, argument: context.expression(property.argument) }
        : rewriteProperty(property, context),
    ),
  }),
  FunctionExpression: functionValue,
  ArrowFunctionExpression: functionValue,
  ClassExpression: classValue,
  UnaryExpression: rewriteUnary,
  UpdateExpression: rewriteUpdate,
  BinaryExpression: (node, context) => ({
    ...node,
    left: node.left.type === 'PrivateIdentifier' ? node.left : context.expression(node.left),
    right: context.expression(node.right),
  }),
  LogicalExpression: (node, context) => ({
    ...node,
    left: context.expression(node.left),
    right: context.expression(node.right),
  }),
  AssignmentExpression: rewriteAssignment,
  MemberExpression: rewriteMember,
  ConditionalExpression: (node, context) => ({
    ...node,
    test: context.expression(node.test),
    consequent: context.expression(node.consequent),
    alternate: context.expression(node.alternate),
  }),
  CallExpression: rewriteCall,
  NewExpression: (node, context) => ({
    ...node,
    callee: context.expression(node.callee),
    arguments: node.arguments.map((argument) => rewriteArgument(argument, context)),
  }),
  SequenceExpression: (node, context) => ({
    ...node,
    expressions: node.expressions.map((part) => context.expression(part)),
  }),
  ParenthesizedExpression: (node, context) => ({ ...node, expression: context.expression(node.expression) }),
  ChainExpression: (node, context) => ({
    ...node,
    expression: context.expression(node.expression) as MemberExpression,
  }),
  YieldExpression: (node, context) =>
    node.argument ? { ...node, argument: context.expression(node.argument) } : node,
  TemplateLiteral: (node, context) => ({
    ...node,
    expressions: node.expressions.map((part) => context.expression(part)),
  }),
  TaggedTemplateExpression: (node, context) => ({
    ...node,
    tag: rewriteCallee(node.tag, context),
    quasi: context.expression(node.quasi) as TemplateLiteral,
  }),
  MetaProperty(node, context) {
    if (node.meta.name !== 'new') throw new CodeError('import.meta is not available');
    context.captureReceiver();
    return node;
  },
  AwaitExpression: () => refuse('await'),
  ImportExpression: () => refuse('import()'),
};

function refuse(what: string): never {
  throw new CodeError(`${what} is not available`);
}

/** Keeps the realm's global object out of `this` (RW5). */
function rewriteThis(node: Expression, context: RewriteContext): Expression {
  if (!context.hasReceiver) return context.options.names.self();
  context.captureReceiver();
  if (context.isStrict) return node;
  return {
    type: 'ConditionalExpression',
    test: {
      type: 'BinaryExpression',
      operator: '===',
      left: { type: 'ThisExpression', start: 0, end: 0 },
      right: kernel('global'),
      start: 0,
      end: 0,
    },
    consequent: context.options.names.self(),
    alternate: { type: 'ThisExpression', start: 0, end: 0 },
    start: 0,
    end: 0,
  };
}

function rewriteProperty(node: Property, context: RewriteContext): Property {
  const key = node.computed ? context.expression(node.key) : node.key;
  const isAccessor = node.kind !== 'init';
  if (isAccessor) context.options.usage.exotic = true;
  if (node.method || isAccessor) {
    return { ...node, key, value: rewriteFunction(node.value as FunctionNode, context).node as Expression };
  }
  return { ...node, key, shorthand: false, value: context.expression(node.value) };
}

function rewriteUnary(node: UnaryExpression, context: RewriteContext): Expression {
  const operand = withoutParentheses(node.argument);
  const isFreeName =
    operand.type === 'Identifier' && operand.name !== 'arguments' && !context.resolve(operand.name).isLocal;
  if (isFreeName && node.operator === 'typeof') return { ...node, argument: peekName(operand, context) };
  if (isFreeName && node.operator === 'delete') {
    const target = context.options.names.peek(operand.name);
    return target.type === 'MemberExpression' ? { ...node, argument: target } : literal(false);
  }
  return { ...node, argument: context.expression(node.argument) };
}

/** The operand of typeof, where an undeclared name is no error. */
function peekName({ name }: Identifier, context: RewriteContext): Expression {
  const plain = name === 'eval' ? evalFunction(context) : context.options.names.peek(name);
  return firstHolder(name, context.resolve(name).withObjects, plain, (object) => member(object, name));
}

function rewriteUpdate(node: UpdateExpression, context: RewriteContext): Expression {
  const target = withoutParentheses(node.argument);
  if (target.type !== 'Identifier') return { ...node, argument: context.expression(target) };
  return assignName(target, 'update', context, (holder) => ({ ...node, argument: holder }));
}

function rewriteAssignment(node: AssignmentExpression, context: RewriteContext): Expression {
  const left = withoutParentheses(node.left);
  const right = context.expression(node.right);
  if (left.type !== 'Identifier') return { ...node, left: context.pattern(left as Pattern), right };
  const how = node.operator === '=' ? 'assign' : 'update';
  return assignName(left, how, context, (holder) => assignment(holder, right, node.operator));
}

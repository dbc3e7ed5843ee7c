import type {
  AssignmentExpression,
  Expression,
  FunctionExpression,
  Identifier,
  MemberExpression,
  ObjectExpression,
  Pattern,
  Property,
  TemplateLiteral,
  UnaryExpression,
  UpdateExpression,
} from 'acorn';
import { array, assignment, call, kernel, literal, member, property, undefinedValue } from '../build.ts';
import { CodeError, withoutParentheses } from '../parseCode.ts';
import { rewriteArgument, rewriteCall, rewriteCallee } from './calls.ts';
import type { RewriteContext, Visitors } from './context.ts';
import { classValue, functionValue, methodValue, rewriteFunction } from './functions.ts';
import { rewriteMember } from './members.ts';
import { assignName, evalFunction, firstHolder, readName } from './names.ts';
import { rewriteThis } from './receiver.ts';

export const EXPRESSIONS: Visitors<Expression, Expression> = {
  Identifier: readName,
  Literal: (node) => node,
  ThisExpression: rewriteThis,
  ArrayExpression: (node, context) => ({
    ...node,
    elements: node.elements.map((element) => element && rewriteArgument(element, context)),
  }),
  ObjectExpression: rewriteObject,
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

function rewriteObject(node: ObjectExpression, context: RewriteContext): Expression {
  const accessors = context.usesScopes ? new Accessors() : undefined;
  const properties: ObjectExpression['properties'] = [];
  for (const part of node.properties) {
    if (part.type === 'SpreadElement') {
      properties.push({ ...part, argument: context.expression(part.argument) });
    } else properties.push(...(accessors?.take(part, context) ?? [rewriteProperty(part, context)]));
  }
  const object: Expression = { ...node, properties };
  return accessors === undefined ? object : accessors.addTo(object);
}

function rewriteProperty(node: Property, context: RewriteContext): Property {
  const key = node.computed ? context.expression(node.key) : node.key;
  const isAccessor = node.kind !== 'init';
  if (isAccessor) context.options.usage.exotic = true;
  if (!node.method && !isAccessor) {
    return { ...node, key, shorthand: false, value: context.expression(node.value) };
  }
  const method = node.value as FunctionExpression;
  const name = nameOf(node);
  if (node.method && context.usesScopes && name !== undefined) {
    const value = methodValue(method, name, context);
    if (value) return property(literal(name), value, { computed: true });
  }
  context.options.captures?.addFunction();
  return { ...node, key, value: rewriteFunction(method, context).node as Expression };
}

/** The name of a property that is not computed. */
function nameOf({ key, computed }: Property): string | undefined {
  if (computed) return undefined;
  if (key.type === 'Identifier') return key.name;
  return key.type === 'Literal' ? String(key.value) : undefined;
}

/** The getters and setters of an object literal whose functions snapshots can carry. */
class Accessors {
  readonly #functions = new Map<string, { get?: Expression; set?: Expression }>();

  /** A property that keeps the position of the accessor; undefined for another property. */
  take(node: Property, context: RewriteContext): Property[] | undefined {
    const name = nameOf(node);
    if (node.kind === 'init' || name === undefined) return undefined;
    const value = methodValue(node.value as FunctionExpression, name, context);
    if (!value) return undefined;
    context.options.usage.exotic = true;
    const known = this.#functions.get(name);
    this.#functions.set(name, { ...known, [node.kind]: value });
    return known ? [] : [property(literal(name), undefinedValue(), { computed: true })];
  }

  addTo(object: Expression): Expression {
    if (this.#functions.size === 0) return object;
    const list = [...this.#functions].flatMap(([name, { get, set }]) => [
      literal(name),
      get ?? undefinedValue(),
      set ?? undefinedValue(),
    ]);
    return call(kernel('accessors'), [object, array(list)]);
  }
}

function rewriteUnary(node: UnaryExpression, context: RewriteContext): Expression {
  const operand = withoutParentheses(node.argument);
  const isHeld = operand.type === 'Identifier' && context.resolve(operand.name).holding !== undefined;
  if (isHeld && node.operator === 'delete') return literal(false);
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

import type {
  AssignmentExpression,
  AssignmentProperty,
  CallExpression,
  Class,
  Expression,
  Identifier,
  MemberExpression,
  Pattern,
  Property,
  SpreadElement,
  UnaryExpression,
  UpdateExpression,
} from 'acorn';
import {
  array,
  assignment,
  call,
  DATA,
  detached,
  EVAL,
  identifier,
  kernel,
  literal,
  member,
  SYSTEM,
  undefinedValue,
  whenHas,
} from './build.ts';
import type { FunctionNode } from './functionTable.ts';
import type { FunctionFrame, LocalScope } from './localScope.ts';
import { CodeError } from './parseCode.ts';
import { NameRewriter } from './rewriteNames.ts';

/** Second layer of the Rewriter: expressions and patterns. */
export abstract class ExpressionRewriter extends NameRewriter {
  protected abstract functionValue(node: FunctionNode, scope: LocalScope | undefined): Expression;
  protected abstract rewriteFunction(node: FunctionNode, outer: LocalScope | undefined): FunctionFrame;
  protected abstract classValue(node: Class, scope: LocalScope | undefined): Expression;

  protected expression(node: Expression, scope: LocalScope | undefined): Expression {
    switch (node.type) {
      case 'Identifier':
        return this.nameExpression(node, scope);
      case 'Literal':
        return node;
      case 'ThisExpression':
        return this.thisExpression(node);
      case 'ArrayExpression':
        node.elements = node.elements.map((element) => element && this.argument(element, scope));
        return node;
      case 'ObjectExpression':
        node.properties = node.properties.map((property) =>
          property.type === 'SpreadElement'
            ? (this.argument(property, scope) as SpreadElement)
            : this.property(property, scope),
        );
        return node;
      case 'FunctionExpression':
      case 'ArrowFunctionExpression':
        return this.functionValue(node, scope);
      case 'ClassExpression':
        return this.classValue(node, scope);
      case 'UnaryExpression':
        return this.unary(node, scope);
      case 'UpdateExpression':
        return this.update(node, scope);
      case 'BinaryExpression':
        if (node.left.type !== 'PrivateIdentifier') node.left = this.expression(node.left, scope);
        node.right = this.expression(node.right, scope);
        return node;
      case 'LogicalExpression':
        node.left = this.expression(node.left, scope);
        node.right = this.expression(node.right, scope);
        return node;
      case 'AssignmentExpression':
        return this.assignmentExpression(node, scope);
      case 'MemberExpression':
        return this.memberExpression(node, scope);
      case 'ConditionalExpression':
        node.test = this.expression(node.test, scope);
        node.consequent = this.expression(node.consequent, scope);
        node.alternate = this.expression(node.alternate, scope);
        return node;
      case 'CallExpression':
        return this.callExpression(node, scope);
      case 'NewExpression':
        node.callee = this.expression(node.callee, scope);
        node.arguments = node.arguments.map((argument) => this.argument(argument, scope));
        return node;
      case 'SequenceExpression':
        node.expressions = node.expressions.map((part) => this.expression(part, scope));
        return node;
      case 'ParenthesizedExpression':
        node.expression = this.expression(node.expression, scope);
        return node;
      case 'ChainExpression':
        node.expression = this.expression(node.expression, scope) as MemberExpression;
        return node;
      case 'YieldExpression':
        if (node.argument) node.argument = this.expression(node.argument, scope);
        return node;
      case 'TemplateLiteral':
        node.expressions = node.expressions.map((part) => this.expression(part, scope));
        return node;
      case 'TaggedTemplateExpression':
        node.tag = this.callee(node.tag, scope);
        node.quasi = this.expression(node.quasi, scope) as typeof node.quasi;
        return node;
      case 'MetaProperty':
        if (node.meta.name !== 'new') throw new CodeError('import.meta is not available');
        this.captureReceiver();
        return node;
      case 'AwaitExpression':
        throw new CodeError('await is not available');
      case 'ImportExpression':
        throw new CodeError('import() is not available');
      default:
        throw new CodeError(`${(node as { type: string }).type} is not available`);
    }
  }

  protected nameExpression(node: Identifier, scope: LocalScope | undefined): Expression {
    if (node.name === 'arguments') {
      if (!this.resolve('arguments', scope).local) return call(kernel('undeclared'), [literal('arguments')]);
      // It has the function (callee).
      this.options.usage.called.exposeAll();
    }
    return this.identifier(node, scope);
  }

  protected thisExpression(node: Expression): Expression {
    if (!this.hasReceiver()) return this.options.names.self();
    this.captureReceiver();
    if (this.isStrict()) return node;
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
      consequent: this.options.names.self(),
      alternate: { type: 'ThisExpression', start: 0, end: 0 },
      start: 0,
      end: 0,
    };
  }

  protected argument(
    node: Expression | SpreadElement,
    scope: LocalScope | undefined,
  ): Expression | SpreadElement {
    if (node.type !== 'SpreadElement') return this.expression(node, scope);
    node.argument = this.expression(node.argument, scope);
    return node;
  }

  protected property(node: Property, scope: LocalScope | undefined): Property {
    if (node.computed) node.key = this.expression(node.key, scope);
    if (node.kind !== 'init') this.options.usage.exotic = true;
    if (node.method || node.kind !== 'init') {
      this.rewriteFunction(node.value as FunctionNode, scope);
      return node;
    }
    node.shorthand = false;
    node.value = this.expression(node.value, scope);
    return node;
  }

  protected unary(node: UnaryExpression, scope: LocalScope | undefined): Expression {
    const operand = withoutParentheses(node.argument);
    const isFreeName =
      operand.type === 'Identifier' &&
      operand.name !== 'arguments' &&
      !this.resolve(operand.name, scope).local;
    if (isFreeName && node.operator === 'typeof') {
      const { withObjects } = this.resolve(operand.name, scope);
      node.argument = withObjects.reduceRight<Expression>(
        (rest, object) =>
          whenHas(operand.name, identifier(object), member(identifier(object), operand.name), rest),
        operand.name === 'eval' ? this.evalFunction() : this.options.names.peek(operand.name),
      );
      return node;
    }
    if (isFreeName && node.operator === 'delete') {
      const target = this.options.names.peek(operand.name);
      if (target.type !== 'MemberExpression') return literal(false);
      node.argument = target;
      return node;
    }
    node.argument = this.expression(node.argument, scope);
    return node;
  }

  protected update(node: UpdateExpression, scope: LocalScope | undefined): Expression {
    const target = withoutParentheses(node.argument);
    if (target.type !== 'Identifier') {
      node.argument = this.expression(target, scope);
      return node;
    }
    return this.eachHolder(target, scope, 'update', (holder) => ({ ...node, argument: holder }));
  }

  protected assignmentExpression(node: AssignmentExpression, scope: LocalScope | undefined): Expression {
    const left = withoutParentheses(node.left);
    const right = this.expression(node.right, scope);
    if (left.type !== 'Identifier') {
      node.left = this.pattern(left as Pattern, scope);
      node.right = right;
      return node;
    }
    const how = node.operator === '=' ? 'assign' : 'update';
    return this.eachHolder(left, scope, how, (holder) => assignment(holder, right, node.operator));
  }

  protected memberExpression(node: MemberExpression, scope: LocalScope | undefined): Expression {
    if (node.object.type === 'Super') this.captureReceiver();
    else node.object = this.expression(node.object, scope);
    if (node.computed) {
      if (node.property.type !== 'PrivateIdentifier') {
        node.property = this.expression(node.property, scope);
      }
      return node;
    }
    if (node.property.type === 'Identifier' && EXOTIC_MEMBERS.has(node.property.name)) {
      this.options.usage.exotic = true;
    }
    return node;
  }

  protected callExpression(node: CallExpression, scope: LocalScope | undefined): Expression {
    if (node.callee.type === 'Super') {
      this.captureReceiver();
      node.arguments = node.arguments.map((argument) => this.argument(argument, scope));
      return node;
    }
    const callee = withoutParentheses(node.callee);
    const args = node.arguments.map((argument) => this.argument(argument, scope));
    if (callee.type === 'Identifier') {
      const { withObjects } = this.resolve(callee.name, scope);
      if (withObjects.length > 0) {
        const receiver = withObjects.reduceRight<Expression>(
          (rest, object) => whenHas(callee.name, identifier(object), identifier(object), rest),
          undefinedValue(),
        );
        return call(kernel('apply'), [this.identifier(callee, scope), receiver, array(args as Expression[])]);
      }
    }
    node.callee = this.callee(node.callee, scope);
    node.arguments = args;
    return node;
  }

  /** What is called: a variable of the document must not make its holder the `this` of the call. */
  protected callee(node: Expression, scope: LocalScope | undefined): Expression {
    const name = withoutParentheses(node);
    if (name.type !== 'Identifier') return this.expression(node, scope);
    const { local, withObjects } = this.resolve(name.name, scope);
    if (local) return this.expression(node, scope);
    if (name.name === 'eval') return this.evalFunction();
    const isVariable = withObjects.length === 0 && name.name !== 'arguments';
    return detached(isVariable ? this.options.names.called(name.name) : this.nameExpression(name, scope));
  }

  /** eval with the data and the scope of the expression: it compiles its text as we compile (data-model 8). */
  protected evalFunction(): Expression {
    return call(identifier(EVAL), [literal(this.options.state), identifier(DATA), identifier(SYSTEM)]);
  }

  protected pattern(node: Pattern | Expression, scope: LocalScope | undefined): Pattern {
    switch (node.type) {
      case 'Identifier': {
        const { local, withObjects } = this.resolve(node.name, scope);
        if (withObjects.length > 0)
          throw new CodeError('Destructuring and for-in targets inside with are not available');
        return local ? node : this.options.names.assign(node.name);
      }
      case 'MemberExpression':
        return this.memberExpression(node, scope) as MemberExpression;
      case 'ObjectPattern':
        node.properties = node.properties.map((property) => {
          if (property.type === 'RestElement') {
            property.argument = this.pattern(property.argument, scope);
            return property;
          }
          return this.patternProperty(property, scope);
        });
        return node;
      case 'ArrayPattern':
        node.elements = node.elements.map((element) => element && this.pattern(element, scope));
        return node;
      case 'RestElement':
        node.argument = this.pattern(node.argument, scope);
        return node;
      case 'AssignmentPattern':
        node.left = this.pattern(node.left, scope);
        node.right = this.expression(node.right, scope);
        return node;
      case 'ParenthesizedExpression':
        return this.pattern(withoutParentheses(node), scope);
      default:
        throw new CodeError(`${node.type} is not an assignment target`);
    }
  }

  protected patternProperty(node: AssignmentProperty, scope: LocalScope | undefined): AssignmentProperty {
    if (node.computed) node.key = this.expression(node.key, scope);
    node.shorthand = false;
    // The key of a shorthand is the same node as its value.
    if (!node.computed && node.key.type === 'Identifier') node.key = identifier(node.key.name);
    node.value = this.pattern(node.value, scope);
    return node;
  }
}

/** Members whose use can make properties that a plain walk over values does not see. */
const EXOTIC_MEMBERS = new Set([
  ...['defineProperty', 'defineProperties', '__defineGetter__', '__defineSetter__', 'create'],
  ...['getOwnPropertyDescriptors', 'getOwnPropertyDescriptor'],
]);

export function withoutParentheses(node: Expression): Expression;
export function withoutParentheses(node: Pattern | Expression): Pattern | Expression;
export function withoutParentheses(node: Pattern | Expression): Pattern | Expression {
  let inner = node as Expression;
  while (inner.type === 'ParenthesizedExpression') inner = inner.expression;
  return inner;
}

import type { Class, Expression, Statement } from 'acorn';
import { hoistedNames, lexicalNames, patternNames } from './bindings.ts';
import { block, burn, statement } from './build.ts';
import type { FunctionNode } from './functionTable.ts';
import type { FunctionFrame } from './localScope.ts';
import { closeFrame, LocalScope, openFrame } from './localScope.ts';
import { CodeError } from './parseCode.ts';
import { ExpressionRewriter } from './rewriteExpressions.ts';
import { checkBinding } from './rewriteNames.ts';

/** Third layer of the Rewriter: functions and classes. */
export abstract class FunctionRewriter extends ExpressionRewriter {
  protected abstract statements(list: Statement[], scope: LocalScope | undefined): Statement[];

  protected functionValue(node: FunctionNode, scope: LocalScope | undefined): Expression {
    const frame = this.rewriteFunction(node, scope);
    const value = (
      node.type === 'FunctionDeclaration' ? { ...node, type: 'FunctionExpression' } : node
    ) as Expression;
    const { functions } = this.options;
    if (!functions || frame.captures) return value;
    return functions.add(value, this.isStrict());
  }

  protected rewriteFunction(node: FunctionNode, outer: LocalScope | undefined): FunctionFrame {
    const { usage } = this.options;
    const { event, genesys } = usage;
    usage.event = false;
    usage.genesys = false;
    const frame = this.rewriteFunctionCode(node, outer);
    usage.eventInFunction ||= usage.event;
    usage.genesysInFunction ||= usage.genesys;
    usage.event ||= event;
    usage.genesys ||= genesys;
    return frame;
  }

  protected rewriteFunctionCode(node: FunctionNode, outer: LocalScope | undefined): FunctionFrame {
    if (node.async) throw new CodeError('async functions are not available');
    const isArrow = node.type === 'ArrowFunctionExpression';
    const strict = this.isStrict() || hasStrictDirective(node);
    const frame = openFrame(this.frame, isArrow, strict);
    this.frame = frame;
    let scope = new LocalScope(outer, frame);
    if (node.type === 'FunctionExpression' && node.id) {
      checkBinding(node.id.name);
      scope.names.add(node.id.name);
      scope = new LocalScope(scope, frame);
    }
    if (node.type === 'FunctionDeclaration' && node.id) checkBinding(node.id.name);
    if (!isArrow) scope.names.add('arguments');
    for (const parameter of node.params) patternNames(parameter, scope.names);
    if (node.body.type === 'BlockStatement') {
      hoistedNames(node.body.body, scope.names);
      lexicalNames(node.body.body, scope.names);
    }
    for (const name of scope.names) checkBinding(name);
    node.params = node.params.map((parameter) => this.pattern(parameter, scope));
    if (node.body.type === 'BlockStatement') {
      const body = this.statements(node.body.body, scope);
      const directives = body.filter(
        (part) => part.type === 'ExpressionStatement' && part.directive !== undefined,
      );
      const others = body.filter((part) => !directives.includes(part));
      node.body = block([...directives, statement(burn()), ...others]);
    } else {
      const value = this.expression(node.body, scope);
      node.body = block([statement(burn()), { type: 'ReturnStatement', argument: value, start: 0, end: 0 }]);
      node.expression = false;
    }
    this.frame = closeFrame(frame);
    return frame;
  }

  protected classValue(node: Class, scope: LocalScope | undefined): Expression {
    const isPlain = !node.superClass && node.body.body.every(isPlainMember);
    const frame = this.rewriteClass(node, scope);
    const value = { ...node, type: 'ClassExpression' } as Expression;
    const { functions } = this.options;
    if (!functions || frame.captures || !isPlain) return value;
    return functions.add(value, true);
  }

  protected rewriteClass(node: Class, outer: LocalScope | undefined): FunctionFrame {
    const frame = openFrame(this.frame, true, true);
    this.frame = frame;
    const scope = new LocalScope(outer, frame);
    if (node.id) {
      checkBinding(node.id.name);
      scope.names.add(node.id.name);
    }
    if (node.superClass) node.superClass = this.expression(node.superClass, scope);
    for (const part of node.body.body) {
      if (part.type === 'StaticBlock') throw new CodeError('static blocks are not available');
      if (part.computed && part.key.type !== 'PrivateIdentifier') {
        part.key = this.expression(part.key, scope);
      }
      if (part.type === 'MethodDefinition') {
        if (part.kind === 'get' || part.kind === 'set') this.options.usage.exotic = true;
        this.rewriteFunction(part.value, scope);
      } else if (part.value) {
        part.value = this.fieldValue(part.value, scope);
      }
    }
    this.frame = closeFrame(frame);
    return frame;
  }

  /** The initial value of a class field runs as a method does: with its own `this`. */
  protected fieldValue(node: Expression, scope: LocalScope): Expression {
    const frame = openFrame(this.frame, false, true);
    this.frame = frame;
    const value = this.expression(node, scope);
    this.frame = closeFrame(frame);
    return value;
  }
}

function isPlainMember(part: Class['body']['body'][number]): boolean {
  if (part.type === 'StaticBlock' || part.computed) return false;
  return part.type === 'MethodDefinition' || !part.static;
}

function hasStrictDirective(node: FunctionNode): boolean {
  if (node.body.type !== 'BlockStatement') return false;
  return node.body.body.some(
    (part) => part.type === 'ExpressionStatement' && part.directive === 'use strict',
  );
}

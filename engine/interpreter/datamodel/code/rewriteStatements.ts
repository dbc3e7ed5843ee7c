import type { Expression, Statement } from 'acorn';
import { patternNames } from './bindings.ts';
import {
  assignment,
  block,
  burn,
  call,
  identifier,
  kernel,
  RESERVED,
  statement,
  VALUE,
  variable,
} from './build.ts';
import type { FunctionNode } from './functionTable.ts';
import { LocalScope } from './localScope.ts';
import { CodeError } from './parseCode.ts';
import { DeclarationRewriter } from './rewriteDeclarations.ts';
import { checkBinding } from './rewriteNames.ts';

/** Fifth layer of the Rewriter: statements. */
export abstract class StatementRewriter extends DeclarationRewriter {
  private withCount = 0;

  protected statements(list: Statement[], scope: LocalScope | undefined): Statement[] {
    if (this.frame || !list.some((node) => node.type === 'FunctionDeclaration')) {
      return list.map((node) => this.statement(node, scope));
    }
    // A function in a block of a script hoists to the variables of the document (annex B.3.3).
    const functions = list.filter((node) => node.type === 'FunctionDeclaration');
    const others = list.filter((node) => node.type !== 'FunctionDeclaration');
    return [
      ...functions.map((node) => this.topFunction(node as FunctionNode, scope)),
      ...others.map((node) => this.statement(node, scope)),
    ];
  }

  protected blockOf(list: Statement[], outer: LocalScope | undefined, first?: Statement): Statement[] {
    const scope = new LocalScope(outer, this.frame);
    this.bindLexical(list, scope);
    const body = this.statements(list, scope);
    return first ? [first, ...body] : body;
  }

  protected loopBody(body: Statement, scope: LocalScope | undefined): Statement {
    const list = body.type === 'BlockStatement' ? body.body : [body];
    return block(this.blockOf(list, scope, statement(burn())));
  }

  protected statement(node: Statement, scope: LocalScope | undefined): Statement {
    switch (node.type) {
      case 'ExpressionStatement':
        return this.expressionStatement(node, scope);
      case 'BlockStatement':
        node.body = this.blockOf(node.body, scope);
        return node;
      case 'EmptyStatement':
      case 'BreakStatement':
      case 'ContinueStatement':
        return node;
      case 'DebuggerStatement':
        return { type: 'EmptyStatement', start: 0, end: 0 };
      case 'WithStatement':
        return this.withStatement(node.object, node.body, scope);
      case 'ReturnStatement':
        if (node.argument) node.argument = this.expression(node.argument, scope);
        return node;
      case 'LabeledStatement':
        checkBinding(node.label.name);
        node.body = this.statement(node.body, scope);
        return node;
      case 'IfStatement':
        node.test = this.expression(node.test, scope);
        node.consequent = this.branch(node.consequent, scope);
        if (node.alternate) node.alternate = this.branch(node.alternate, scope);
        return node;
      case 'SwitchStatement': {
        node.discriminant = this.expression(node.discriminant, scope);
        const inner = new LocalScope(scope, this.frame);
        for (const branch of node.cases) this.bindLexical(branch.consequent, inner);
        for (const branch of node.cases) {
          if (branch.test) branch.test = this.expression(branch.test, inner);
          branch.consequent = this.statements(branch.consequent, inner);
        }
        return node;
      }
      case 'ThrowStatement':
        node.argument = this.expression(node.argument, scope);
        return node;
      case 'TryStatement':
        node.block = block(this.blockOf(node.block.body, scope));
        if (node.handler) {
          const inner = new LocalScope(scope, this.frame);
          if (node.handler.param) {
            patternNames(node.handler.param, inner.names);
            for (const name of inner.names) checkBinding(name);
            node.handler.param = this.pattern(node.handler.param, inner);
          }
          node.handler.body = block(this.blockOf(node.handler.body.body, inner, statement(burn())));
        }
        if (node.finalizer) {
          node.finalizer = block(this.blockOf(node.finalizer.body, scope, statement(burn())));
        }
        return node;
      case 'WhileStatement':
      case 'DoWhileStatement':
        node.test = this.expression(node.test, scope);
        node.body = this.loopBody(node.body, scope);
        return node;
      case 'ForStatement': {
        const inner = new LocalScope(scope, this.frame);
        if (node.init?.type === 'VariableDeclaration') {
          const init = this.loopDeclaration(node.init, inner);
          node.init =
            init.type === 'VariableDeclaration'
              ? this.declaration(init, inner)
              : this.expression(init, inner);
        } else if (node.init) node.init = this.expression(node.init, inner);
        if (node.test) node.test = this.expression(node.test, inner);
        if (node.update) node.update = this.expression(node.update, inner);
        node.body = this.loopBody(node.body, inner);
        return node;
      }
      case 'ForInStatement':
      case 'ForOfStatement': {
        if (node.type === 'ForOfStatement' && node.await) throw new CodeError('for await is not available');
        const inner = new LocalScope(scope, this.frame);
        node.left = this.loopTarget(node.left, inner);
        node.right = this.expression(node.right, inner);
        node.body = this.loopBody(node.body, inner);
        return node;
      }
      case 'FunctionDeclaration':
        if (!this.frame) return this.topFunction(node, scope);
        this.rewriteFunction(node, scope);
        return node;
      case 'VariableDeclaration':
        return this.variables(node, scope);
      case 'ClassDeclaration':
        if (scope || this.frame) {
          this.rewriteClass(node, scope);
          return node;
        }
        return statement(
          assignment(this.options.names.declare(node.id.name), this.classValue(node, undefined)),
        );
      default:
        throw new CodeError(`${(node as { type: string }).type} is not available`);
    }
  }

  /** Body of an if: a bare function declaration there is one in a block. */
  protected branch(node: Statement, scope: LocalScope | undefined): Statement {
    return this.statement(node.type === 'FunctionDeclaration' ? block([node]) : node, scope);
  }

  protected expressionStatement(
    node: Statement & { type: 'ExpressionStatement' },
    scope: LocalScope | undefined,
  ): Statement {
    if (node.directive === 'use strict' && !this.keepsValue()) return node;
    const { expression } = node;
    if (expression.type === 'Literal' && typeof expression.value === 'string' && !this.keepsValue()) {
      // Printing by value would turn 'use\x20strict', which is no directive, into one.
      return { type: 'EmptyStatement', start: 0, end: 0 };
    }
    node.expression = this.expression(node.expression, scope);
    if (this.keepsValue()) node.expression = assignment(identifier(VALUE), node.expression);
    return node;
  }

  protected keepsValue(): boolean {
    return this.options.completion === true && this.frame === undefined;
  }

  /** R1 for `with`: names inside look at the object first. The object is a constant that no code can name. */
  protected withStatement(object: Expression, body: Statement, scope: LocalScope | undefined): Statement {
    if (this.isStrict()) throw new CodeError('with is not available in strict code');
    const name = `${RESERVED}w${this.withCount++}`;
    const value = call(kernel('object'), [this.expression(object, scope)]);
    const inner = new LocalScope(scope, this.frame);
    inner.withObject = name;
    const list = body.type === 'BlockStatement' ? body.body : [body];
    return block([variable('const', name, value), block(this.blockOf(list, inner))]);
  }

  protected topFunction(node: FunctionNode, scope: LocalScope | undefined): Statement {
    const name = node.id!.name;
    const { names, usage, functions } = this.options;
    const value = this.functionValue(node, scope);
    // What a generator function gives when it is called has its prototype.
    usage.called.declare(name, node.generator ? undefined : functions?.numberOf(value));
    return statement(assignment(names.declareFunction(name), value));
  }
}

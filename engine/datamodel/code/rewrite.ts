import type {
  AssignmentExpression,
  AssignmentProperty,
  CallExpression,
  Class,
  Expression,
  Identifier,
  MemberExpression,
  Pattern,
  Program,
  Property,
  Statement,
  SpreadElement,
  UnaryExpression,
  UpdateExpression,
  VariableDeclaration,
} from 'acorn';
import { hoistedNames, lexicalNames, patternNames, declaredNames } from './bindings.ts';
import {
  array,
  assignment,
  block,
  burn,
  call,
  DATA,
  detached,
  EVAL,
  identifier,
  kernel,
  literal,
  member,
  RESERVED,
  statement,
  SYSTEM,
  undefinedValue,
  variable,
  VALUE,
  whenHas,
} from './build.ts';
import type { FunctionNode, FunctionTable } from './functionTable.ts';
import { closeFrame, LocalScope, openFrame } from './localScope.ts';
import type { FunctionFrame } from './localScope.ts';
import type { Names, Usage } from './names.ts';
import { CodeError } from './parseCode.ts';

export interface RewriteOptions {
  readonly names: Names;
  readonly usage: Usage;
  /** Strict code never sees the realm's global object as `this`. */
  readonly strict: boolean;
  /** State whose scope eval() runs in. */
  readonly state: number;
  /** Where functions that capture no local variable go, so that snapshots can carry them; absent inside eval. */
  readonly functions?: FunctionTable;
  /** True for eval code: the value of the last expression statement is kept. */
  readonly completion?: boolean;
}

/**
 * Rewrites document code in place (data-model.md sections 7 and 8):
 * R1. An identifier that no function binds becomes what Names says: no free name reaches the realm's globals.
 * R2. Loops, functions, catch and finally burn gas first, so that no handler outlives its exhaustion.
 * R3. import(), async code and unknown kinds of node do not compile.
 * R4. No binding may start with the reserved prefix: our helpers cannot be shadowed.
 * R5. `this` outside of functions is the data object; sloppy functions never see the realm's global object.
 */
export class Rewriter {
  private readonly options: RewriteOptions;
  private frame: FunctionFrame | undefined;
  private withCount = 0;

  constructor(options: RewriteOptions) {
    this.options = options;
  }

  /** An expression on its own. */
  rewriteExpression(node: Expression): Expression {
    return this.expression(node, undefined);
  }

  /** An assignable expression (location), as the target of an assignment; undefined when it is not assignable. */
  rewriteLocation(node: Expression, create: boolean): Pattern | undefined {
    const target = withoutParentheses(node);
    if (target.type === 'MemberExpression') return this.pattern(target, undefined);
    if (target.type !== 'Identifier') return undefined;
    return create ? this.options.names.create(target.name) : this.options.names.location(target.name);
  }

  /** The statements of a script: declarations first, then its body, keywords of top-level declarations dropped. */
  rewriteScript(program: Program): Statement[] {
    const statements = program.body as Statement[];
    const { names } = this.options;
    const prologue: Statement[] = [];
    const declared = declaredNames(statements);
    for (const name of declared) checkBinding(name);
    if (declared.size > 0) {
      const list = array([...declared].map((name) => literal(name)));
      prologue.push(statement(call(kernel('hoist'), [names.declareHolder(), list])));
    }
    const body: Statement[] = [];
    for (const node of statements) {
      if (node.type === 'FunctionDeclaration') prologue.push(this.topFunction(node));
      else body.push(this.statement(node, undefined));
    }
    return [...prologue, ...body];
  }

  private topFunction(node: FunctionNode): Statement {
    const name = node.id!.name;
    return statement(assignment(this.options.names.declare(name), this.functionValue(node, undefined)));
  }

  // ---- statements

  private statements(list: Statement[], scope: LocalScope | undefined): Statement[] {
    if (this.frame || !list.some((node) => node.type === 'FunctionDeclaration')) {
      return list.map((node) => this.statement(node, scope));
    }
    // A function in a block of a script hoists to the variables of the document (annex B.3.3).
    const functions = list.filter((node) => node.type === 'FunctionDeclaration');
    const others = list.filter((node) => node.type !== 'FunctionDeclaration');
    return [
      ...functions.map((node) => this.topFunction(node as FunctionNode)),
      ...others.map((node) => this.statement(node, scope)),
    ];
  }

  private blockOf(list: Statement[], outer: LocalScope | undefined, first?: Statement): Statement[] {
    const scope = new LocalScope(outer, this.frame);
    this.bindLexical(list, scope);
    const body = this.statements(list, scope);
    return first ? [first, ...body] : body;
  }

  private bindLexical(list: Statement[], scope: LocalScope): void {
    const bound = this.frame ? list : list.filter((node) => node.type !== 'FunctionDeclaration');
    lexicalNames(bound, scope.names);
    for (const name of scope.names) checkBinding(name);
  }

  private loopBody(body: Statement, scope: LocalScope | undefined): Statement {
    const list = body.type === 'BlockStatement' ? body.body : [body];
    return block(this.blockOf(list, scope, statement(burn())));
  }

  private statement(node: Statement, scope: LocalScope | undefined): Statement {
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
        if (!this.frame) return this.topFunction(node);
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
  private branch(node: Statement, scope: LocalScope | undefined): Statement {
    return this.statement(node.type === 'FunctionDeclaration' ? block([node]) : node, scope);
  }

  private expressionStatement(
    node: Statement & { type: 'ExpressionStatement' },
    scope: LocalScope | undefined,
  ): Statement {
    const text = node.expression;
    // Printing by value would turn 'use\x20strict', which is no directive, into one.
    if (node.directive === undefined && text.type === 'Literal' && typeof text.value === 'string') {
      node.expression = {
        type: 'UnaryExpression',
        operator: '+',
        prefix: true,
        argument: literal(0),
        start: 0,
        end: 0,
      };
      if (!this.keepsValue()) return node;
      return statement(assignment(identifier(VALUE), text));
    }
    if (node.directive !== undefined) {
      return this.keepsValue() ? statement(assignment(identifier(VALUE), text)) : node;
    }
    node.expression = this.expression(node.expression, scope);
    if (this.keepsValue()) node.expression = assignment(identifier(VALUE), node.expression);
    return node;
  }

  private keepsValue(): boolean {
    return this.options.completion === true && this.frame === undefined;
  }

  /** R1 for `with`: names inside look at the object first. The object is a constant that no code can name. */
  private withStatement(object: Expression, body: Statement, scope: LocalScope | undefined): Statement {
    if (this.isStrict()) throw new CodeError('with is not available in strict code');
    const name = `${RESERVED}w${this.withCount++}`;
    const value = call(kernel('object'), [this.expression(object, scope)]);
    const inner = new LocalScope(scope, this.frame);
    inner.withObject = name;
    const list = body.type === 'BlockStatement' ? body.body : [body];
    return block([variable('const', name, value), block(this.blockOf(list, inner))]);
  }

  // ---- declarations

  /** True for declarations that belong to the document: `var` outside of functions, and all at the top level. */
  private isDocumentDeclaration(node: VariableDeclaration, scope: LocalScope | undefined): boolean {
    if (this.frame) return false;
    return node.kind === 'var' || scope === undefined;
  }

  private variables(node: VariableDeclaration, scope: LocalScope | undefined): Statement {
    if (!this.isDocumentDeclaration(node, scope)) return this.declaration(node, scope);
    const parts: Statement[] = [];
    for (const declarator of node.declarations) {
      if (!declarator.init && node.kind === 'var') continue;
      const value = declarator.init ? this.expression(declarator.init, scope) : undefinedValue();
      parts.push(statement(assignment(this.declarationTarget(declarator.id, scope), value)));
    }
    if (parts.length === 1) return parts[0]!;
    return block(parts);
  }

  private declarationTarget(id: Pattern, scope: LocalScope | undefined): Pattern {
    if (id.type === 'Identifier' && !scope?.hasWith()) return this.options.names.declare(id.name);
    return this.pattern(id, scope);
  }

  private declaration(node: VariableDeclaration, scope: LocalScope | undefined): VariableDeclaration {
    if (node.kind !== 'var' && node.kind !== 'let' && node.kind !== 'const') {
      throw new CodeError(`${node.kind} declarations are not available`);
    }
    for (const declarator of node.declarations) {
      declarator.id = this.pattern(declarator.id, scope);
      if (declarator.init) declarator.init = this.expression(declarator.init, scope);
    }
    return node;
  }

  /** The init of a for loop: document variables become assignments, others are bound in the loop's scope. */
  private loopDeclaration(node: VariableDeclaration, inner: LocalScope): VariableDeclaration | Expression {
    if (node.kind !== 'var') {
      for (const declarator of node.declarations) patternNames(declarator.id, inner.names);
      for (const name of inner.names) checkBinding(name);
      return node;
    }
    if (this.frame) return node;
    const parts: Expression[] = node.declarations.flatMap((declarator) =>
      declarator.init ? [assignment(declarator.id, declarator.init)] : [],
    );
    if (parts.length === 0) return literal(0);
    if (parts.length === 1) return parts[0]!;
    return { type: 'SequenceExpression', expressions: parts, start: 0, end: 0 };
  }

  private loopTarget(left: VariableDeclaration | Pattern, inner: LocalScope): VariableDeclaration | Pattern {
    if (left.type !== 'VariableDeclaration') return this.pattern(left, inner);
    const declarator = left.declarations[0]!;
    if (left.kind === 'var' && !this.frame) return this.declarationTarget(declarator.id, inner);
    if (left.kind !== 'var') patternNames(declarator.id, inner.names);
    for (const name of inner.names) checkBinding(name);
    return this.declaration(left, inner);
  }

  // ---- names

  private isStrict(): boolean {
    return this.frame ? this.frame.strict : this.options.strict;
  }

  private identifier(node: Identifier, scope: LocalScope | undefined): Expression {
    const { local, withObjects } = this.resolve(node.name, scope);
    const plain = local ? node : this.options.names.read(node.name);
    return withObjects.reduceRight<Expression>(
      (rest, object) => whenHas(node.name, identifier(object), member(identifier(object), node.name), rest),
      plain,
    );
  }

  private resolve(name: string, scope: LocalScope | undefined): { local: boolean; withObjects: string[] } {
    const withObjects: string[] = [];
    for (let at = scope; at; at = at.parent) {
      if (at.withObject) {
        withObjects.push(at.withObject);
        this.capture(at);
      }
      if (at.names.has(name)) {
        this.capture(at);
        return { local: true, withObjects };
      }
    }
    return { local: false, withObjects };
  }

  /** Marks the functions between here and the scope: they cannot be made again without it. */
  private capture(scope: LocalScope): void {
    for (let at = this.frame; at && at !== scope.frame; at = at.parent) at.captures = true;
  }

  /** `this`, arguments, super and new.target of arrow functions belong to the function around them. */
  private captureReceiver(): void {
    for (let at = this.frame; at?.arrow; at = at.parent) at.captures = true;
  }

  private hasReceiver(): boolean {
    for (let at = this.frame; at; at = at.parent) if (!at.arrow) return true;
    return false;
  }

  // ---- expressions

  private expression(node: Expression, scope: LocalScope | undefined): Expression {
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

  private nameExpression(node: Identifier, scope: LocalScope | undefined): Expression {
    if (node.name === 'arguments' && !this.resolve('arguments', scope).local) {
      return call(kernel('undeclared'), [literal('arguments')]);
    }
    return this.identifier(node, scope);
  }

  private thisExpression(node: Expression): Expression {
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

  private argument(
    node: Expression | SpreadElement,
    scope: LocalScope | undefined,
  ): Expression | SpreadElement {
    if (node.type !== 'SpreadElement') return this.expression(node, scope);
    node.argument = this.expression(node.argument, scope);
    return node;
  }

  private property(node: Property, scope: LocalScope | undefined): Property {
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

  private unary(node: UnaryExpression, scope: LocalScope | undefined): Expression {
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

  private update(node: UpdateExpression, scope: LocalScope | undefined): Expression {
    const target = withoutParentheses(node.argument);
    if (target.type !== 'Identifier') {
      node.argument = this.expression(target, scope);
      return node;
    }
    return this.eachHolder(target, scope, 'update', (holder) => ({ ...node, argument: holder }));
  }

  private assignmentExpression(node: AssignmentExpression, scope: LocalScope | undefined): Expression {
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

  /** Builds an assignment to a name; inside `with` one for each object that may hold it. */
  private eachHolder(
    name: Identifier,
    scope: LocalScope | undefined,
    how: 'assign' | 'update',
    build: (target: Identifier | MemberExpression) => Expression,
  ): Expression {
    const { local, withObjects } = this.resolve(name.name, scope);
    const plain = build(local ? name : this.options.names[how](name.name));
    return withObjects.reduceRight<Expression>(
      (rest, object) =>
        whenHas(name.name, identifier(object), build(member(identifier(object), name.name)), rest),
      plain,
    );
  }

  private memberExpression(node: MemberExpression, scope: LocalScope | undefined): Expression {
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

  private callExpression(node: CallExpression, scope: LocalScope | undefined): Expression {
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
  private callee(node: Expression, scope: LocalScope | undefined): Expression {
    const name = withoutParentheses(node);
    if (name.type !== 'Identifier' || this.resolve(name.name, scope).local) {
      return this.expression(node, scope);
    }
    if (name.name === 'eval') return this.evalFunction();
    return detached(this.nameExpression(name, scope));
  }

  /** eval with the data and the scope of the expression: it compiles its text as we compile (data-model.md). */
  private evalFunction(): Expression {
    return call(identifier(EVAL), [literal(this.options.state), identifier(DATA), identifier(SYSTEM)]);
  }

  // ---- patterns

  private pattern(node: Pattern | Expression, scope: LocalScope | undefined): Pattern {
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

  private patternProperty(node: AssignmentProperty, scope: LocalScope | undefined): AssignmentProperty {
    if (node.computed) node.key = this.expression(node.key, scope);
    node.shorthand = false;
    // The key of a shorthand is the same node as its value.
    if (!node.computed && node.key.type === 'Identifier') node.key = identifier(node.key.name);
    node.value = this.pattern(node.value, scope);
    return node;
  }

  // ---- functions and classes

  private functionValue(node: FunctionNode, scope: LocalScope | undefined): Expression {
    const frame = this.rewriteFunction(node, scope);
    const value = (
      node.type === 'FunctionDeclaration' ? { ...node, type: 'FunctionExpression' } : node
    ) as Expression;
    const { functions } = this.options;
    if (!functions || frame.captures) return value;
    return functions.add(value, this.isStrict());
  }

  private rewriteFunction(node: FunctionNode, outer: LocalScope | undefined): FunctionFrame {
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

  private rewriteFunctionCode(node: FunctionNode, outer: LocalScope | undefined): FunctionFrame {
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

  private classValue(node: Class, scope: LocalScope | undefined): Expression {
    const isPlain = !node.superClass && node.body.body.every(isPlainMember);
    const frame = this.rewriteClass(node, scope);
    const value = { ...node, type: 'ClassExpression' } as Expression;
    const { functions } = this.options;
    if (!functions || frame.captures || !isPlain) return value;
    return functions.add(value, true);
  }

  private rewriteClass(node: Class, outer: LocalScope | undefined): FunctionFrame {
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
  private fieldValue(node: Expression, scope: LocalScope): Expression {
    const frame = openFrame(this.frame, false, true);
    this.frame = frame;
    const value = this.expression(node, scope);
    this.frame = closeFrame(frame);
    return value;
  }
}

/** Members whose use can make properties that a plain walk over values does not see. */
const EXOTIC_MEMBERS = new Set([
  ...['defineProperty', 'defineProperties', '__defineGetter__', '__defineSetter__', 'create'],
  ...['getOwnPropertyDescriptors', 'getOwnPropertyDescriptor'],
]);

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

function checkBinding(name: string): void {
  if (name.startsWith(RESERVED)) throw new CodeError(`The name ${name} is reserved`);
}

function withoutParentheses(node: Expression): Expression;
function withoutParentheses(node: Pattern | Expression): Pattern | Expression;
function withoutParentheses(node: Pattern | Expression): Pattern | Expression {
  let inner = node as Expression;
  while (inner.type === 'ParenthesizedExpression') inner = inner.expression;
  return inner;
}

import type { Expression, Pattern, Statement, VariableDeclaration } from 'acorn';
import { lexicalNames, patternNames } from './bindings.ts';
import { assignment, block, literal, statement, undefinedValue, variable } from './build.ts';
import type { LocalScope } from './localScope.ts';
import { CodeError } from './parseCode.ts';
import { FunctionRewriter } from './rewriteFunctions.ts';
import { checkBinding } from './rewriteNames.ts';

/** Fourth layer of the Rewriter: declarations, those of the document become assignments. */
export abstract class DeclarationRewriter extends FunctionRewriter {
  /** The init of a for loop: document variables become assignments, others are bound in the loop's scope. */
  protected loopDeclaration(node: VariableDeclaration, inner: LocalScope): VariableDeclaration | Expression {
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

  protected loopTarget(
    left: VariableDeclaration | Pattern,
    inner: LocalScope,
  ): VariableDeclaration | Pattern {
    if (left.type !== 'VariableDeclaration') return this.pattern(left, inner);
    const declarator = left.declarations[0]!;
    if (left.kind === 'var' && !this.frame) return this.declarationTarget(declarator.id, inner);
    if (left.kind !== 'var') patternNames(declarator.id, inner.names);
    for (const name of inner.names) checkBinding(name);
    return this.declaration(left, inner);
  }

  /** True for declarations that belong to the document: `var` outside of functions, and all at the top level. */
  protected isDocumentDeclaration(node: VariableDeclaration, scope: LocalScope | undefined): boolean {
    if (this.frame) return false;
    return node.kind === 'var' || scope === undefined;
  }

  protected variables(node: VariableDeclaration, scope: LocalScope | undefined): Statement {
    if (node.kind === 'var' && scope?.hasWith()) return this.variablesInWith(node, scope);
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

  /** Inside `with`, `var x = 1` declares x outside but may assign a property of the object. */
  private variablesInWith(node: VariableDeclaration, scope: LocalScope): Statement {
    const parts: Statement[] = [];
    for (const { id, init } of node.declarations) {
      if (id.type !== 'Identifier') throw new CodeError('Destructuring inside with is not available');
      if (this.frame) parts.push(variable('var', id.name, null));
      if (!init) continue;
      const value = this.expression(init, scope);
      parts.push(statement(this.eachHolder(id, scope, 'assign', (target) => assignment(target, value))));
    }
    return block(parts);
  }

  protected declarationTarget(id: Pattern, scope: LocalScope | undefined): Pattern {
    if (id.type === 'Identifier' && !scope?.hasWith()) return this.options.names.declare(id.name);
    return this.pattern(id, scope);
  }

  protected declaration(node: VariableDeclaration, scope: LocalScope | undefined): VariableDeclaration {
    if (node.kind !== 'var' && node.kind !== 'let' && node.kind !== 'const') {
      throw new CodeError(`${node.kind} declarations are not available`);
    }
    for (const declarator of node.declarations) {
      declarator.id = this.pattern(declarator.id, scope);
      if (declarator.init) declarator.init = this.expression(declarator.init, scope);
    }
    return node;
  }

  protected bindLexical(list: Statement[], scope: LocalScope): void {
    const bound = this.frame ? list : list.filter((node) => node.type !== 'FunctionDeclaration');
    lexicalNames(bound, scope.names);
    for (const name of scope.names) checkBinding(name);
  }
}

import type { AnyNode, Pattern, Statement } from 'acorn';
import { RESERVED } from './build.ts';
import { CodeError } from './parseCode.ts';

/** Adds the names that a pattern binds. */
export function patternNames(pattern: Pattern, names: Set<string>): void {
  switch (pattern.type) {
    case 'Identifier':
      names.add(pattern.name);
      return;
    case 'ObjectPattern':
      for (const property of pattern.properties) {
        patternNames(property.type === 'RestElement' ? property.argument : property.value, names);
      }
      return;
    case 'ArrayPattern':
      for (const element of pattern.elements) if (element) patternNames(element, names);
      return;
    case 'RestElement':
      patternNames(pattern.argument, names);
      return;
    case 'AssignmentPattern':
      patternNames(pattern.left, names);
      return;
    case 'MemberExpression':
      return;
  }
}

/**
 * Adds the names that hoist to the function or script that holds the statements: every `var`, and function
 * declarations, also those in blocks (ECMAScript annex B.3.3).
 */
export function hoistedNames(statements: readonly Statement[], names: Set<string>): void {
  for (const statement of statements) hoistedNamesOf(statement, names);
}

function hoistedNamesOf(node: AnyNode, names: Set<string>): void {
  switch (node.type) {
    case 'VariableDeclaration':
      if (node.kind !== 'var') return;
      for (const declarator of node.declarations) patternNames(declarator.id, names);
      return;
    case 'FunctionDeclaration':
      if (node.id) names.add(node.id.name);
      return;
    case 'BlockStatement':
      hoistedNames(node.body, names);
      return;
    case 'IfStatement':
      hoistedNamesOf(node.consequent, names);
      if (node.alternate) hoistedNamesOf(node.alternate, names);
      return;
    case 'ForStatement':
      if (node.init) hoistedNamesOf(node.init, names);
      hoistedNamesOf(node.body, names);
      return;
    case 'ForInStatement':
    case 'ForOfStatement':
      hoistedNamesOf(node.left, names);
      hoistedNamesOf(node.body, names);
      return;
    case 'WhileStatement':
    case 'DoWhileStatement':
    case 'LabeledStatement':
    case 'WithStatement':
      hoistedNamesOf(node.body, names);
      return;
    case 'TryStatement':
      hoistedNames(node.block.body, names);
      if (node.handler) hoistedNames(node.handler.body.body, names);
      if (node.finalizer) hoistedNames(node.finalizer.body, names);
      return;
    case 'SwitchStatement':
      for (const branch of node.cases) hoistedNames(branch.consequent, names);
      return;
    default:
      return;
  }
}

/** Adds the names that a block binds: let, const, class, and function declarations. */
export function lexicalNames(statements: readonly Statement[], names: Set<string>): void {
  for (const statement of statements) {
    if (statement.type === 'VariableDeclaration' && statement.kind !== 'var') {
      for (const declarator of statement.declarations) patternNames(declarator.id, names);
    }
    if (statement.type === 'ClassDeclaration' || statement.type === 'FunctionDeclaration') {
      names.add(statement.id.name);
    }
  }
}

/** The names that a script declares: hoisted ones, and let, const and class of its top level. */
export function declaredNames(statements: readonly Statement[]): Set<string> {
  const names = new Set<string>();
  hoistedNames(statements, names);
  lexicalNames(statements, names);
  return names;
}

/** Refuses a binding with the reserved prefix (RW4). */
export function checkBinding(name: string): void {
  if (name.startsWith(RESERVED)) throw new CodeError(`The name ${name} is reserved`);
}

export function checkBindings(names: Iterable<string>): void {
  for (const name of names) checkBinding(name);
}

import type { AnyNode, FunctionDeclaration, Pattern, Statement, VariableDeclaration } from 'acorn';
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
 * declarations, in sloppy code also those in blocks (ECMAScript annex B.3.3).
 */
export function hoistedNames(statements: readonly Statement[], names: Set<string>, isStrict = false): void {
  for (const node of variablesAndFunctions(statements)) {
    if (node.type === 'VariableDeclaration') {
      for (const declarator of node.declarations) patternNames(declarator.id, names);
    } else if (!isStrict || statements.includes(node)) names.add(node.id.name);
  }
}

/** The `var` and function declarations in statements, but not in functions. */
function* variablesAndFunctions(
  statements: readonly AnyNode[],
): Generator<VariableDeclaration | FunctionDeclaration> {
  for (const node of statements) {
    if (node.type === 'FunctionDeclaration') yield node as FunctionDeclaration;
    else if (node.type !== 'VariableDeclaration') yield* variablesAndFunctions(partsOf(node));
    else if (node.kind === 'var') yield node;
  }
}

/** The statements inside a statement, and the declaration in the head of a loop. */
function partsOf(node: AnyNode): readonly AnyNode[] {
  switch (node.type) {
    case 'BlockStatement':
      return node.body;
    case 'IfStatement':
      return node.alternate ? [node.consequent, node.alternate] : [node.consequent];
    case 'ForStatement':
      return node.init ? [node.init, node.body] : [node.body];
    case 'ForInStatement':
    case 'ForOfStatement':
      return [node.left, node.body];
    case 'WhileStatement':
    case 'DoWhileStatement':
    case 'LabeledStatement':
    case 'WithStatement':
      return [node.body];
    case 'TryStatement':
      return [node.block, node.handler?.body, node.finalizer].filter((part) => part != null);
    case 'SwitchStatement':
      return node.cases.flatMap((branch) => branch.consequent);
    default:
      return [];
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

/** Adds the names that const declares in a block. */
export function constNames(statements: readonly Statement[], names: Set<string>): void {
  for (const statement of statements) {
    if (statement.type !== 'VariableDeclaration' || statement.kind !== 'const') continue;
    for (const declarator of statement.declarations) patternNames(declarator.id, names);
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

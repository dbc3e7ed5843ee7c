import type { ClassDeclaration, FunctionDeclaration, Pattern, Statement, VariableDeclaration } from 'acorn';
import { assignment, block, statement, undefinedValue, variable } from '../build.ts';
import { CodeError } from '../parseCode.ts';
import type { RewriteContext } from './context.ts';
import { classValue, functionValue, rewriteClass, rewriteFunction } from './functions.ts';
import { assignName } from './names.ts';

/**
 * Declarations of the document (all at the top of a script, and every `var` outside of functions) become
 * assignments to its variables. Others stay declarations.
 */
export function rewriteVariables(node: VariableDeclaration, context: RewriteContext): Statement {
  if (node.kind === 'var' && context.scope?.withDepth) return rewriteVariablesInWith(node, context);
  const isOfDocument = !context.frame && (node.kind === 'var' || !context.scope);
  if (!isOfDocument) return rewriteDeclarators(node, context);
  const parts: Statement[] = [];
  for (const { id, init } of node.declarations) {
    if (!init && node.kind === 'var') continue;
    const value = init ? context.expression(init) : undefinedValue();
    parts.push(statement(assignment(declarationTarget(id, context), value)));
  }
  const [only] = parts;
  return only && parts.length === 1 ? only : block(parts);
}

/** Inside `with`, `var x = 1` declares x outside but may assign a property of the object. */
function rewriteVariablesInWith(node: VariableDeclaration, context: RewriteContext): Statement {
  const parts: Statement[] = [];
  for (const { id, init } of node.declarations) {
    if (id.type !== 'Identifier') throw new CodeError('Destructuring inside with is not available');
    if (context.frame) parts.push(variable('var', id.name, null));
    if (!init) continue;
    const value = context.expression(init);
    parts.push(statement(assignName(id, 'assign', context, (target) => assignment(target, value))));
  }
  return block(parts);
}

export function declarationTarget(id: Pattern, context: RewriteContext): Pattern {
  if (id.type === 'Identifier' && !context.scope?.withDepth) return context.options.names.declare(id.name);
  return context.pattern(id);
}

/** A declaration of local variables. */
export function rewriteDeclarators(node: VariableDeclaration, context: RewriteContext): VariableDeclaration {
  if (node.kind !== 'var' && node.kind !== 'let' && node.kind !== 'const') {
    throw new CodeError(`${node.kind} declarations are not available`);
  }
  const declarations = node.declarations.map((declarator) => ({
    ...declarator,
    id: context.pattern(declarator.id),
    init: declarator.init ? context.expression(declarator.init) : null,
  }));
  return { ...node, declarations };
}

export function rewriteFunctionDeclaration(node: FunctionDeclaration, context: RewriteContext): Statement {
  return context.frame ? rewriteFunction(node, context).node : rewriteTopFunction(node, context);
}

/** A function outside of functions is a variable of the document. */
export function rewriteTopFunction(node: FunctionDeclaration, context: RewriteContext): Statement {
  const value = functionValue(node, context);
  return statement(assignment(context.options.names.declare(node.id.name), value));
}

export function rewriteClassDeclaration(node: ClassDeclaration, context: RewriteContext): Statement {
  if (context.scope) return rewriteClass(node, context).node;
  return statement(assignment(context.options.names.declare(node.id.name), classValue(node, context)));
}

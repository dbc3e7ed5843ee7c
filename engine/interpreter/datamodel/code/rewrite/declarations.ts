import type {
  ClassDeclaration,
  Expression,
  FunctionDeclaration,
  Pattern,
  Statement,
  VariableDeclaration,
} from 'acorn';
import { patternNames } from '../bindings.ts';
import { assignment, block, declaration, fragment, statement, undefinedValue, variable } from '../build.ts';
import { CodeError } from '../parseCode.ts';
import { CannotHold } from './captures.ts';
import type { RewriteContext } from './context.ts';
import { classValue, functionValue, rewriteClass, rewriteFunction } from './functions.ts';
import { assignName } from './names.ts';
import { heldVariable } from './scopeObjects.ts';

/**
 * Declarations of the document (all at the top of a script, and every `var` outside of functions) become
 * assignments to its variables. Others stay declarations.
 */
export function rewriteVariables(node: VariableDeclaration, context: RewriteContext): Statement {
  if (node.kind === 'var' && context.scope?.withDepth) return rewriteVariablesInWith(node, context);
  const isOfDocument = !context.frame && (node.kind === 'var' || !context.scope);
  if (!isOfDocument) {
    return context.usesScopes ? declareLocals(node, context) : rewriteDeclarators(node, context);
  }
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
    if (context.frame && !context.resolve(id.name).holding) parts.push(variable('var', id.name, null));
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

/** A declaration of local variables, of which some may be properties of scope objects. */
export function declareLocals(node: VariableDeclaration, context: RewriteContext): Statement {
  const parts: Statement[] = [];
  for (const { id, init } of node.declarations) {
    const value = init ? context.expression(init) : undefined;
    parts.push(...declareLocal(node.kind, { id, value }, context));
  }
  return fragment(parts);
}

/** `value` is rewritten already. */
export function declareLocal(
  kind: VariableDeclaration['kind'],
  { id, value }: { readonly id: Pattern; readonly value: Expression | undefined },
  context: RewriteContext,
): Statement[] {
  const names = new Set<string>();
  patternNames(id, names);
  const isHeld = (name: string) => context.resolve(name).holding !== undefined;
  const plain = [...names].filter((name) => !isHeld(name));
  if (plain.length === names.size) {
    return [declaration(kind, context.pattern(id), value ?? null)];
  }
  const made = plain.map((name) => variable(kind === 'var' ? 'var' : 'let', name, null));
  // A `let` without a value is undefined again in each iteration, as its scope object is new.
  if (value === undefined) return made;
  return [...made, statement(assignment(context.pattern(id), value))];
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
  if (!context.frame || context.usesScopes) return declareFunction(node, context);
  context.options.captures?.addFunction();
  return rewriteFunction(node, context).node;
}

export function declareFunction(node: FunctionDeclaration, context: RewriteContext): Statement {
  // A function in a block of a script hoists to the variables of the document (ECMAScript annex B.3.3).
  return context.frame ? declareLocalFunction(node, context) : rewriteTopFunction(node, context);
}

function declareLocalFunction(node: FunctionDeclaration, context: RewriteContext): Statement {
  const { name } = node.id;
  const value = functionValue(node, context);
  const { holding } = context.resolve(name);
  if (holding) return statement(assignment(heldVariable(holding, name), value));
  const isOfBlock = context.scope !== context.frame?.scope && context.scope?.names.has(name) === true;
  // In sloppy code it is a variable of the function, which a block in between may hide.
  if (!isOfBlock && isHidden(name, context)) throw new CannotHold();
  return variable(isOfBlock ? 'let' : 'var', name, value);
}

function isHidden(name: string, { scope, frame }: RewriteContext): boolean {
  for (let at = scope; at && at !== frame?.scope; at = at.parent) if (at.names.has(name)) return true;
  return false;
}

/** A function outside of functions is a variable of the document. */
export function rewriteTopFunction(node: FunctionDeclaration, context: RewriteContext): Statement {
  const value = functionValue(node, context);
  return statement(assignment(context.options.names.declare(node.id.name), value));
}

export function rewriteClassDeclaration(node: ClassDeclaration, context: RewriteContext): Statement {
  if (!context.scope) {
    return statement(assignment(context.options.names.declare(node.id.name), classValue(node, context)));
  }
  if (!context.usesScopes) {
    context.options.captures?.addFunction();
    return rewriteClass(node, context).node;
  }
  const { name } = node.id;
  const value = classValue(node, context);
  const { holding } = context.resolve(name);
  return holding ? statement(assignment(heldVariable(holding, name), value)) : variable('let', name, value);
}

import type { Expression, Pattern, Program, Statement } from 'acorn';
import { checkBindings, declaredNames } from '../bindings.ts';
import {
  assignment,
  call,
  HOLDER,
  identifier,
  literal,
  member,
  statement,
  strictFunction,
  undefinedValue,
  whenHas,
} from '../build.ts';
import { withoutParentheses } from '../parseCode.ts';
import { rewriteStatements } from './blocks.ts';
import { RewriteContext, type RewriteOptions } from './context.ts';
import { rewriteTopFunction } from './declarations.ts';
import { EXPRESSIONS } from './expressions.ts';
import { PATTERNS } from './patterns.ts';
import { STATEMENTS } from './statements.ts';

/**
 * Rewrites document code (data-model 7 and 8). One table for expressions, one for patterns and one for
 * statements have a function for each type of node.
 * RW1. Names replaces each identifier that no function binds: no free name reaches the realm's globals.
 * RW2. Loops, functions, catch and finally burn gas first, so that no handler outlives its exhaustion.
 * RW3. import(), async code and unknown types of node do not compile.
 * RW4. No binding may start with the reserved prefix: document code cannot shadow the helpers.
 * RW5. `this` outside of functions is the data object; sloppy functions never see the realm's global object.
 * RW6. Every function and script records where an error left it (withPositions); code cannot tell.
 */
function contextOf(options: RewriteOptions): RewriteContext {
  return new RewriteContext(options, {
    expressions: EXPRESSIONS,
    patterns: PATTERNS,
    statements: STATEMENTS,
    list: rewriteStatements,
  });
}

/** An expression on its own. */
export function rewriteExpression(node: Expression, options: RewriteOptions): Expression {
  return contextOf(options).expression(node);
}

/**
 * An assignable expression (location), as the target of an assignment; undefined when it is not assignable.
 * `whenMissing` selects the behaviour of an assignment to an undeclared name.
 */
export function rewriteLocation(
  node: Expression,
  whenMissing: 'fault' | 'create',
  options: RewriteOptions,
): Pattern | undefined {
  const target = withoutParentheses(node);
  if (target.type === 'MemberExpression') return contextOf(options).pattern(target);
  if (target.type !== 'Identifier') return undefined;
  const { names } = options;
  return whenMissing === 'create' ? names.create(target.name) : names.location(target.name);
}

/**
 * The statements of a script: declarations first, then its body, keywords of top-level declarations dropped.
 */
export function rewriteScript(program: Program, options: RewriteOptions): Statement[] {
  const statements = program.body as Statement[];
  const context = contextOf(options);
  const declared = declaredNames(statements);
  checkBindings(declared);
  const prologue = declared.size > 0 ? [hoist(options.names.declareHolder(), declared)] : [];
  const body: Statement[] = [];
  for (const node of statements) {
    if (node.type === 'FunctionDeclaration') prologue.push(rewriteTopFunction(node, context));
    else body.push(...context.marks(node), context.statement(node));
  }
  return [...prologue, ...body];
}

/**
 * Declares the names that the holder lacks. The names are in the text of the code, so that V8 keeps the
 * variables of all sessions in one shape. The function is strict, so that a holder which is not extensible is
 * a fault, as it is for declarations of JavaScript.
 */
function hoist(holder: Expression, names: ReadonlySet<string>): Statement {
  const held = identifier(HOLDER);
  const declarations = [...names].map((name) =>
    statement(whenHas(name, held, literal(0), assignment(member(held, name), undefinedValue()))),
  );
  return statement(call(strictFunction([held], declarations), [holder]));
}

import type { Expression, Pattern, Program, Statement } from 'acorn';
import { declaredNames } from './bindings.ts';
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
} from './build.ts';
import { withoutParentheses } from './rewriteExpressions.ts';
import { checkBinding } from './rewriteNames.ts';
import { StatementRewriter } from './rewriteStatements.ts';

/**
 * Rewrites document code in place (data-model 7 and 8):
 * R1. An identifier that no function binds becomes what Names says: no free name reaches the realm's globals.
 * R2. Loops, functions, catch and finally burn gas first, so that no handler outlives its exhaustion.
 * R3. import(), async code and unknown kinds of node do not compile.
 * R4. No binding may start with the reserved prefix: our helpers cannot be shadowed.
 * R5. `this` outside of functions is the data object; sloppy functions never see the realm's global object.
 */
export class Rewriter extends StatementRewriter {
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
    if (declared.size > 0) prologue.push(hoist(names.declareHolder(), declared));
    const body: Statement[] = [];
    for (const node of statements) {
      if (node.type === 'FunctionDeclaration') prologue.push(this.topFunction(node, undefined));
      else body.push(this.statement(node, undefined));
    }
    return [...prologue, ...body];
  }
}

/**
 * Declares the names that the holder lacks. They stand in the code: see MAX_ADDED (realm/restoreText.ts). It is strict, so
 * that a holder which is not extensible is a fault, as it is for declarations of JavaScript.
 */
function hoist(holder: Expression, names: ReadonlySet<string>): Statement {
  const held = identifier(HOLDER);
  const declarations = [...names].map((name) =>
    statement(whenHas(name, held, literal(0), assignment(member(held, name), undefinedValue()))),
  );
  return statement(call(strictFunction([held], declarations), [holder]));
}

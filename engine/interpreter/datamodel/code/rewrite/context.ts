import type { Expression, Pattern, Statement } from 'acorn';
import type { FunctionTable } from '../functionTable.ts';
import type { Names } from '../names.ts';
import { CodeError, withoutParentheses } from '../parseCode.ts';
import type { Usage } from '../usage.ts';
import type { FunctionFrame, LocalScope } from './localScope.ts';

/** Facts about the expression or script that is being rewritten. */
export interface RewriteOptions {
  readonly names: Names;
  readonly usage: Usage;
  /** Strict code never sees the realm's global object as `this`. */
  readonly isStrict: boolean;
  /** State whose scope eval() runs in. */
  readonly state: number;
  /**
   * Receives the functions that capture no local variable, so that snapshots can carry them. Absent inside
   * eval.
   */
  readonly functions?: FunctionTable;
  /** True for eval code: the value of the last expression statement is kept. */
  readonly keepsValue?: boolean;
}

/**
 * One function for each type of node. It returns the rewritten node, and never changes the node it was given.
 */
export type Visitors<Node extends { readonly type: string }, Made> = {
  readonly [Type in Node['type']]: (node: Extract<Node, { type: Type }>, context: RewriteContext) => Made;
};

export interface VisitorTables {
  readonly expressions: Visitors<Expression, Expression>;
  readonly patterns: Visitors<Pattern, Pattern>;
  readonly statements: Visitors<Statement, Statement>;
}

/** The variable that a name means at one point of the code. */
export interface Resolution {
  /** True when a function or block of the code binds the name; false when it is free. */
  readonly isLocal: boolean;
  /** Constants that hold the objects of the `with` statements in between, innermost first. */
  readonly withObjects: readonly string[];
}

/**
 * A point in the code that is being rewritten: knows the scopes around it, and rewrites the nodes inside it.
 */
export class RewriteContext {
  readonly options: RewriteOptions;
  /** Innermost local scope; undefined at the top of a script and in an expression. */
  readonly scope: LocalScope | undefined;
  readonly #tables: VisitorTables;

  constructor(options: RewriteOptions, tables: VisitorTables, scope?: LocalScope) {
    this.options = options;
    this.#tables = tables;
    this.scope = scope;
  }

  /** The innermost function around this point; undefined outside of functions. */
  get frame(): FunctionFrame | undefined {
    return this.scope?.frame;
  }

  get isStrict(): boolean {
    return this.frame?.isStrict ?? this.options.isStrict;
  }

  /** True for statements whose value eval() returns. */
  get keepsValue(): boolean {
    return this.options.keepsValue === true && this.frame === undefined;
  }

  /** True inside a function that has a `this` of its own. */
  get hasReceiver(): boolean {
    for (let at = this.frame; at; at = at.parent) if (!at.isArrow) return true;
    return false;
  }

  expression(node: Expression): Expression {
    return visit(this.#tables.expressions, node, this, `${node.type} is not available`);
  }

  pattern(node: Pattern): Pattern {
    // The parser keeps parentheses in patterns too, although its types exclude them.
    const target = withoutParentheses(node);
    return visit(this.#tables.patterns, target, this, `${target.type} is not an assignment target`);
  }

  statement(node: Statement): Statement {
    return visit(this.#tables.statements, node, this, `${node.type} is not available`);
  }

  /** The context inside a scope. */
  inScope(scope: LocalScope): RewriteContext {
    return new RewriteContext(this.options, this.#tables, scope);
  }

  /** Resolves a name. Marks the functions that capture a local variable by it. */
  resolve(name: string): Resolution {
    const withObjects: string[] = [];
    for (let at = this.scope; at; at = at.parent) {
      const { withObject } = at;
      const isLocal = at.names.has(name);
      if (withObject !== undefined) withObjects.push(withObject);
      if (withObject !== undefined || isLocal) this.#capture(at);
      if (isLocal) return { isLocal: true, withObjects };
    }
    return { isLocal: false, withObjects };
  }

  /**
   * Marks arrow functions: their `this`, arguments, super and new.target belong to the function around them.
   */
  captureReceiver(): void {
    for (let at = this.frame; at?.isArrow; at = at.parent) at.captures = true;
  }

  /** Marks the functions inside the scope: the function table cannot make them, because they need it. */
  #capture(scope: LocalScope): void {
    for (let at = this.frame; at && at !== scope.frame; at = at.parent) at.captures = true;
  }
}

function visit<Node extends { readonly type: string }, Made>(
  table: Visitors<Node, Made>,
  node: Node,
  context: RewriteContext,
  refusal: string,
): Made {
  type Visit = (node: Node, context: RewriteContext) => Made;
  const found = (table as unknown as { readonly [type: string]: Visit | undefined })[node.type];
  if (!found) throw new CodeError(refusal);
  return found(node, context);
}

import type { Expression, Pattern, Statement } from 'acorn';
import { positionMark, SCOPE } from '../build.ts';
import type { FunctionTable } from '../functionTable.ts';
import type { Names } from '../names.ts';
import { CodeError, withoutParentheses } from '../parseCode.ts';
import type { Usage } from '../usage.ts';
import { CannotHold, type Captures, RECEIVER } from './captures.ts';
import { type FunctionFrame, LocalScope } from './localScope.ts';

/** Statements that do nothing themselves. */
const UNMARKED = new Set([
  'BlockStatement',
  'EmptyStatement',
  'FunctionDeclaration',
  'BreakStatement',
  'ContinueStatement',
]);

const NOT_HELD: { readonly holding?: LocalScope } = {};

/** Facts about the expression or script that is being rewritten. */
export interface RewriteOptions {
  readonly names: Names;
  readonly usage: Usage;
  /** Strict code never sees the realm's global object as `this`. */
  readonly isStrict: boolean;
  /** State whose scope eval() runs in. */
  readonly state: number;
  /** Receives the functions, so that snapshots can carry them. Absent inside eval. */
  readonly functions?: FunctionTable;
  /** The local variables that functions capture. Absent inside eval. */
  readonly captures?: Captures;
  /**
   * Position of the first character of the code among all code of the document. Absent inside eval, whose
   * errors have the position of the call.
   */
  readonly base?: number;
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
  /** Rewrites statements that share the scope of the context. */
  readonly list: (list: readonly Statement[], context: RewriteContext) => Statement[];
}

/** The variable that a name means at one point of the code. */
export interface Resolution {
  /** True when a function or block of the code binds the name; false when it is free. */
  readonly isLocal: boolean;
  /** Constants that hold the objects of the `with` statements in between, innermost first. */
  readonly withObjects: readonly string[];
  /** The scope of a captured variable, which is a property of the scope object. */
  readonly holding?: LocalScope;
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

  /** Records that the statement runs next. */
  marks(node: Statement): Statement[] {
    const { base } = this.options;
    return base === undefined || UNMARKED.has(node.type) || 'directive' in node
      ? []
      : [positionMark(base + node.start)];
  }

  /** True when the code is rewritten again, and captured variables become properties of scope objects. */
  get usesScopes(): boolean {
    return this.options.captures?.isKnown === true;
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

  /** The statements of a function's body. */
  statements(list: readonly Statement[]): Statement[] {
    return this.#tables.list(list, this);
  }

  /** The context inside a scope. */
  inScope(scope: LocalScope): RewriteContext {
    return new RewriteContext(this.options, this.#tables, scope);
  }

  /** A scope inside this point. `key`: the part of the tree that makes it, if it can have a scope object. */
  newScope(
    key: object | undefined,
    of: { readonly frame?: FunctionFrame; readonly parent?: LocalScope; readonly withObject?: string } = {},
  ): LocalScope {
    const { captures } = this.options;
    const captured = captures?.isKnown ? captures.of(key) : undefined;
    const holder = captured && captures?.nextHolder(SCOPE);
    const { frame = this.frame, parent = this.scope, withObject } = of;
    return new LocalScope({ parent, frame, key, withObject, captured, holder });
  }

  /** Resolves a name. Marks the functions that capture a local variable by it. */
  resolve(name: string): Resolution {
    const withObjects: string[] = [];
    for (let at = this.scope; at; at = at.parent) {
      const { withObject } = at;
      const isLocal = at.names.has(name);
      if (withObject !== undefined) {
        withObjects.push(withObject);
        this.#capture(at);
      }
      if (isLocal) return { isLocal: true, withObjects, ...this.#captureIn(at, name) };
    }
    return { isLocal: false, withObjects };
  }

  /** Marks arrow functions: their `this`, super and new.target belong to the function around them. */
  captureReceiver(): void {
    for (let at = this.frame; at?.isArrow; at = at.parent) at.captures = true;
  }

  /** Also marks the function that has the `super`. */
  captureSuper(): void {
    this.captureReceiver();
    const owner = this.#receiver();
    if (owner) owner.hasSuper = true;
  }

  /** As resolve, for `this`: the scope whose scope object has it. Undefined: it is `this` here. */
  resolveReceiver(): LocalScope | undefined {
    const owner = this.#receiver();
    if (owner === this.frame) return undefined;
    const { holding } =
      owner?.scope && owner.holdsReceiver ? this.#captureIn(owner.scope, RECEIVER) : NOT_HELD;
    if (holding === undefined) this.captureReceiver();
    return holding;
  }

  /** The function that `this` belongs to. */
  #receiver(): FunctionFrame | undefined {
    let at = this.frame;
    while (at?.isArrow) at = at.parent;
    return at;
  }

  /** A variable of a scope is used here. The functions in between capture it. */
  #captureIn(scope: LocalScope, name: string): { readonly holding?: LocalScope } {
    const { captures } = this.options;
    const isCaptured = this.frame !== scope.frame;
    if (scope.captured.has(name)) {
      if (scope.isBinding && !isCaptured) return NOT_HELD;
      if (scope.isBinding) throw new CannotHold();
      for (let at = this.frame; at && at !== scope.frame; at = at.parent) at.uses.add(scope);
      return { holding: scope };
    }
    if (isCaptured) {
      captures?.add(scope, name);
      this.#capture(scope);
    }
    return NOT_HELD;
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

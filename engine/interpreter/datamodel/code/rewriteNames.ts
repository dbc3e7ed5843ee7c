import type { Expression, Identifier, MemberExpression } from 'acorn';
import { identifier, member, RESERVED, whenHas } from './build.ts';
import type { FunctionTable } from './functionTable.ts';
import type { FunctionFrame, LocalScope } from './localScope.ts';
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

/** First layer of the Rewriter: which variable an identifier is. */
export abstract class NameRewriter {
  protected readonly options: RewriteOptions;
  /** The function that is being rewritten; undefined outside of functions. */
  protected frame: FunctionFrame | undefined;

  constructor(options: RewriteOptions) {
    this.options = options;
  }

  protected isStrict(): boolean {
    return this.frame ? this.frame.strict : this.options.strict;
  }

  protected identifier(node: Identifier, scope: LocalScope | undefined): Expression {
    const { local, withObjects } = this.resolve(node.name, scope);
    const plain = local ? node : this.options.names.read(node.name);
    return withObjects.reduceRight<Expression>(
      (rest, object) => whenHas(node.name, identifier(object), member(identifier(object), node.name), rest),
      plain,
    );
  }

  protected resolve(name: string, scope: LocalScope | undefined): { local: boolean; withObjects: string[] } {
    const withObjects: string[] = [];
    for (let at = scope; at; at = at.parent) {
      if (at.withObject) {
        withObjects.push(at.withObject);
        this.capture(at);
      }
      if (at.names.has(name)) {
        this.capture(at);
        // A function may be bound inside itself to its own name, where the scope takes that for another's.
        this.options.usage.called.expose(name);
        return { local: true, withObjects };
      }
    }
    return { local: false, withObjects };
  }

  /** Marks the functions between here and the scope: they cannot be made again without it. */
  protected capture(scope: LocalScope): void {
    for (let at = this.frame; at && at !== scope.frame; at = at.parent) at.captures = true;
  }

  /** `this`, arguments, super and new.target of arrow functions belong to the function around them. */
  protected captureReceiver(): void {
    for (let at = this.frame; at?.arrow; at = at.parent) at.captures = true;
  }

  protected hasReceiver(): boolean {
    for (let at = this.frame; at; at = at.parent) if (!at.arrow) return true;
    return false;
  }

  /** Builds an assignment to a name; inside `with` one for each object that may hold it. */
  protected eachHolder(
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
}

/** Refuses a binding that would shadow our helpers (invariant R4 of the Rewriter). */
export function checkBinding(name: string): void {
  if (name.startsWith(RESERVED)) throw new CodeError(`The name ${name} is reserved`);
}

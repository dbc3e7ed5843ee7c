import type { Expression, MemberExpression } from 'acorn';
import { array, call, DATA, data, identifier, kernel, literal, member, whenHas } from './build.ts';
import type { Names, SystemNames } from './names.ts';
import { GLOBALS, readFixed } from './names.ts';
import type { Usage } from './usage.ts';

/** One of the variable scopes that an expression sees. */
export interface ChainScope {
  /** Property of the data object with the scope: `s<state>`. */
  readonly slot: string;
  /** Names that the scripts of the state declare. */
  readonly declared: ReadonlySet<string>;
}

export interface ScopedNamesOptions {
  readonly dataIds: ReadonlySet<string>;
  /** Scopes of the state and its ancestors, innermost first; the last is the document's. */
  readonly chain: readonly ChainScope[];
  readonly systemNames: SystemNames;
  /** True when code of the document calls eval, which can declare any name. */
  readonly isDynamic: boolean;
  readonly usage: Usage;
}

/**
 * ORS dialect (ors-dialect 2.3): a name is looked up in the scope of the state, then in those of its
 * ancestors, up to the document's. A data id that no scope has means `_data.<id>` (inferred: real documents
 * read data ids so). Assigning an undeclared name declares it in the document's scope. For names that scripts
 * declare, the scopes to test are known at compile time; other names are looked up at run time.
 */
export function scopedNames(options: ScopedNamesOptions): Names {
  const { dataIds, chain, systemNames, isDynamic, usage } = options;
  const slots = chain.map((scope) => literal(scope.slot));
  const own = data(chain[0]!.slot);

  function declares(name: string): boolean {
    return dataIds.has(name) || chain.some((scope) => scope.declared.has(name));
  }

  function isFixed(name: string): boolean {
    return name === '_data' || systemNames.has(name) || (GLOBALS.has(name) && !declares(name));
  }

  function fixed(name: string): Expression | undefined {
    if (name === '_data') return data('data');
    return isFixed(name) ? readFixed(name, systemNames, usage) : undefined;
  }

  /**
   * The object that has the name. `otherwise` names the kernel's function that finds it when no known scope
   * has it.
   */
  function holder(name: string, otherwise: string): Expression {
    const isData = dataIds.has(name);
    const lookup = call(kernel(otherwise), [
      identifier(DATA),
      array([...slots]),
      literal(name),
      literal(isData),
    ]);
    if (isDynamic) return lookup;
    const candidates = chain.filter((scope) => scope.declared.has(name));
    return candidates.reduceRight<Expression>(
      (rest, scope) => whenHas(name, data(scope.slot), data(scope.slot), rest),
      isData ? data('data') : lookup,
    );
  }

  function target(name: string, otherwise: string): MemberExpression {
    if (isFixed(name)) return member(call(kernel('noLocation'), [literal(name)]), name);
    return member(holder(name, otherwise), name);
  }

  return {
    read: (name) => fixed(name) ?? member(holder(name, 'find'), name),
    assign: (name) => target(name, 'findOrRoot'),
    update: (name) => target(name, 'find'),
    peek: (name) => fixed(name) ?? member(holder(name, 'peek'), name),
    declare: (name) => (isFixed(name) ? target(name, 'find') : member(own, name)),
    declareHolder: () => call(kernel('ownScope'), [identifier(DATA), literal(chain[0]!.slot)]),
    location: (name) => target(name, 'findLocation'),
    create: (name) => target(name, 'findOrRoot'),
    self: () => own,
  };
}

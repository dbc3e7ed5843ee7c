import type { Expression, MemberExpression } from 'acorn';
import { call, DATA, data, identifier, kernel, literal, member, whenHas } from './build.ts';
import type { Names, SystemNames } from './names.ts';
import { GLOBALS, readFixed } from './names.ts';
import type { Usage } from './usage.ts';

export interface FlatNamesOptions {
  /** Data ids: always present on the data object. */
  readonly dataIds: ReadonlySet<string>;
  /** Names that scripts declare. They hide globals of the same name. */
  readonly declared: ReadonlySet<string>;
  readonly systemNames: SystemNames;
  /** False in scripts: an assignment to an undeclared name declares it. */
  readonly isStrict: boolean;
  readonly usage: Usage;
}

/** W3C dialect: every variable of the document is a property of one data object. W3C B.2. */
export function flatNames(options: FlatNamesOptions): Names {
  const { dataIds, declared, systemNames, isStrict, usage } = options;

  function fixed(name: string): Expression | undefined {
    if (systemNames.has(name)) return readFixed(name, systemNames, usage);
    if (dataIds.has(name) || declared.has(name)) return undefined;
    return readFixed(name, systemNames, usage);
  }

  function existing(name: string, otherwise: 'undeclared' | 'noLocation'): MemberExpression {
    if (dataIds.has(name)) return data(name);
    const missing = call(kernel(otherwise), [literal(name)]);
    return member(whenHas(name, identifier(DATA), identifier(DATA), missing), name);
  }

  function isFixed(name: string): boolean {
    return systemNames.has(name) || (GLOBALS.has(name) && !dataIds.has(name) && !declared.has(name));
  }

  function refused(name: string): MemberExpression {
    return member(call(kernel('noLocation'), [literal(name)]), name);
  }

  return {
    read: (name) => fixed(name) ?? existing(name, 'undeclared'),
    assign(name) {
      if (isFixed(name)) return refused(name);
      return isStrict ? existing(name, 'noLocation') : data(name);
    },
    update: (name) => (isFixed(name) ? refused(name) : existing(name, 'undeclared')),
    // The data object inherits nothing, so a missing name reads as undefined.
    peek: (name) => fixed(name) ?? data(name),
    declare: (name) => (systemNames.has(name) ? refused(name) : data(name)),
    declareHolder: () => identifier(DATA),
    location: (name) => (isFixed(name) ? refused(name) : existing(name, 'noLocation')),
    create: (name) => (isFixed(name) ? refused(name) : data(name)),
    self: () => identifier(DATA),
  };
}

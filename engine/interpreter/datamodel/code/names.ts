import type { Expression, MemberExpression } from 'acorn';
import { identifier, kernel, literal, system, undefinedValue } from './build.ts';
import type { Usage } from './usage.ts';

/** The expressions that replace the free names of document code: the identifiers that no function binds. */
export interface Names {
  /** Its value; a ReferenceError at run time when it is undeclared. */
  read(name: string): Expression;
  /** The target of `name = value`. */
  assign(name: string): MemberExpression;
  /** The target of `name += value` and `name++`: it must exist. */
  update(name: string): MemberExpression;
  /** An operand of typeof: undefined when it is undeclared. */
  peek(name: string): Expression;
  /** The target of a declaration at the top of a script. */
  declare(name: string): MemberExpression;
  /** The object that gets the names declared at the top of a script; made when it is missing. */
  declareHolder(): Expression;
  /** The target of an <assign> or of a location attribute: faults when it is undeclared. */
  location(name: string): MemberExpression;
  /** The target of <foreach item>: declares the name when it is undeclared (W3C 4.6). */
  create(name: string): MemberExpression;
  /** `this` outside of functions. */
  self(): Expression;
}

/** Globals that document code may use. Any other undeclared name throws a ReferenceError. */
export const GLOBALS: ReadonlySet<string> = new Set([
  ...['undefined', 'NaN', 'Infinity', 'Object', 'Function', 'Array', 'String', 'Number', 'Boolean'],
  ...['Symbol', 'BigInt', 'Date', 'Math', 'JSON', 'RegExp', 'Map', 'Set', 'Reflect'],
  ...['Error', 'AggregateError', 'EvalError', 'RangeError', 'ReferenceError', 'SyntaxError', 'TypeError'],
  ...['URIError', 'parseInt', 'parseFloat', 'isNaN', 'isFinite', 'escape', 'unescape'],
  ...['encodeURI', 'encodeURIComponent', 'decodeURI', 'decodeURIComponent'],
]);

/** Names that the platform defines (W3C 5.10, ors-dialect 2.3 and 2.7). No document can assign them. */
export type SystemNames = ReadonlyMap<string, () => Expression>;

/** System variables of both dialects. `documentName` is the name attribute of <scxml>. */
export function commonSystemNames(documentName: string, usage: Usage): Map<string, () => Expression> {
  return new Map<string, () => Expression>([
    ['_sessionid', () => system('sessionId')],
    ['_name', () => literal(documentName)],
    ['_x', () => kernel('x')],
    [
      '_event',
      () => {
        usage.event = true;
        return system('event');
      },
    ],
    [
      '_ioprocessors',
      () => {
        usage.ioProcessors = true;
        return system('ioProcessors');
      },
    ],
    [
      'In',
      () => {
        usage.configuration = true;
        return kernel('In');
      },
    ],
  ]);
}

/** Adds the system variables of the ORS dialect. `prefix` is the value of _my_prefix (ors-dialect 2.5). */
export function addOrsSystemNames(
  names: Map<string, () => Expression>,
  prefix: string | undefined,
  usage: Usage,
): void {
  names.set('_my_prefix', () => (prefix === undefined ? undefinedValue() : literal(prefix)));
  names.set('_genesys', () => {
    usage.genesys = true;
    return system('genesys');
  });
  names.set('__Log', () => kernel('log'));
  names.set('__Raise', () => kernel('raise'));
  names.set('__GetDocumentURL', () => kernel('documentUrl'));
  names.set('__GetCurrentStates', () => {
    usage.configuration = true;
    return kernel('currentStates');
  });
}

/** The value of a system variable or a global; undefined when the name may be a variable of the document. */
export function readFixed(name: string, systemNames: SystemNames, usage: Usage): Expression | undefined {
  const systemValue = systemNames.get(name);
  if (systemValue) return systemValue();
  if (!GLOBALS.has(name)) return undefined;
  if (name === 'Symbol' || name === 'Reflect') usage.exotic = true;
  return identifier(name);
}

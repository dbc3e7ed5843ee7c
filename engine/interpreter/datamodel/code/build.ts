import type {
  AssignmentOperator,
  CallExpression,
  Expression,
  ExpressionStatement,
  Identifier,
  Literal,
  MemberExpression,
  ObjectExpression,
  Pattern,
  Property,
  Statement,
  VariableDeclaration,
} from 'acorn';

/**
 * Builders for the few kinds of node that rewriting makes. Their positions are not used: the AST is printed.
 */

const AT = { start: 0, end: 0 } as const;

/**
 * Prefix of the helpers' names. Code that binds such a name does not compile, so no helper can be shadowed.
 */
export const RESERVED = 'orsay$';

export const DATA = 'orsay$d';
export const SYSTEM = 'orsay$s';
export const VALUE = 'orsay$v';
export const HOLDER = 'orsay$h';
/** Begins the names of variables with scope objects. */
export const SCOPE = 'orsay$c';
export const KERNEL = 'orsay$k';
export const GAS = 'orsay$g';
export const EVAL = 'orsay$e';
/** Parameter of the function that makes a class: the class that it extends. */
export const HERITAGE = 'orsay$b';
/** Variable of a function with the position of the statement that runs. */
const POSITION = 'orsay$p';
const THROWN = 'orsay$x';

export function identifier(name: string): Identifier {
  return { ...AT, type: 'Identifier', name };
}

export function literal(value: string | number | boolean | null): Literal {
  return { ...AT, type: 'Literal', value };
}

export function undefinedValue(): Expression {
  return { ...AT, type: 'UnaryExpression', operator: 'void', prefix: true, argument: literal(0) };
}

export function member(object: Expression, name: string): MemberExpression {
  return {
    ...AT,
    type: 'MemberExpression',
    object,
    property: identifier(name),
    computed: false,
    optional: false,
  };
}

export function data(name: string): MemberExpression {
  return member(identifier(DATA), name);
}

/** `object["name"]` */
export function element(object: Expression, name: string): MemberExpression {
  return { ...member(object, name), property: literal(name), computed: true };
}

export function system(name: string): MemberExpression {
  return member(identifier(SYSTEM), name);
}

export function kernel(name: string): MemberExpression {
  return member(identifier(KERNEL), name);
}

export function call(callee: Expression, args: Expression[]): CallExpression {
  return { ...AT, type: 'CallExpression', callee, arguments: args, optional: false };
}

export function array(elements: Expression[]): Expression {
  return { ...AT, type: 'ArrayExpression', elements };
}

/** `'name' in holder ? then : otherwise` */
export function whenHas(
  name: string,
  holder: Expression,
  then: Expression,
  otherwise: Expression,
): Expression {
  return {
    ...AT,
    type: 'ConditionalExpression',
    test: { ...AT, type: 'BinaryExpression', operator: 'in', left: literal(name), right: holder },
    consequent: then,
    alternate: otherwise,
  };
}

/** `(0, callee)`: calls it without making the holder of the variable its `this`. */
export function detached(callee: Expression): Expression {
  return { ...AT, type: 'SequenceExpression', expressions: [literal(0), callee] };
}

export function assignment(left: Pattern, right: Expression, operator: AssignmentOperator = '='): Expression {
  return { ...AT, type: 'AssignmentExpression', operator, left, right };
}

export function statement(expression: Expression): ExpressionStatement {
  return { ...AT, type: 'ExpressionStatement', expression };
}

export function block(body: Statement[]): Statement & { type: 'BlockStatement' } {
  return { ...AT, type: 'BlockStatement', body };
}

export function variable(kind: 'const' | 'let' | 'var', name: string, init: Expression | null): Statement {
  return declaration(kind, identifier(name), init);
}

export function declaration(
  kind: VariableDeclaration['kind'],
  id: Pattern,
  init: Expression | null,
): VariableDeclaration {
  return {
    ...AT,
    type: 'VariableDeclaration',
    kind,
    declarations: [{ ...AT, type: 'VariableDeclarator', id, init }],
  };
}

/** `(...parameters) => { 'use strict'; ... }` */
export function strictFunction(params: Pattern[], statements: Statement[]): Expression {
  const directive: Statement = { ...statement(literal('use strict')), directive: 'use strict' };
  return {
    ...AT,
    type: 'ArrowFunctionExpression',
    params,
    body: { ...AT, type: 'BlockStatement', body: [directive, ...statements] },
    expression: false,
    generator: false,
    async: false,
  };
}

/**
 * Statements in place of one declaration. In a list of statements they become part of the list; elsewhere
 * they are a block.
 */
export function fragment(body: Statement[]): Statement {
  const [only] = body;
  return only && body.length === 1 ? only : ({ ...block(body), isFragment: true } as Statement);
}

/** The statements of a fragment; any other statement itself. */
export function flat(node: Statement): Statement[] {
  return 'isFragment' in node && node.type === 'BlockStatement' ? node.body : [node];
}

/** A loop or switch after statements that prepare it. A label goes to the last one (labelled). */
export function prepared(first: readonly Statement[], last: Statement): Statement {
  return first.length === 0 ? last : ({ ...block([...first, last]), isPrepared: true } as Statement);
}

/** Puts the label on the statement that it is for. */
export function labelled(label: Identifier, body: Statement): Statement {
  if ('isPrepared' in body && body.type === 'BlockStatement') {
    return prepared(body.body.slice(0, -1), labelled(label, body.body.at(-1)!));
  }
  return { ...AT, type: 'LabeledStatement', label, body };
}

export function objectLiteral(properties: ObjectExpression['properties']): Expression {
  return { ...AT, type: 'ObjectExpression', properties };
}

export function property(
  key: Expression,
  value: Expression,
  { method = false, computed = false }: { readonly method?: boolean; readonly computed?: boolean } = {},
): Property {
  return { ...AT, type: 'Property', kind: 'init', key, value, method, computed, shorthand: false };
}

export function sequence(expressions: Expression[]): Expression {
  return { ...AT, type: 'SequenceExpression', expressions };
}

export function returned(argument: Expression): Statement {
  return { ...AT, type: 'ReturnStatement', argument };
}

/** The expression, which is not evaluated while a snapshot is restored: that has the value. */
export function unlessRestoring(value: Expression): Expression {
  const test = member(identifier(GAS), 'restoring');
  return { ...AT, type: 'ConditionalExpression', test, consequent: undefinedValue(), alternate: value };
}

/** `orsay$p = position` */
export function positionMark(position: number): Statement {
  return statement(assignment(identifier(POSITION), literal(position)));
}

/**
 * The statements of a function or script, which record the position of an error that leaves them: that of the
 * innermost function stays. Recording calls nothing, so it works also when the stack is used up.
 */
export function withPositions(statements: readonly Statement[], position: number): Statement[] {
  const recorded = member(identifier(GAS), 'error');
  const record = block([
    statement(assignment(recorded, identifier(THROWN))),
    statement(assignment(member(identifier(GAS), 'at'), identifier(POSITION))),
  ]);
  const isNew: Expression = {
    ...AT,
    type: 'BinaryExpression',
    operator: '!==',
    left: recorded,
    right: identifier(THROWN),
  };
  const body = block([
    { ...AT, type: 'IfStatement', test: isNew, consequent: record, alternate: null },
    { ...AT, type: 'ThrowStatement', argument: identifier(THROWN) },
  ]);
  return [
    variable('let', POSITION, literal(position)),
    {
      ...AT,
      type: 'TryStatement',
      block: block([...statements]),
      handler: { ...AT, type: 'CatchClause', param: identifier(THROWN), body },
      finalizer: null,
    },
  ];
}

/** `--gas.n < 0 && kernel.spent()`: every loop iteration, call, catch and finally burns one unit. */
export function burn(): Expression {
  return {
    ...AT,
    type: 'LogicalExpression',
    operator: '&&',
    left: {
      ...AT,
      type: 'BinaryExpression',
      operator: '<',
      left: {
        ...AT,
        type: 'UpdateExpression',
        operator: '--',
        prefix: true,
        argument: member(identifier(GAS), 'n'),
      },
      right: literal(0),
    },
    right: call(kernel('spent'), []),
  };
}

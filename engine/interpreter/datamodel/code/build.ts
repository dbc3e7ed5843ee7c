import type {
  AssignmentOperator,
  CallExpression,
  Expression,
  ExpressionStatement,
  Identifier,
  Literal,
  MemberExpression,
  Pattern,
  Statement,
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
export const KERNEL = 'orsay$k';
export const GAS = 'orsay$g';
export const EVAL = 'orsay$e';

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
  return {
    ...AT,
    type: 'VariableDeclaration',
    kind,
    declarations: [{ ...AT, type: 'VariableDeclarator', id: identifier(name), init }],
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

export function returned(argument: Expression): Statement {
  return { ...AT, type: 'ReturnStatement', argument };
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

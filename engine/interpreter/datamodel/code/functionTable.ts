import type {
  ArrowFunctionExpression,
  ClassExpression,
  Expression,
  FunctionDeclaration,
  FunctionExpression,
  Statement,
  StaticBlock,
} from 'acorn';
import { call, DATA, identifier, literal, RESERVED, SYSTEM, statement } from './build.ts';
import { print } from './print.ts';

export type FunctionNode = FunctionDeclaration | FunctionExpression | ArrowFunctionExpression;

/**
 * Functions and classes of document code that use no local variable of a function around them. An entry of
 * the table makes each of them, from the data object and the system object alone, and the text of the
 * function has its number. A snapshot stores the number, and restoring makes the function again without
 * running its script.
 */
export class FunctionTable {
  readonly texts: string[] = [];

  /** Moves the function into the table; returns the expression that makes it. */
  add(node: Expression, strict: boolean): Expression {
    const index = this.texts.length;
    const marked = withMark(node as FunctionNode | ClassExpression, index);
    const directive = strict ? '"use strict"; ' : '';
    this.texts.push(`(${DATA}, ${SYSTEM}) => { ${directive}return ${print(marked)}; }`);
    return call(identifier(functionName(index)), [identifier(DATA), identifier(SYSTEM)]);
  }
}

export function functionName(index: number): string {
  return `${RESERVED}f${index}`;
}

/** Adds a string statement that does nothing: it carries the number in the text of the function. */
function withMark(node: FunctionNode | ClassExpression, index: number): FunctionNode | ClassExpression {
  const marker = statement(literal(`${RESERVED}${index}`));
  const { body } = node;
  if (body.type === 'ClassBody') {
    const holder: StaticBlock = { type: 'StaticBlock', body: [marker], start: 0, end: 0 };
    return { ...node, body: { ...body, body: [holder, ...body.body] } } as ClassExpression;
  }
  if (body.type !== 'BlockStatement') return node;
  const isDirective = (part: Statement) =>
    part.type === 'ExpressionStatement' && part.directive !== undefined;
  const found = body.body.findIndex((part) => !isDirective(part));
  const directives = Math.max(found, 0);
  const statements = body.body.toSpliced(directives, 0, marker);
  return { ...node, body: { ...body, body: statements } } as FunctionNode;
}

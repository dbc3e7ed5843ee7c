import type {
  ArrowFunctionExpression,
  ClassExpression,
  Expression,
  FunctionDeclaration,
  FunctionExpression,
} from 'acorn';
import { call, DATA, identifier, literal, RESERVED, SYSTEM, statement } from './build.ts';
import { print } from './print.ts';

export type FunctionNode = FunctionDeclaration | FunctionExpression | ArrowFunctionExpression;

/**
 * Functions and classes of document code that use no local variable of a function around them. Each is made
 * by an entry of the document's table, from the data object and the system object alone, and its text carries
 * its number. So a snapshot stores the number and restoring makes the function again, without running the
 * script that made it.
 */
export class FunctionTable {
  readonly texts: string[] = [];
  readonly #numbers = new WeakMap<Expression, number>();

  /** Moves the function into the table; returns the expression that makes it. */
  add(node: Expression, strict: boolean): Expression {
    const index = this.texts.length;
    mark(node as FunctionNode | ClassExpression, index);
    const directive = strict ? '"use strict"; ' : '';
    this.texts.push(`(${DATA}, ${SYSTEM}) => { ${directive}return ${print(node)}; }`);
    const made = call(identifier(functionName(index)), [identifier(DATA), identifier(SYSTEM)]);
    this.#numbers.set(made, index);
    return made;
  }

  /** The number of the function that the expression makes; undefined when it is none of the table. */
  numberOf(made: Expression): number | undefined {
    return this.#numbers.get(made);
  }
}

export function functionName(index: number): string {
  return `${RESERVED}f${index}`;
}

/** A string statement that does nothing but stand in the text of the function. */
function mark(node: FunctionNode | ClassExpression, index: number): void {
  const marker = statement(literal(`${RESERVED}${index}`));
  if (node.type === 'ClassExpression') {
    node.body.body.unshift({ type: 'StaticBlock', body: [marker], start: 0, end: 0 });
    return;
  }
  if (node.body.type !== 'BlockStatement') return;
  const directives = node.body.body.findIndex(
    (part) => part.type !== 'ExpressionStatement' || part.directive === undefined,
  );
  node.body.body.splice(Math.max(directives, 0), 0, marker);
}

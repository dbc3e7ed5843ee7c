import type {
  AnyNode,
  ArrowFunctionExpression,
  Class,
  ClassExpression,
  Expression,
  FunctionDeclaration,
  FunctionExpression,
  Statement,
  StaticBlock,
} from 'acorn';
import {
  array,
  call,
  DATA,
  HERITAGE,
  identifier,
  kernel,
  literal,
  RESERVED,
  SYSTEM,
  statement,
} from './build.ts';
import { print } from './print.ts';

export type FunctionNode = FunctionDeclaration | FunctionExpression | ArrowFunctionExpression;

/** A function or class of document code for the table. */
export interface TableFunction {
  readonly node: Expression;
  /** Its node before it was rewritten. */
  readonly source: AnyNode;
  /** True when the code is rewritten again: the function keeps its number. */
  readonly isAgain: boolean;
  readonly isStrict: boolean;
  /** Variables with the scope objects that it uses. */
  readonly scopes?: readonly string[];
  /** The value that a class extends. */
  readonly heritage?: Expression;
  /** The expression that has the marked function as its value; the function itself by default. */
  readonly wrap?: (marked: FunctionNode | ClassExpression) => Expression;
}

/**
 * The functions and classes of document code that use no local variable of a function around them, apart from
 * those in scope objects. An entry of the table makes each of them, from the data object, the system object
 * and its scope objects, and the text of the function has its number. A snapshot stores the number and the
 * scope objects, and restoring makes the function again without running its script. So the numbers of a
 * document must be the same in every release: code that is rewritten again adds its functions at the end.
 */
export class FunctionTable {
  #texts: string[] = [];
  #numbers = new Map<AnyNode, number>();

  get texts(): readonly string[] {
    return this.#texts;
  }

  /**
   * Number of the function or class at the node, if the data and the system objects are enough to make it.
   */
  ownNumber(node: AnyNode): number | undefined {
    const number = this.#numbers.get(node);
    const isOwn = number !== undefined && this.#texts[number]!.startsWith(`(${DATA}, ${SYSTEM}) =>`);
    return isOwn ? number : undefined;
  }

  /** Moves the function into the table; returns the expression that makes it. */
  add(made: TableFunction): Expression {
    const { source, isAgain, isStrict, scopes = [], heritage } = made;
    const { wrap = (marked) => marked as Expression } = made;
    const node = heritage ? { ...made.node, superClass: identifier(HERITAGE) } : made.node;
    const known = isAgain ? this.#numbers.get(source) : undefined;
    const index = known ?? this.#texts.length;
    this.#numbers.set(source, index);
    const marked = wrap(withMark(node as FunctionNode | ClassExpression, index));
    const directive = isStrict ? '"use strict"; ' : '';
    const parameters = [DATA, SYSTEM, ...scopes, ...(heritage ? [HERITAGE] : [])].join(', ');
    this.#texts[index] = `(${parameters}) => { ${directive}return ${print(marked)}; }`;
    const held = scopes.map(identifier);
    const value = call(identifier(functionName(index)), [
      identifier(DATA),
      identifier(SYSTEM),
      ...held,
      ...(heritage ? [heritage] : []),
    ]);
    return held.length === 0 ? value : call(kernel('closure'), [value, array(held)]);
  }

  /** Runs `work`. If it throws, the table is as before. */
  attempt<Made>(work: () => Made): Made {
    const texts = [...this.#texts];
    const numbers = new Map(this.#numbers);
    try {
      return work();
    } catch (error) {
      this.#texts = texts;
      this.#numbers = numbers;
      throw error;
    }
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
    const hides = hasPrivateParts(node as ClassExpression) ? [statement(call(kernel('hides'), [THIS]))] : [];
    const holder: StaticBlock = { type: 'StaticBlock', body: [marker, ...hides], start: 0, end: 0 };
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

const THIS: Expression = { type: 'ThisExpression', start: 0, end: 0 };

/** True for a class whose instances have private fields or methods. */
export function hasPrivateParts({ body }: Class): boolean {
  return body.body.some(
    (part) => part.type !== 'StaticBlock' && !part.static && part.key.type === 'PrivateIdentifier',
  );
}

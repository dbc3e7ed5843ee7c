import type { ComparisonOperator } from './comparison.ts';
import { conditionOf } from './condition.ts';
import { type Argument, argumentsIn, type Token, tokenAt } from './conditionTokens.ts';
import { unknownStatistic } from './statisticNames.ts';
import type {
  ArithmeticOperator,
  Condition,
  Expression,
  LogicalOperator,
  StatisticObject,
} from './target.ts';

/** Longest threshold and deepest nesting. */
export const MAX_THRESHOLD_CHARS = 4_096;
export const MAX_THRESHOLD_DEPTH = 64;

/** Things that the target around a threshold knows. */
export interface ConditionContext {
  /** The object of a statistic without `sdata`: the target itself; undefined: it has no statistics. */
  readonly own: { readonly object: StatisticObject; readonly statistics: readonly string[] } | undefined;
  /** Reads the first argument of `sdata`, which begins at `at` of the threshold. */
  readonly readObject: (
    text: string,
    at: number,
  ) => { readonly object: StatisticObject; readonly statistics: readonly string[] };
  /** Throws; `at` is an offset in the threshold. */
  readonly fail: (at: number, expected: string, got: string) => never;
}

/** Functions whose values are not known here, though public material names them. */
const REFUSED: Readonly<Record<string, string>> = {
  run: 'subroutines of Universal Routing do not run here',
  acd_prefix: 'no public material explains it',
};

const FUNCTIONS = ['sdata', 'acfgdata', 'lcfgdata', 'callage'];

const COMPARISONS: readonly string[] = ['=', '!=', '<', '<=', '>', '>='];

/** Reads a threshold that is an expression: urs-routing 4. `&` and `|` are read from left to right. */
export function parseCondition(text: string, context: ConditionContext): Condition {
  if (text.length > MAX_THRESHOLD_CHARS) {
    const expected = `a threshold of at most ${MAX_THRESHOLD_CHARS} characters (MAX_THRESHOLD_CHARS)`;
    context.fail(0, expected, String(text.length));
  }
  return conditionOf(text, new ConditionParser(text, context).parse());
}

class ConditionParser {
  readonly #text: string;
  readonly #context: ConditionContext;
  #at = 0;

  constructor(text: string, context: ConditionContext) {
    this.#text = text;
    this.#context = context;
  }

  parse(): Expression {
    const expression = this.#logical(0);
    const rest = this.#take();
    if (rest.kind !== 'end') this.#fail("'&', '|' or the end of the threshold", rest);
    return expression;
  }

  #logical(depth: number): Expression {
    let left = this.#comparison(depth);
    for (;;) {
      const next = this.#peek();
      if (next.text !== '&' && next.text !== '|') return left;
      this.#take();
      left = operation(next.text, left, this.#comparison(depth));
    }
  }

  #comparison(depth: number): Expression {
    const found = this.#mayCompare(depth);
    if (isLogical(found)) return found;
    return this.#fail(`a comparison (${COMPARISONS.join(' ')})`, this.#peek());
  }

  /** A number, or a comparison of two. */
  #mayCompare(depth: number): Expression {
    const first = this.#peek();
    const left = this.#sum(depth);
    const { text } = this.#peek();
    if (!isComparison(text)) return left;
    this.#take();
    const second = this.#peek();
    const right = this.#sum(depth);
    this.#requireNumber(left, first);
    this.#requireNumber(right, second);
    return operation(text, left, right);
  }

  #sum(depth: number): Expression {
    return this.#chain(['+', '-'], () => this.#product(depth));
  }

  #product(depth: number): Expression {
    return this.#chain(['*', '/'], () => this.#operand(depth));
  }

  #chain(operators: readonly string[], read: () => Expression): Expression {
    const first = this.#peek();
    let left = read();
    for (;;) {
      const operator = this.#peek();
      if (!operators.includes(operator.text)) return left;
      this.#take();
      const second = this.#peek();
      const right = read();
      this.#requireNumber(left, first);
      this.#requireNumber(right, second);
      left = operation(operator.text as ArithmeticOperator, left, right);
    }
  }

  #operand(depth: number): Expression {
    const token = this.#take();
    if (token.text === '(' || token.text === '-') {
      if (depth >= MAX_THRESHOLD_DEPTH) {
        return this.#fail(`at most ${MAX_THRESHOLD_DEPTH} nested operands (MAX_THRESHOLD_DEPTH)`, token);
      }
    }
    if (token.text === '(') {
      const inner = this.#nested(depth + 1);
      const close = this.#take();
      return close.text === ')' ? inner : this.#fail("')'", close);
    }
    if (token.text === '-') {
      const operand = this.#peek();
      const value = this.#operand(depth + 1);
      this.#requireNumber(value, operand);
      return operation('-', { kind: 'number', value: 0 }, value);
    }
    if (token.kind === 'number') return { kind: 'number', value: Number(token.text) };
    if (token.kind === 'name') return this.#named(token);
    return this.#fail("a number, a function, a statistic or '('", token);
  }

  /** In parentheses there may be a number or a condition. */
  #nested(depth: number): Expression {
    let left = this.#mayCompare(depth);
    for (;;) {
      const next = this.#peek();
      if (next.text !== '&' && next.text !== '|') return left;
      if (!isLogical(left)) return this.#fail(`a comparison (${COMPARISONS.join(' ')})`, next);
      this.#take();
      left = operation(next.text, left, this.#comparison(depth));
    }
  }

  #named(token: Token): Expression {
    const name = token.text;
    const refused = Object.hasOwn(REFUSED, name) ? REFUSED[name] : undefined;
    if (refused !== undefined) {
      return this.#context.fail(
        token.at,
        `a function that this server has (${FUNCTIONS.join(', ')})`,
        `'${name}': ${refused}`,
      );
    }
    const next = this.#peek();
    const isCall = next.text === '(' || next.text === '[';
    if (name === 'callage') {
      const given = isCall ? this.#arguments(token) : [];
      if (given.length > 0) this.#context.fail(given[0]!.at, "')'", `'${given[0]!.text}'`);
      return { kind: 'age' };
    }
    if (!isCall) return this.#ownStatistic(token);
    switch (name) {
      case 'sdata':
        return this.#statistic(token);
      case 'acfgdata':
        return this.#setting(token, 'application');
      case 'lcfgdata':
        return this.#setting(token, 'list');
      default:
        return this.#fail(`a function (${FUNCTIONS.join(', ')})`, token);
    }
  }

  #ownStatistic(token: Token): Expression {
    const { own, fail } = this.#context;
    if (own === undefined) {
      return fail(token.at, `a number or a function (${FUNCTIONS.join(', ')})`, `'${token.text}'`);
    }
    if (!own.statistics.includes(token.text)) {
      return fail(token.at, ...unknownStatistic(token.text, own.statistics));
    }
    return { kind: 'statistic', object: own.object, name: token.text };
  }

  #statistic(token: Token): Expression {
    const given = this.#arguments(token);
    this.#count(token, given, ['target', 'statistic']);
    const [target, statistic] = given as [Argument, Argument];
    const { object, statistics } = this.#context.readObject(target.text, target.at);
    if (!statistics.includes(statistic.text)) {
      this.#context.fail(statistic.at, ...unknownStatistic(statistic.text, statistics));
    }
    return { kind: 'statistic', object, name: statistic.text };
  }

  #setting(token: Token, source: 'application' | 'list'): Expression {
    const given = this.#arguments(token);
    const names =
      source === 'application'
        ? ['application', 'folder', 'property', 'default']
        : ['list', 'item', 'property', 'default'];
    this.#count(token, given, names);
    const [owner, section, property, otherwise] = given as [Argument, Argument, Argument, Argument];
    if (!/^-?\d+(?:\.\d+)?$/.test(otherwise.text)) {
      this.#context.fail(otherwise.at, 'a number as default', `'${otherwise.text}'`);
    }
    return {
      kind: 'setting',
      source,
      path: [owner.text, section.text, property.text],
      otherwise: Number(otherwise.text),
    };
  }

  #count(token: Token, given: readonly Argument[], names: readonly string[]): void {
    if (given.length === names.length && given.every(({ text }) => text !== '')) return;
    const expected = `${token.text}(${names.join(', ')})`;
    const got = given.length === names.length ? 'an empty argument' : `${given.length} arguments`;
    this.#context.fail(token.at, expected, got);
  }

  #arguments({ text: name }: Token): readonly Argument[] {
    const open = this.#take();
    const read = argumentsIn(this.#text, open);
    if (read === undefined) {
      const close = `'${open.text === '(' ? ')' : ']'}' behind the arguments of ${name}`;
      return this.#context.fail(this.#text.length, close, 'the end of the threshold');
    }
    this.#at = read.end;
    return read.found;
  }

  #requireNumber(expression: Expression, token: Token): void {
    if (isLogical(expression)) this.#fail('a number', { ...token, text: `the condition at '${token.text}'` });
  }

  #peek(): Token {
    const token = tokenAt(this.#text, this.#at);
    if (token.kind !== 'unknown') return token;
    const expected = 'a number, a name, an operator or a parenthesis';
    return this.#context.fail(token.at, expected, `'${token.text}'`);
  }

  #take(): Token {
    const token = this.#peek();
    this.#at = token.end;
    return token;
  }

  #fail(expected: string, { kind, text, at }: Token): never {
    const got = kind === 'end' ? 'the end of the threshold' : text.startsWith('the ') ? text : `'${text}'`;
    return this.#context.fail(at, expected, got);
  }
}

function operation(
  operator: ArithmeticOperator | ComparisonOperator | LogicalOperator,
  left: Expression,
  right: Expression,
): Expression {
  return { kind: 'operation', operator, left, right };
}

function isComparison(text: string): text is ComparisonOperator {
  return COMPARISONS.includes(text);
}

function isLogical(expression: Expression): boolean {
  return expression.kind === 'operation' && !['+', '-', '*', '/'].includes(expression.operator);
}

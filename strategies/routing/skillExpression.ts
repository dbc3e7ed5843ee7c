import { RoutingError } from './errors.ts';

/** Longest expression and deepest nesting. */
export const MAX_SKILL_EXPRESSION_LENGTH = 4096;
export const MAX_SKILL_EXPRESSION_DEPTH = 64;

export const SKILL_OPERATORS = ['>=', '<=', '!=', '=', '>', '<'] as const;
export type SkillOperator = (typeof SKILL_OPERATORS)[number];

/** `English=20&(Loans>2|Cards!=0)`: conditions on skill levels. */
export type SkillExpression =
  | {
      readonly kind: 'compare';
      readonly skill: string;
      readonly operator: SkillOperator;
      readonly level: number;
    }
  | { readonly kind: 'and'; readonly operands: readonly SkillExpression[] }
  | { readonly kind: 'or'; readonly operands: readonly SkillExpression[] };

type Token =
  | { readonly kind: 'name' | 'number' | 'symbol'; readonly text: string; readonly at: number }
  | { readonly kind: 'end'; readonly text: 'the end'; readonly at: number };

const TOKEN =
  /\s*(?:(?<symbol>&amp;|&&|&;|&|\|\||\||\(|\)|>=|<=|!=|<>|==|=|>|<)|(?<number>-?\d+(?:\.\d+)?)(?![\p{L}\p{N}_.])|"(?<double>[^"]+)"|'(?<single>[^']+)'|(?<name>[\p{L}\p{N}_][\p{L}\p{N}_.-]*))/uy;

/** A page of the vendor prints `&amp;` as `&;` (gms-api 6.6). The doubled forms are those of ECMAScript. */
const SAME_AS: Readonly<Record<string, string>> = {
  '&;': '&',
  '&amp;': '&',
  '&&': '&',
  '||': '|',
  '==': '=',
  '<>': '!=',
};

/** leftToRight: `A|B&C` is `(A|B)&C`. andFirst: it is `A|(B&C)`, as earlier versions read it. */
export const SKILL_PRECEDENCES = ['leftToRight', 'andFirst'] as const;
export type SkillPrecedence = (typeof SKILL_PRECEDENCES)[number];

/**
 * Reads a skill expression; only parentheses change the order from left to right (urs-routing 3). A skill
 * name with other characters is in quotes. Throws RoutingError SKILL_EXPRESSION_INVALID with the position
 * (1-based) of the fault.
 */
export function parseSkillExpression(
  text: string,
  precedence: SkillPrecedence = 'leftToRight',
): SkillExpression {
  if (text.length > MAX_SKILL_EXPRESSION_LENGTH) {
    throw new RoutingError(
      'SKILL_EXPRESSION_INVALID',
      `expected at most ${MAX_SKILL_EXPRESSION_LENGTH} characters (MAX_SKILL_EXPRESSION_LENGTH), got ${text.length}.`,
    );
  }
  return new SkillParser(text, precedence).parse();
}

/** An agent without a skill has the level 0. urs-routing 3. */
export function matchesSkills(
  expression: SkillExpression,
  skills: Readonly<Record<string, number>>,
): boolean {
  switch (expression.kind) {
    case 'and':
      return expression.operands.every((operand) => matchesSkills(operand, skills));
    case 'or':
      return expression.operands.some((operand) => matchesSkills(operand, skills));
    case 'compare': {
      const level = Object.hasOwn(skills, expression.skill) ? skills[expression.skill]! : 0;
      return compareLevels(level, expression.operator, expression.level);
    }
  }
}

/** The expression in canonical spelling; parsing it again gives the same expression. */
export function formatSkillExpression(expression: SkillExpression): string {
  switch (expression.kind) {
    case 'compare':
      return `${formatName(expression.skill)}${expression.operator}${expression.level}`;
    case 'and':
      return expression.operands.map(formatOperand).join('&');
    case 'or':
      return expression.operands.map(formatOperand).join('|');
  }
}

function formatOperand(operand: SkillExpression): string {
  return operand.kind === 'compare' ? formatSkillExpression(operand) : `(${formatSkillExpression(operand)})`;
}

function formatName(name: string): string {
  if (/^[\p{L}_][\p{L}\p{N}_.-]*$/u.test(name)) return name;
  return name.includes('"') ? `'${name}'` : `"${name}"`;
}

function compareLevels(level: number, operator: SkillOperator, wanted: number): boolean {
  switch (operator) {
    case '=':
      return level === wanted;
    case '!=':
      return level !== wanted;
    case '>':
      return level > wanted;
    case '<':
      return level < wanted;
    case '>=':
      return level >= wanted;
    case '<=':
      return level <= wanted;
  }
}

function isOperator(text: string): text is SkillOperator {
  return (SKILL_OPERATORS as readonly string[]).includes(text);
}

/** Recursive descent over the tokens of one expression. */
class SkillParser {
  readonly #text: string;
  readonly #precedence: SkillPrecedence;
  readonly #tokens: readonly Token[];
  #next = 0;

  constructor(text: string, precedence: SkillPrecedence) {
    this.#text = text;
    this.#precedence = precedence;
    this.#tokens = tokenize(text);
  }

  parse(): SkillExpression {
    const expression = this.#sequence(0);
    const rest = this.#peek();
    return rest.kind === 'end' ? expression : this.#fail("'&', '|' or the end", rest);
  }

  #sequence(depth: number): SkillExpression {
    return this.#precedence === 'andFirst' ? this.#anyOf(depth) : this.#leftToRight(depth);
  }

  /** Conditions in a row with the same operator are one node. */
  #leftToRight(depth: number): SkillExpression {
    let left = this.#condition(depth);
    let kind: 'and' | 'or' | undefined;
    let operands: SkillExpression[] = [];
    for (;;) {
      const { text } = this.#peek();
      if (text !== '&' && text !== '|') return left;
      this.#take();
      const next = text === '&' ? 'and' : 'or';
      operands = next === kind ? operands : [left];
      kind = next;
      operands = [...operands, this.#condition(depth)];
      left = { kind, operands };
    }
  }

  #anyOf(depth: number): SkillExpression {
    const operands = [this.#allOf(depth)];
    while (this.#peek().text === '|') {
      this.#take();
      operands.push(this.#allOf(depth));
    }
    return operands.length === 1 ? operands[0]! : { kind: 'or', operands };
  }

  #allOf(depth: number): SkillExpression {
    const operands = [this.#condition(depth)];
    while (this.#peek().text === '&') {
      this.#take();
      operands.push(this.#condition(depth));
    }
    return operands.length === 1 ? operands[0]! : { kind: 'and', operands };
  }

  #condition(depth: number): SkillExpression {
    const token = this.#take();
    if (token.kind === 'symbol' && token.text === '(') return this.#nested(depth, token);
    if (token.kind !== 'name') return this.#fail("a skill name or '('", token);
    const operator = this.#take();
    if (!isOperator(operator.text)) return this.#fail(`one of ${SKILL_OPERATORS.join(' ')}`, operator);
    const level = this.#take();
    if (level.kind !== 'number') return this.#fail('a number', level);
    return { kind: 'compare', skill: token.text, operator: operator.text, level: Number(level.text) };
  }

  #nested(depth: number, open: Token): SkillExpression {
    if (depth >= MAX_SKILL_EXPRESSION_DEPTH) {
      const limit = `at most ${MAX_SKILL_EXPRESSION_DEPTH} nested parentheses (MAX_SKILL_EXPRESSION_DEPTH)`;
      return this.#fail(limit, open);
    }
    const inner = this.#sequence(depth + 1);
    const close = this.#take();
    return close.text === ')' ? inner : this.#fail("')'", close);
  }

  #peek(): Token {
    return this.#tokens[this.#next] ?? { kind: 'end', text: 'the end', at: this.#text.length };
  }

  #take(): Token {
    const token = this.#peek();
    this.#next += 1;
    return token;
  }

  #fail(expected: string, token: Token): never {
    const got = token.kind === 'end' ? token.text : `'${token.text}'`;
    throw new RoutingError(
      'SKILL_EXPRESSION_INVALID',
      `expected ${expected} at position ${token.at + 1} of '${this.#text}', got ${got}.`,
    );
  }
}

function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = [];
  const end = text.trimEnd().length;
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < end) {
    const from = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (match === null) {
      throw new RoutingError(
        'SKILL_EXPRESSION_INVALID',
        `expected a skill name, a number, an operator or a parenthesis at position ${from + 1} of '${text}', got '${text.slice(from, from + 10)}'.`,
      );
    }
    const { symbol, number, double, single, name } = match.groups ?? {};
    const token = symbol ?? number ?? double ?? single ?? name ?? '';
    tokens.push({
      kind: symbol !== undefined ? 'symbol' : number !== undefined ? 'number' : 'name',
      text: symbol === undefined ? token : (SAME_AS[token] ?? token),
      at: match.index + match[0].length - token.length,
    });
  }
  return tokens;
}

import { type ComparisonOperator, compareNumbers } from './comparison.ts';
import { TargetError } from './errors.ts';
import { failAt, type Surroundings, type Token, tokenize } from './skillTokens.ts';
import { AgentStatistic, unknownStatistic } from './statisticNames.ts';

/** Longest expression and deepest nesting. */
export const MAX_SKILL_EXPRESSION_LENGTH = 4096;
export const MAX_SKILL_EXPRESSION_DEPTH = 64;

export const SKILL_OPERATORS = ['>=', '<=', '!=', '=', '>', '<'] as const;
export type SkillOperator = ComparisonOperator;

/** `English=20&(Loans>2|$(StatAgentLoading)=0)`: conditions on skill levels and statistics of an agent. */
export type SkillExpression =
  | {
      readonly kind: 'compare';
      readonly skill: string;
      readonly operator: SkillOperator;
      readonly level: number;
    }
  | {
      readonly kind: 'statistic';
      readonly statistic: AgentStatistic;
      readonly operator: SkillOperator;
      readonly value: number;
    }
  | { readonly kind: 'and'; readonly operands: readonly SkillExpression[] }
  | { readonly kind: 'or'; readonly operands: readonly SkillExpression[] };

/** leftToRight: `A|B&C` is `(A|B)&C`. andFirst: it is `A|(B&C)`, as earlier versions read it. */
export const SKILL_PRECEDENCES = ['leftToRight', 'andFirst'] as const;
export type SkillPrecedence = (typeof SKILL_PRECEDENCES)[number];

/**
 * Reads a skill expression; only parentheses change the order from left to right (urs-routing 3). A skill
 * name with other characters is in quotes. Throws TargetError SKILL_EXPRESSION_INVALID with the position
 * (1-based) of the fault in `within`, the text that contains the expression.
 */
export function parseSkillExpression(
  text: string,
  precedence: SkillPrecedence = 'leftToRight',
  within: Surroundings = { text, at: 0 },
): SkillExpression {
  if (text.length > MAX_SKILL_EXPRESSION_LENGTH) {
    throw new TargetError(
      'SKILL_EXPRESSION_INVALID',
      `expected at most ${MAX_SKILL_EXPRESSION_LENGTH} characters (MAX_SKILL_EXPRESSION_LENGTH), got ${text.length}.`,
    );
  }
  return new SkillParser(text, precedence, within).parse();
}

/**
 * An agent without a skill has the level 0. urs-routing 3. Without `statisticOf`, a condition on a statistic
 * counts as true: the agent may match at another time.
 */
export function matchesSkills(
  expression: SkillExpression,
  skills: Readonly<Record<string, number>>,
  statisticOf?: (statistic: AgentStatistic) => number,
): boolean {
  switch (expression.kind) {
    case 'and':
      return expression.operands.every((operand) => matchesSkills(operand, skills, statisticOf));
    case 'or':
      return expression.operands.some((operand) => matchesSkills(operand, skills, statisticOf));
    case 'statistic': {
      const value = statisticOf?.(expression.statistic);
      return value === undefined || compareNumbers(value, expression.operator, expression.value);
    }
    case 'compare': {
      const level = Object.hasOwn(skills, expression.skill) ? skills[expression.skill]! : 0;
      return compareNumbers(level, expression.operator, expression.level);
    }
  }
}

/** Whether the expression asks for a statistic of the agent. */
export function hasStatistic(expression: SkillExpression): boolean {
  switch (expression.kind) {
    case 'and':
    case 'or':
      return expression.operands.some(hasStatistic);
    default:
      return expression.kind === 'statistic';
  }
}

/** The expression in canonical spelling; parsing it again gives the same expression. */
export function formatSkillExpression(expression: SkillExpression): string {
  switch (expression.kind) {
    case 'compare':
      return `${formatName(expression.skill)}${expression.operator}${expression.level}`;
    case 'statistic':
      return `$(${expression.statistic})${expression.operator}${expression.value}`;
    case 'and':
      return expression.operands.map(formatOperand).join('&');
    case 'or':
      return expression.operands.map(formatOperand).join('|');
  }
}

function formatOperand(operand: SkillExpression): string {
  const isCondition = operand.kind === 'compare' || operand.kind === 'statistic';
  return isCondition ? formatSkillExpression(operand) : `(${formatSkillExpression(operand)})`;
}

function formatName(name: string): string {
  if (/^[\p{L}_][\p{L}\p{N}_.-]*$/u.test(name)) return name;
  return name.includes('"') ? `'${name}'` : `"${name}"`;
}

function isOperator(text: string): text is SkillOperator {
  return (SKILL_OPERATORS as readonly string[]).includes(text);
}

/** Recursive descent over the tokens of one expression. */
class SkillParser {
  readonly #text: string;
  readonly #precedence: SkillPrecedence;
  readonly #within: Surroundings;
  readonly #tokens: readonly Token[];
  #next = 0;

  constructor(text: string, precedence: SkillPrecedence, within: Surroundings) {
    this.#text = text;
    this.#precedence = precedence;
    this.#within = within;
    this.#tokens = tokenize(text, within);
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
    if (token.kind !== 'name' && token.kind !== 'statistic') {
      return this.#fail("a skill name, $(statistic) or '('", token);
    }
    const statistic = token.kind === 'statistic' ? this.#statistic(token) : undefined;
    const operator = this.#take();
    if (!isOperator(operator.text)) return this.#fail(`one of ${SKILL_OPERATORS.join(' ')}`, operator);
    const level = this.#take();
    if (level.kind !== 'number') return this.#fail('a number', level);
    const value = Number(level.text);
    if (statistic !== undefined) return { kind: 'statistic', statistic, operator: operator.text, value };
    return { kind: 'compare', skill: token.text, operator: operator.text, level: value };
  }

  #statistic(token: Token): AgentStatistic {
    const all = Object.values(AgentStatistic);
    const known = all.find((one) => one === token.text);
    if (known !== undefined) return known;
    const [expected, got] = unknownStatistic(token.text, all);
    return failAt(this.#within, token.at, expected, got);
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
    return failAt(this.#within, token.at, expected, token.kind === 'end' ? token.text : `'${token.text}'`);
  }
}

import { compareNumbers } from './comparison.ts';
import { CALL_STATISTICS } from './statisticNames.ts';
import type { Condition, Expression, StatisticObject } from './target.ts';

/** The values that conditions ask for; NaN is a value that is not known. */
export interface ConditionValues {
  /** Whole seconds since the call began to wait. */
  age(): number;
  statistic(object: StatisticObject, name: string): number;
  setting(source: 'application' | 'list', path: readonly string[]): number | undefined;
}

/** A condition of an expression, whose outer `&` are parts of their own. */
export function conditionOf(text: string, expression: Expression): Condition {
  return {
    text,
    parts: conjuncts(expression).map((one) => ({ expression: one, isOfCall: some(one, isOfCall) })),
    isOfTenant: some(expression, ({ kind, ...one }) => 'object' in one && one.object.kind === 'queue'),
  };
}

/** Whether the parts hold that depend on the call, or those that do not, or both. */
export function holds(
  { parts }: Condition,
  which: 'ofCall' | 'ofClass' | 'all',
  values: ConditionValues,
): boolean {
  return parts.every(
    (part) =>
      (which !== 'all' && part.isOfCall !== (which === 'ofCall')) || evaluate(part.expression, values) === 1,
  );
}

/** A logical value is 1 or 0. No comparison with a value that is not known holds. */
function evaluate(expression: Expression, values: ConditionValues): number {
  switch (expression.kind) {
    case 'number':
      return expression.value;
    case 'age':
      return values.age();
    case 'statistic':
      return values.statistic(expression.object, expression.name);
    case 'setting':
      return values.setting(expression.source, expression.path) ?? expression.otherwise;
    case 'operation':
      return operate(expression, values);
  }
}

function operate(
  { operator, left, right }: Extract<Expression, { kind: 'operation' }>,
  values: ConditionValues,
): number {
  const a = evaluate(left, values);
  if (operator === '&') return a === 1 ? evaluate(right, values) : 0;
  if (operator === '|') return a === 1 ? 1 : evaluate(right, values);
  const b = evaluate(right, values);
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      // Neither a division by nothing nor its result is a number that anyone could mean.
      return b === 0 ? Number.NaN : a / b;
    default:
      return compareNumbers(a, operator, b) ? 1 : 0;
  }
}

/** When the value of a condition's parts of the call may change next. */
export interface NextChange {
  /** Age in whole seconds; Infinity: never. */
  readonly age: number;
  /** Other things than the age can change it at any time. */
  readonly varies: boolean;
}

/** Looks at the parts that depend on the call, for a call of this age. */
export function nextChange({ parts }: Condition, age: number): NextChange {
  let next = Number.POSITIVE_INFINITY;
  let varies = false;
  const look = (expression: Expression): void => {
    if (expression.kind !== 'operation') return;
    const { operator, left, right } = expression;
    if (operator === '&' || operator === '|') {
      look(left);
      look(right);
      return;
    }
    const [a, b] = [linear(left), linear(right)];
    if (a === undefined || b === undefined) {
      varies = true;
      return;
    }
    const slope = a.perSecond - b.perSecond;
    if (slope === 0) return;
    const crossing = (b.constant - a.constant) / slope;
    // The comparison may change when the age reaches the crossing, and again behind it. As numbers are
    // rounded, the crossing may be beside the age at which it does change.
    const near = Math.round(crossing);
    for (const one of [near - 1, near, near + 1, near + 2]) {
      if (one > age) next = Math.min(next, one);
    }
  };
  for (const { expression, isOfCall: ofCall } of parts) {
    if (ofCall) look(expression);
  }
  return { age: next, varies };
}

/** The expression as a line over the age. Undefined: it is none, or depends on other things. */
function linear(expression: Expression): { perSecond: number; constant: number } | undefined {
  switch (expression.kind) {
    case 'number':
      return { perSecond: 0, constant: expression.value };
    case 'age':
      return { perSecond: 1, constant: 0 };
    case 'operation':
      return linearOperation(expression);
    default:
      return undefined;
  }
}

function linearOperation({
  operator,
  left,
  right,
}: Extract<Expression, { kind: 'operation' }>): { perSecond: number; constant: number } | undefined {
  const [a, b] = [linear(left), linear(right)];
  if (a === undefined || b === undefined) return undefined;
  const scaled = (line: typeof a, factor: number) => ({
    perSecond: line.perSecond * factor,
    constant: line.constant * factor,
  });
  switch (operator) {
    case '+':
      return { perSecond: a.perSecond + b.perSecond, constant: a.constant + b.constant };
    case '-':
      return { perSecond: a.perSecond - b.perSecond, constant: a.constant - b.constant };
    case '*':
      if (b.perSecond === 0) return scaled(a, b.constant);
      return a.perSecond === 0 ? scaled(b, a.constant) : undefined;
    case '/':
      return b.perSecond === 0 && b.constant !== 0 ? scaled(a, 1 / b.constant) : undefined;
    default:
      return undefined;
  }
}

/** The same for conditions with the same meaning in other spellings. */
export function conditionKey({ parts }: Condition): string {
  return parts.map(({ expression }) => formatExpression(expression)).join('&');
}

function formatExpression(expression: Expression): string {
  switch (expression.kind) {
    case 'number':
      return String(expression.value);
    case 'age':
      return 'callage';
    case 'statistic': {
      const { object, name } = expression;
      return JSON.stringify([object.kind === 'queue' ? `queue ${object.name}` : object.key, name]);
    }
    case 'setting':
      return JSON.stringify([expression.source, ...expression.path, expression.otherwise]);
    case 'operation':
      return `(${formatExpression(expression.left)}${expression.operator}${formatExpression(expression.right)})`;
  }
}

function conjuncts(expression: Expression): readonly Expression[] {
  return expression.kind === 'operation' && expression.operator === '&'
    ? [...conjuncts(expression.left), ...conjuncts(expression.right)]
    : [expression];
}

function some(expression: Expression, test: (one: Expression) => boolean): boolean {
  if (test(expression)) return true;
  return expression.kind === 'operation' && (some(expression.left, test) || some(expression.right, test));
}

function isOfCall(expression: Expression): boolean {
  return (
    expression.kind === 'age' ||
    (expression.kind === 'statistic' && CALL_STATISTICS.includes(expression.name))
  );
}

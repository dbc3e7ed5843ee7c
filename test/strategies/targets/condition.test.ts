import { expect } from 'chai';
import type { ComparisonOperator } from '../../../strategies/targets/comparison.ts';
import { conditionOf, holds, nextChange } from '../../../strategies/targets/condition.ts';
import type { ArithmeticOperator, Expression } from '../../../strategies/targets/target.ts';

/** Seconds for which each comparison is looked at. */
const LONGEST = 1_000;

/** The ages at which a call that is looked at when nextChange() says so has another value than it should. */
function wrongAges(operator: ComparisonOperator, left: Expression, right: number): readonly number[] {
  const comparison = { kind: 'operation' as const, operator, left, right: numberOf(right) };
  const condition = conditionOf('', comparison);
  const at = (age: number): boolean =>
    holds(condition, 'all', { age: () => age, statistic: () => Number.NaN, setting: () => undefined });
  let known = at(0);
  let next = nextChange(condition, 0).age;
  return Array.from({ length: LONGEST }, (_, index) => index + 1).filter((age) => {
    if (age >= next) {
      known = at(age);
      next = nextChange(condition, age).age;
    }
    return known !== at(age);
  });
}

function numberOf(value: number): Expression {
  return { kind: 'number', value };
}

function operation(operator: ArithmeticOperator, left: Expression, right: number): Expression {
  return { kind: 'operation', operator, left, right: numberOf(right) };
}

describe('the time at which a comparison of the age may change', () => {
  const age: Expression = { kind: 'age' };
  const lines: readonly (readonly [string, ComparisonOperator, Expression, number])[] = [
    ['age / 10 = 25.4', '=', operation('/', age, 10), 25.4],
    ['age / 10 - 0.3 = 0', '=', operation('-', operation('/', age, 10), 0.3), 0],
    ['age / 10 - 0.3 = 39.5', '=', operation('-', operation('/', age, 10), 0.3), 39.5],
    ['age / 20 <= 44.3', '<=', operation('/', age, 20), 44.3],
    ['age / 2.55 <= 300', '<=', operation('/', age, 2.55), 300],
    ['age / 49 >= 1', '>=', operation('/', age, 49), 1],
    ['age * 0.1 > 0.3', '>', operation('*', age, 0.1), 0.3],
  ];
  for (const [name, operator, left, right] of lines) {
    it(`is right to the second for ${name}, where numbers are rounded`, () => {
      expect(wrongAges(operator, left, right)).to.deep.equal([]);
    });
  }
});

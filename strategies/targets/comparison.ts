export type ComparisonOperator = '=' | '!=' | '<' | '<=' | '>' | '>=';

/** False if one of them is NaN. */
export function compareNumbers(a: number, operator: ComparisonOperator, b: number): boolean {
  switch (operator) {
    case '=':
      return a === b;
    case '!=':
      return a < b || a > b;
    case '>':
      return a > b;
    case '<':
      return a < b;
    case '>=':
      return a >= b;
    case '<=':
      return a <= b;
  }
}

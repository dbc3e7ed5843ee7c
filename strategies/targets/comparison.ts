export type ComparisonOperator = '=' | '!=' | '<' | '<=' | '>' | '>=';

/**
 * Other spellings of operators. A page of the vendor prints `&amp;` as `&;` (gms-api 6.6). The doubled forms
 * are those of ECMAScript.
 */
export const OPERATOR_SPELLINGS: Readonly<Record<string, string>> = {
  '&;': '&',
  '&amp;': '&',
  '&lt;': '<',
  '&lt;=': '<=',
  '&gt;': '>',
  '&gt;=': '>=',
  '&&': '&',
  '||': '|',
  '==': '=',
  '<>': '!=',
};

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

import { parseExpressionAt } from 'acorn';

/** True when the text is a variable or a property, so that a value can be assigned to it. */
export function isAssignable(source: string): boolean {
  try {
    const node = parseExpressionAt(source, 0, { ecmaVersion: 'latest' });
    if (source.slice(node.end).trim() !== '') return false;
    return node.type === 'Identifier' || node.type === 'MemberExpression';
  } catch {
    // Text that is no expression is no location either; the data model reports it where it is used.
    return false;
  }
}

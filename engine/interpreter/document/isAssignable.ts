import { parseExpressionAt } from 'acorn';

/** Limits of a location. People write shorter and shallower ones. */
const MAX_LOCATION_CHARS = 1_000;
const MAX_LOCATION_BRACKETS = 64;

/**
 * True when the text is a variable or a property, so that a value can be assigned to it. Only short, shallow
 * texts are parsed: the parser recurses, and V8 ends the whole process when it compiles a regular expression
 * (the parser uses some) with little stack left. The server loads untrusted documents.
 */
export function isAssignable(source: string): boolean {
  if (source.length > MAX_LOCATION_CHARS || bracketsOf(source) > MAX_LOCATION_BRACKETS) return false;
  try {
    const node = parseExpressionAt(source, 0, { ecmaVersion: 'latest' });
    if (source.slice(node.end).trim() !== '') return false;
    return node.type === 'Identifier' || node.type === 'MemberExpression';
  } catch {
    // Text that is no expression is no location. The data model reports it when it is evaluated.
    return false;
  }
}

/** Number of opening brackets: an upper bound of their depth. */
function bracketsOf(source: string): number {
  let count = 0;
  for (const character of source) if (character === '(' || character === '[' || character === '{') count++;
  return count;
}

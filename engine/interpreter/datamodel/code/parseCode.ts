import type { Expression, Options, Pattern, Program } from 'acorn';
import { parse, parseExpressionAt, tokenizer, tokTypes } from 'acorn';

/** Code that does not compile. In a document, evaluating it throws. */
export class CodeError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'CodeError';
  }
}

/**
 * preserveParens: an expression's end is then the end of its text, and printing keeps the author's grouping.
 */
export const PARSER_OPTIONS: Options = { ecmaVersion: 2023, sourceType: 'script', preserveParens: true };

/**
 * Parses exactly one expression: `a)(b`, `a; b` and the empty text are CodeErrors. One semicolon after it is
 * allowed, as documents of W3C's suite have it (W3C 452).
 */
export function parseExpression(source: string): Expression {
  return syntaxChecked(() => {
    const node = parseExpressionAt(source, 0, PARSER_OPTIONS);
    const rest = tokenizer(source.slice(node.end), PARSER_OPTIONS);
    const next = rest.getToken();
    const last = next.type === tokTypes.semi ? rest.getToken() : next;
    if (last.type !== tokTypes.eof) {
      throw new SyntaxError(`Expected one expression, got more text after position ${node.end}`);
    }
    return node;
  });
}

/**
 * ORS: code where an expression is expected, which may be a script. Documents of production have labels there
 * (`caller_id: _genesys.ixn...`); the value is that of the last expression statement.
 */
export function parseExpressionOrScript(source: string): Expression | Program {
  try {
    return parseExpression(source);
  } catch (error) {
    if (!(error instanceof CodeError) || source.trim() === '') throw error;
    try {
      return parseScript(source);
    } catch {
      // The first error is about what was expected.
      throw error;
    }
  }
}

/** Parses a script, which is sloppy unless it has a directive. */
export function parseScript(source: string): Program {
  return syntaxChecked(() => parse(source, PARSER_OPTIONS));
}

function syntaxChecked<T>(parseIt: () => T): T {
  try {
    return parseIt();
  } catch (error) {
    // A RangeError means code nested deeper than the parser's stack.
    if (error instanceof SyntaxError || error instanceof RangeError) throw new CodeError(error.message);
    throw error;
  }
}

/** The node inside parentheses, which PARSER_OPTIONS keep in the tree. */
export function withoutParentheses<Node extends Expression | Pattern>(node: Node): Node {
  let inner: Expression | Pattern = node;
  while (inner.type === 'ParenthesizedExpression') inner = inner.expression;
  return inner as Node;
}

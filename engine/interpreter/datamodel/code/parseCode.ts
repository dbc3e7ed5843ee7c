import type { Expression, Options, Pattern, Program, Token } from 'acorn';
import { parse, parseExpressionAt, tokenizer, tokTypes } from 'acorn';
import { PARSER_OPTIONS, syntaxFault, tokenAt } from './syntaxFault.ts';

/** Code that does not compile. In a document, evaluating it throws. */
export class CodeError extends Error {
  /** Index in the source. Absent when it is not known. */
  readonly index: number | undefined;

  constructor(message: string, index?: number) {
    super(message);
    this.name = 'CodeError';
    this.index = index;
  }
}

/**
 * Parses exactly one expression: `a)(b`, `a; b` and the empty text are CodeErrors. One semicolon after it is
 * allowed, as documents of W3C's suite have it (W3C 452). `tokens` gets the tokens that the parser reads.
 */
export function parseExpression(source: string, tokens?: Token[]): Expression {
  return syntaxChecked(source, 'expression', () => {
    const node = parseExpressionAt(source, 0, optionsFor(tokens));
    const rest = tokenizer(source.slice(node.end), PARSER_OPTIONS);
    const next = rest.getToken();
    const last = next.type === tokTypes.semi ? rest.getToken() : next;
    if (last.type !== tokTypes.eof) {
      const index = node.end + last.start;
      throw new CodeError(`Expected one expression, got '${tokenAt(source, index)}' after its end`, index);
    }
    return node;
  });
}

/**
 * ORS: code where an expression is expected, which may be a script. Documents of production have labels there
 * (`caller_id: _genesys.ixn...`); the value is that of the last expression statement.
 */
export function parseExpressionOrScript(source: string, tokens?: Token[]): Expression | Program {
  try {
    return parseExpression(source, tokens);
  } catch (error) {
    if (!(error instanceof CodeError) || source.trim() === '') throw error;
    try {
      return parseScript(source, tokens);
    } catch {
      // The first error is about what was expected.
      throw error;
    }
  }
}

/** Parses a script, which is sloppy unless it has a directive. */
export function parseScript(source: string, tokens?: Token[]): Program {
  return syntaxChecked(source, 'script', () => parse(source, optionsFor(tokens)));
}

function optionsFor(tokens: Token[] | undefined): Options {
  return tokens === undefined ? PARSER_OPTIONS : { ...PARSER_OPTIONS, onToken: tokens };
}

function syntaxChecked<T>(source: string, whole: 'expression' | 'script', parseIt: () => T): T {
  try {
    return parseIt();
  } catch (error) {
    if (error instanceof SyntaxError) {
      const { index, message } = syntaxFault(error, source, whole);
      throw new CodeError(`Expected ${whole === 'script' ? 'a' : 'an'} ${whole}, got ${message}`, index);
    }
    // Code nested deeper than the parser's stack.
    if (error instanceof RangeError) throw new CodeError(error.message);
    throw error;
  }
}

/** The node inside parentheses, which PARSER_OPTIONS keep in the tree. */
export function withoutParentheses<Node extends Expression | Pattern>(node: Node): Node {
  let inner: Expression | Pattern = node;
  while (inner.type === 'ParenthesizedExpression') inner = inner.expression;
  return inner as Node;
}

import { type AnyNode, parse, parseExpressionAt, tokenizer, tokTypes } from 'acorn';
import { PARSER_OPTIONS } from '../datamodel/code/parseCode.ts';
import type { Dialect, Expression } from '../document/model.ts';

/** A parsed piece of code, or the fault with its index in the source. */
export type ParsedCode =
  | { readonly kind: 'parsed'; readonly node: AnyNode }
  | { readonly kind: 'fault'; readonly index: number; readonly message: string }
  /** ORS: a script where an expression is expected. `index` and `message` say why it is no expression. */
  | { readonly kind: 'script'; readonly node: AnyNode; readonly index: number; readonly message: string };

export function parseCode(
  { kind, source }: Pick<Expression, 'kind' | 'source'>,
  dialect: Dialect = 'w3c',
): ParsedCode {
  const parsed = parseKind({ kind, source });
  const mayBeScript = dialect === 'ors' && (kind === 'value' || kind === 'condition');
  if (parsed.kind !== 'fault' || !mayBeScript || source.trim() === '') return parsed;
  const script = parseKind({ kind: 'script', source });
  return script.kind === 'parsed' ? { ...parsed, kind: 'script', node: script.node } : parsed;
}

function parseKind({ kind, source }: Pick<Expression, 'kind' | 'source'>): ParsedCode {
  try {
    if (kind === 'script') return { kind: 'parsed', node: parse(source, PARSER_OPTIONS) };
    return parseOne(source, kind);
  } catch (error) {
    if (error instanceof SyntaxError) return faultOf(error);
    // Code nested deeper than the parser's stack.
    if (error instanceof RangeError) return { kind: 'fault', index: 0, message: 'code nested too deep' };
    throw error;
  }
}

function parseOne(source: string, kind: Expression['kind']): ParsedCode {
  if (source.trim() === '') return { kind: 'fault', index: 0, message: 'nothing' };
  const node = parseExpressionAt(source, 0, PARSER_OPTIONS);
  const rest = tokenizer(source.slice(node.end), PARSER_OPTIONS);
  const first = rest.getToken();
  // W3C 452: one semicolon after an expression is allowed.
  const next = first.type === tokTypes.semi ? rest.getToken() : first;
  if (next.type !== tokTypes.eof) {
    const index = node.end + next.start;
    return { kind: 'fault', index, message: `'${source.slice(index, index + 20)}' after its end` };
  }
  if (kind === 'location' && !isLocation(node)) {
    return { kind: 'fault', index: 0, message: `'${source.slice(0, 40)}', to which nothing can be assigned` };
  }
  return { kind: 'parsed', node };
}

function isLocation(node: AnyNode): boolean {
  if (node.type === 'ParenthesizedExpression') return isLocation(node.expression);
  return node.type === 'Identifier' || node.type === 'MemberExpression';
}

function faultOf(error: SyntaxError & { readonly pos?: number }): ParsedCode {
  const message = error.message.replace(/ \(\d+:\d+\)$/, '');
  return {
    kind: 'fault',
    index: error.pos ?? 0,
    message: `${message.charAt(0).toLowerCase()}${message.slice(1)}`,
  };
}

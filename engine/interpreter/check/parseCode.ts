import { type AnyNode, parse, parseExpressionAt, tokenizer, tokTypes } from 'acorn';
import { PARSER_OPTIONS, type SyntaxFault, syntaxFault, tokenAt } from '../datamodel/code/syntaxFault.ts';
import type { Dialect, Expression } from '../document/model.ts';

/** A parsed piece of code, or its fault. */
export type ParsedCode =
  | { readonly kind: 'parsed'; readonly node: AnyNode }
  | ({ readonly kind: 'fault' } & SyntaxFault)
  /** ORS: a script where an expression is expected. The fault says why it is no expression. */
  | ({ readonly kind: 'script'; readonly node: AnyNode } & SyntaxFault);

/** Names of whole pieces of code in messages. */
export const CODE_NAMES: Readonly<Record<Expression['kind'], string>> = {
  value: 'expression',
  condition: 'condition',
  location: 'location',
  script: 'script',
};

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
    if (error instanceof SyntaxError) {
      return { kind: 'fault', ...syntaxFault(error, source, CODE_NAMES[kind]) };
    }
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
    return { kind: 'fault', index, message: `'${tokenAt(source, index)}' after its end` };
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

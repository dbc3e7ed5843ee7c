import { OPERATOR_SPELLINGS } from './comparison.ts';

const TOKEN =
  /\s*(?:(?<symbol>&amp;|&lt;=?|&gt;=?|&&|&|\|\||\||\(|\)|\[|\]|>=|<=|!=|<>|==|=|>|<|\+|-|\*|\/|,)|(?<number>\d+(?:\.\d+)?)(?![\p{L}\p{N}_.])|(?<name>[\p{L}_][\p{L}\p{N}_]*))/uy;

/** A part of a threshold. */
export interface Token {
  readonly kind: 'symbol' | 'number' | 'name' | 'end' | 'unknown';
  readonly text: string;
  readonly at: number;
  /** Offset behind it. */
  readonly end: number;
}

/** An argument of a function, and its offset. */
export interface Argument {
  readonly text: string;
  readonly at: number;
}

/** The next part of a threshold. 'unknown': no part begins there. */
export function tokenAt(threshold: string, from: number): Token {
  TOKEN.lastIndex = from;
  const match = TOKEN.exec(threshold);
  if (match === null) {
    const rest = threshold.slice(from);
    const at = from + (rest.length - rest.trimStart().length);
    const text = rest.trim().slice(0, 10);
    return { kind: text === '' ? 'end' : 'unknown', text, at, end: threshold.length };
  }
  const { symbol, number, name } = match.groups ?? {};
  const text = symbol ?? number ?? name ?? '';
  const end = match.index + match[0].length;
  const kind = symbol !== undefined ? 'symbol' : number !== undefined ? 'number' : 'name';
  const meant = symbol === undefined ? text : (OPERATOR_SPELLINGS[text] ?? text);
  return { kind, text: meant, at: end - text.length, end };
}

/**
 * The texts between the brackets of a function, which may contain any characters, and the offset behind them.
 * Undefined: the closing bracket is missing.
 */
export function argumentsIn(
  text: string,
  open: Token,
): { readonly found: readonly Argument[]; readonly end: number } | undefined {
  const close = open.text === '(' ? ')' : ']';
  const found: Argument[] = [];
  let depth = 0;
  let quote = '';
  let from = open.end;
  for (let at = from; at < text.length; at += 1) {
    const char = text[at]!;
    if (quote !== '') {
      if (char === quote) quote = '';
    } else if (char === '"' || char === "'") quote = char;
    else if (depth === 0 && (char === ',' || char === close)) {
      found.push(argumentOf(text, from, at));
      from = at + 1;
      if (char === close) {
        return { found: found.length === 1 && found[0]!.text === '' ? [] : found, end: from };
      }
    } else if ('(['.includes(char)) depth += 1;
    else if (')]'.includes(char)) depth -= 1;
  }
  return undefined;
}

/** Without the blanks and the quotes around it. */
function argumentOf(text: string, from: number, to: number): Argument {
  const raw = text.slice(from, to);
  const lead = raw.length - raw.trimStart().length;
  const trimmed = raw.trim();
  const isQuoted = /^(["'])[^"']*\1$/.test(trimmed);
  return isQuoted
    ? { text: trimmed.slice(1, -1).trim(), at: from + lead + 1 }
    : { text: trimmed, at: from + lead };
}

import { type Options, tokenizer, tokTypes } from 'acorn';

/**
 * preserveParens: an expression's end is then the end of its text, and printing keeps the author's grouping.
 */
export const PARSER_OPTIONS: Options = { ecmaVersion: 2023, sourceType: 'script', preserveParens: true };

/** The reason why code does not parse, in words, with its index in the source. */
export interface SyntaxFault {
  readonly index: number;
  /** The words that follow "got": `'else'`, `the end of the script`. */
  readonly message: string;
  /** The code ends before this bracket is closed. */
  readonly unclosed?: { readonly bracket: string; readonly index: number };
}

const TOKEN =
  /[#@]?[\p{ID_Start}$_][\p{ID_Continue}$]*|\d[\w.]*|"[^"\r\n]{0,20}"?|'[^'\r\n]{0,20}'?|=>|[=!]==?|&&|\|\||\?\?|\.{3}|\+\+|--|[<>+\-*/%&|^]=|./uy;

const CLOSING: ReadonlyMap<string, string> = new Map([
  ['(', ')'],
  ['[', ']'],
  ['{', '}'],
  ['${', '}'],
]);

/** Messages of the parser in other words. `$1` is the name that the parser gives. */
const WORDS: readonly (readonly [RegExp, string])[] = [
  [/^Unexpected keyword '(.*)'$/, "the keyword '$1'"],
  [/^The keyword '(.*)' is reserved$/, "the keyword '$1'"],
  [/^Unexpected character '(.*)'$/, "the character '$1'"],
  [/^Identifier '(.*)' has already been declared$/, "a second declaration of '$1'"],
  [/^Unterminated string constant$/, 'a text without its closing quote'],
  [/^Unterminated template$/, 'a template without its closing `'],
  [/^Unterminated regular expression$/, 'a regular expression without its closing /'],
  [/^Unterminated comment$/, 'a comment without its closing */'],
  [/^Assigning to rvalue$/, 'an assignment to something that is no variable or property'],
  [/^Unsyntactic (break|continue)$/, "'$1' outside of a loop"],
];

/** Words for an error of the parser. `whole` names the code: 'script', 'expression'. */
export function syntaxFault(
  error: SyntaxError & { readonly pos?: number },
  source: string,
  whole: string,
): SyntaxFault {
  const index = error.pos ?? 0;
  const written = error.message.replace(/ \(\d+:\d+\)$/, '');
  if (written === 'Unexpected token') {
    const token = tokenAt(source, index);
    if (token !== undefined) return { index, message: `'${token}'` };
    const unclosed = unclosedBracket(source);
    const message = `the end of the ${whole}`;
    return unclosed === undefined ? { index, message } : { index, message, unclosed };
  }
  for (const [pattern, words] of WORDS) {
    if (pattern.test(written)) return { index, message: written.replace(pattern, words) };
  }
  return { index, message: `${written.charAt(0).toLowerCase()}${written.slice(1)}` };
}

/** The token at an index; undefined at the end of the source. */
export function tokenAt(source: string, index: number): string | undefined {
  TOKEN.lastIndex = index;
  const [token = ''] = TOKEN.exec(source) ?? [];
  return token.trim() === '' ? undefined : token;
}

/** The innermost bracket that is open at the end of the source. */
function unclosedBracket(source: string): SyntaxFault['unclosed'] {
  const open: { bracket: string; index: number }[] = [];
  try {
    for (const { type, start, end } of tokenizer(source, PARSER_OPTIONS)) {
      if (type === tokTypes.eof) break;
      const text = source.slice(start, end);
      if (CLOSING.has(text)) open.push({ bracket: text, index: start });
      else if (text === CLOSING.get(open.at(-1)?.bracket ?? '')) open.pop();
    }
  } catch {
    // Without its tokens the code has no brackets: the message does without one.
    return undefined;
  }
  return open.at(-1);
}

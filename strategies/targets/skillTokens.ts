import { OPERATOR_SPELLINGS } from './comparison.ts';
import { TargetError } from './errors.ts';
import { placeIn } from './textPlace.ts';

/** A text, and the offset of the expression in it. */
export interface Surroundings {
  readonly text: string;
  readonly at: number;
}

/** A part of a skill expression; `at` is its offset. */
export type Token =
  | { readonly kind: 'name' | 'number' | 'symbol' | 'statistic'; readonly text: string; readonly at: number }
  | { readonly kind: 'end'; readonly text: 'the end'; readonly at: number };

const TOKEN =
  /\s*(?:\$\(\s*(?<statistic>[^)]*?)\s*\)|(?<symbol>&amp;|&lt;=?|&gt;=?|&&|&;|&|\|\||\||\(|\)|>=|<=|!=|<>|==|=|>|<)|(?<number>-?\d+(?:\.\d+)?)(?![\p{L}\p{N}_.])|"(?<double>[^"]+)"|'(?<single>[^']+)'|(?<name>[\p{L}\p{N}_][\p{L}\p{N}_.-]*))/uy;

/** A subroutine as a condition: urs-routing 3. The letters before `[` alone could be the name of a skill. */
const SUBROUTINE = /^(\s*)run\s*\[/;

/** Throws TargetError SKILL_EXPRESSION_INVALID. */
export function failAt({ text, at }: Surroundings, offset: number, expected: string, got: string): never {
  const place = placeIn(text, at + offset);
  throw new TargetError('SKILL_EXPRESSION_INVALID', `expected ${expected} ${place}, got ${got}.`);
}

export function tokenize(text: string, within: Surroundings): readonly Token[] {
  const tokens: Token[] = [];
  const end = text.trimEnd().length;
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < end) {
    const from = TOKEN.lastIndex;
    const subroutine = SUBROUTINE.exec(text.slice(from));
    if (subroutine !== null) {
      const expected = 'a skill name or $(statistic)';
      const got = "'run': subroutines of Universal Routing do not run here";
      return failAt(within, from + subroutine[1]!.length, expected, got);
    }
    const match = TOKEN.exec(text);
    if (match === null) {
      const expected = 'a skill name, $(statistic), a number, an operator or a parenthesis';
      const at = from + (/^\s*/.exec(text.slice(from))?.[0].length ?? 0);
      return failAt(within, at, expected, `'${text.slice(at, at + 10)}'`);
    }
    const { statistic, symbol, number, double, single, name } = match.groups ?? {};
    const token = statistic ?? symbol ?? number ?? double ?? single ?? name ?? '';
    const behind = statistic === undefined ? 0 : match[0].length - match[0].lastIndexOf(token);
    tokens.push({
      kind: kindOf({ statistic, symbol, number }),
      text: symbol === undefined ? token : (OPERATOR_SPELLINGS[token] ?? token),
      at: match.index + match[0].length - (behind || token.length),
    });
  }
  return tokens;
}

function kindOf({
  statistic,
  symbol,
  number,
}: {
  readonly statistic: string | undefined;
  readonly symbol: string | undefined;
  readonly number: string | undefined;
}): 'statistic' | 'symbol' | 'number' | 'name' {
  if (statistic !== undefined) return 'statistic';
  if (symbol !== undefined) return 'symbol';
  return number === undefined ? 'name' : 'number';
}

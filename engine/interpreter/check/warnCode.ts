import type { CodeLocations } from '../document/codeLocations.ts';
import type { Draft } from '../document/draft.ts';
import type { Expression } from '../document/model.ts';
import type { CheckedCode, DraftCode } from './draftCode.ts';
import { CODE_NAMES } from './parseCode.ts';

/**
 * Warns of code that does not parse. The document still runs: such code is an error event when it is
 * evaluated (W3C 5.9.1), and real ORS documents have some (ors-dialect 3).
 */
export function warnCode(draft: Draft, code: DraftCode, locations: CodeLocations): void {
  for (const { expression, parsed } of code.all) {
    if (parsed.kind === 'parsed' || locations.isUnwritten(expression)) continue;
    const outcome = parsed.kind === 'script' ? 'is evaluated as a script' : 'fails when it is evaluated';
    const whole = CODE_NAMES[expression.kind];
    const expected = `Expected ${whole === 'expression' ? 'an' : 'a'} ${whole}`;
    const got = `${parsed.message}${unclosedText(expression, parsed, locations)}`;
    const message = `${expected}, got ${got}: it ${outcome}.`;
    const at = locations.locate(expression, parsed.index);
    draft.report('EXPRESSION_INVALID', at, message + guessOf(draft, expression));
  }
}

function unclosedText(
  expression: Expression,
  { unclosed }: Exclude<CheckedCode['parsed'], { readonly kind: 'parsed' }>,
  locations: CodeLocations,
): string {
  if (unclosed === undefined) return '';
  const { line, column } = locations.locate(expression, unclosed.index);
  return ` ('${unclosed.bracket}' at ${line}:${column} is not closed)`;
}

/** For an attribute that W3C reads as text: by what the dialect was guessed. Empty if it was chosen. */
export function guessOf(draft: Draft, { slot }: Expression): string {
  return draft.textInW3c.has(slot) ? draft.problems.guess('reads this as text') : '';
}

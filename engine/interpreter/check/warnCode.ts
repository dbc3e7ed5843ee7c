import type { Draft } from '../document/draft.ts';
import type { Expression } from '../document/model.ts';
import type { CodeLocations } from './codeLocations.ts';
import type { DraftCode } from './draftCode.ts';

const NAMES = {
  value: 'an expression',
  condition: 'a condition',
  location: 'a location',
  script: 'a script',
} as const;

/**
 * Warns of code that does not parse. The document still runs: such code is an error event when it is
 * evaluated (W3C 5.9.1), and real ORS documents have some (ors-dialect 3).
 */
export function warnCode(draft: Draft, code: DraftCode, locations: CodeLocations): void {
  for (const { expression, parsed } of code.all) {
    if (parsed.kind === 'parsed' || locations.isUnwritten(expression)) continue;
    const outcome = parsed.kind === 'script' ? 'is evaluated as a script' : 'fails when it is evaluated';
    const message = `Expected ${NAMES[expression.kind]}, got ${parsed.message}: it ${outcome}.`;
    const at = locations.locate(expression, parsed.index);
    draft.report('EXPRESSION_INVALID', at, message + guessOf(draft, expression));
  }
}

/** For an attribute that W3C reads as text: by what the dialect was guessed. Empty if it was chosen. */
export function guessOf(draft: Draft, { slot }: Expression): string {
  return draft.textInW3c.has(slot) ? draft.problems.guess('reads this as text') : '';
}

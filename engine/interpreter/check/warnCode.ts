import type { Draft } from '../document/draft.ts';
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
    draft.report('EXPRESSION_INVALID', locations.locate(expression, parsed.index), message);
  }
}

import type { BuildContext } from '../document/buildContext.ts';
import type { CodePlaces } from './codePlace.ts';
import type { DocumentCode } from './documentCode.ts';

const WHAT = {
  value: 'an expression',
  condition: 'a condition',
  location: 'a location',
  script: 'a script',
} as const;

/**
 * Warns of code that does not parse. The document runs all the same: such code is an error event when it is
 * reached (W3C 5.9.1), and real ORS documents hold some (ors-dialect 3).
 */
export function warnCode(context: BuildContext, code: DocumentCode, places: CodePlaces): void {
  for (const { expression, parsed } of code.all) {
    if (parsed.kind !== 'fault' || places.isUnwritten(expression)) continue;
    const message = `Expected ${WHAT[expression.kind]}, got ${parsed.message}: it fails when it is evaluated.`;
    context.report('EXPRESSION_INVALID', places.locate(expression, parsed.index), message);
  }
}

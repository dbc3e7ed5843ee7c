import { CodePlaces } from '../check/codePlace.ts';
import { readDocumentCode } from '../check/documentCode.ts';
import { warnCode } from '../check/warnCode.ts';
import { warnImpossible } from '../check/warnImpossible.ts';
import { warnNullDatamodel } from '../check/warnNullDatamodel.ts';
import { warnShadowed } from '../check/warnShadowed.ts';
import { warnUndeclared } from '../check/warnUndeclared.ts';
import { warnUnreachable } from '../check/warnUnreachable.ts';
import { warnUnsent } from '../check/warnUnsent.ts';
import type { BuildContext } from '../document/buildContext.ts';
import { checkTargets } from '../document/checkTargets.ts';
import type { Document } from '../document/model.ts';

/** What can be checked once every transition knows its targets: W3C 3.11 and what is legal but suspect. */
export function validate(
  context: BuildContext,
  facts: Pick<Document, 'datamodel' | 'sources'> & {
    /** False when a file that is included could not be had: code of it is then missing. */
    readonly isComplete: boolean;
    /** Whether its code is parsed and warned of. */
    readonly warnOfCode: boolean;
  },
): void {
  const { datamodel, isComplete } = facts;
  const places = new CodePlaces(facts.sources);
  const code = facts.warnOfCode ? readDocumentCode(context) : undefined;
  checkTargets(context);
  if (datamodel === 'null') warnNullDatamodel(context);
  else if (isComplete && code !== undefined) warnCode(context, code, places);
  const shadowed = warnShadowed(context);
  // The rest means something only where the whole document is known.
  if (context.problems.hasErrors) return;
  warnUnreachable(context);
  warnImpossible(context, shadowed);
  if (code === undefined) return;
  warnUnsent(context, code);
  if (datamodel === 'ecmascript') warnUndeclared(context, code, places);
}

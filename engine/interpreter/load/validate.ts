import { checkNullDatamodel } from '../check/checkNullDatamodel.ts';
import { readDraftCode } from '../check/draftCode.ts';
import { warnCode } from '../check/warnCode.ts';
import { warnImpossible } from '../check/warnImpossible.ts';
import { warnLiterals } from '../check/warnLiterals.ts';
import { warnFunctions, warnModules } from '../check/warnModules.ts';
import { warnShadowed } from '../check/warnShadowed.ts';
import { warnUndeclared } from '../check/warnUndeclared.ts';
import { warnUnreachable } from '../check/warnUnreachable.ts';
import { warnUnsent } from '../check/warnUnsent.ts';
import { warnUnstored } from '../check/warnUnstored.ts';
import { CodeLocations } from '../document/codeLocations.ts';
import type { Draft } from '../document/draft.ts';
import type { Document } from '../document/model.ts';
import { checkTargets } from '../document/targets.ts';

/**
 * Checks the document as a whole, once every transition has its targets: W3C 3.11, and what is legal but
 * suspect.
 */
export function validate(
  draft: Draft,
  facts: Pick<Document, 'sources'> & {
    /** False when an included file could not be read, so that code is missing. */
    readonly isComplete: boolean;
    /** True for a document in the <content> of another. */
    readonly isInvoked: boolean;
    /** True to parse the code and to warn about suspect code. */
    readonly warnOfCode: boolean;
  },
): void {
  const { datamodel } = draft.properties;
  const locations = new CodeLocations(facts.sources);
  const code = facts.warnOfCode ? readDraftCode(draft) : undefined;
  checkTargets(draft);
  if (datamodel === 'null') checkNullDatamodel(draft);
  else if (facts.isComplete && code !== undefined) warnCode(draft, code, locations);
  const shadowed = warnShadowed(draft);
  // The other checks would mislead where parts of the document are missing.
  if (draft.problems.hasErrors) return;
  warnUnreachable(draft);
  warnImpossible(draft, shadowed);
  if (code === undefined) return;
  warnUnsent(draft, code, facts);
  warnLiterals(draft, code, locations);
  warnModules(draft);
  if (draft.dialect === 'ors') warnFunctions(draft, code, locations);
  if (datamodel !== 'ecmascript') return;
  warnUndeclared(draft, code, locations);
  warnUnstored(draft, code, locations);
}

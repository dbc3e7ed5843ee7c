import type { BuildContext } from './buildContext.ts';
import { checkTargets } from './checkTargets.ts';
import type { Document } from './model.ts';
import { warnNullDatamodel } from './warnNullDatamodel.ts';
import { warnShadowed } from './warnShadowed.ts';
import { warnUnreachable } from './warnUnreachable.ts';

/** What can be checked once every transition knows its targets: W3C 3.11 and what is legal but suspect. */
export function validate(context: BuildContext, datamodel: Document['datamodel']): void {
  checkTargets(context);
  if (datamodel === 'null') warnNullDatamodel(context);
  warnShadowed(context);
  // What is reachable means something only where all targets are known.
  if (!context.problems.hasErrors) warnUnreachable(context);
}

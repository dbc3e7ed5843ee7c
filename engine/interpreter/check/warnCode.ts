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
    if (parsed.kind !== 'fault' || locations.isUnwritten(expression)) continue;
    const message = `Expected ${NAMES[expression.kind]}, got ${parsed.message}: it fails when it is evaluated.`;
    draft.report('EXPRESSION_INVALID', locations.locate(expression, parsed.index), message);
  }
}

const NULL_DATAMODEL_NAMES: Readonly<Record<Expression['kind'], string>> = {
  value: 'value expressions',
  location: 'locations',
  script: 'scripts',
  condition: 'conditions but In(...)',
};

/** W3C B.1: the null data model has the condition In(id) only; any other code is an error.execution. */
export function warnNullDatamodel(draft: Draft): void {
  for (const { kind, source, at } of draft.expressions) {
    if (kind === 'condition' && /\bIn\s*\(/.test(source)) continue;
    const message = `Expected no ${NULL_DATAMODEL_NAMES[kind]} with datamodel 'null', got '${source.slice(0, 80)}'.`;
    draft.report('NULL_DATAMODEL', at, message);
  }
}

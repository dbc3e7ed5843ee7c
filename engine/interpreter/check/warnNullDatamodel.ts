import type { Draft } from '../document/draft.ts';
import type { Expression } from '../document/model.ts';

const NAMES: Readonly<Record<Expression['kind'], string>> = {
  value: 'value expressions',
  location: 'locations',
  script: 'scripts',
  condition: 'conditions but In(...)',
};

/** W3C B.1: the null data model has the condition In(id) only; any other code is an error.execution. */
export function warnNullDatamodel(draft: Draft): void {
  for (const { kind, source, at } of draft.expressions) {
    if (kind === 'condition' && /\bIn\s*\(/.test(source)) continue;
    const message = `Expected no ${NAMES[kind]} with datamodel 'null', got '${source.slice(0, 80)}'.`;
    draft.report('NULL_DATAMODEL', at, message);
  }
}

import { inPredicate } from '../datamodel/null.ts';
import type { Draft } from '../document/draft.ts';
import type { Expression } from '../document/model.ts';
import { textAttributes } from './draftCode.ts';

const NAMES: Readonly<Record<Expression['kind'], string>> = {
  value: 'value expressions',
  location: 'locations',
  script: 'scripts',
  condition: 'conditions but In(id)',
};

/**
 * W3C B.1: the null data model has no data, and no code but the condition In(id). Data are refused. Other
 * code is an error event when it is evaluated: W3C's own documents have some (W3C 436).
 */
export function checkNullDatamodel(draft: Draft): void {
  const reported = textAttributes(draft);
  for (const { id, expr, at } of draft.data) {
    if (expr) reported.add(expr.slot);
    draft.report('NULL_DATAMODEL_DATA', at, `Expected no <data> with datamodel 'null', got '${id}'.`);
  }
  for (const { slot, kind, source, at } of draft.expressions) {
    if (reported.has(slot) || (kind === 'condition' && inPredicate(source) !== undefined)) continue;
    const message = `Expected no ${NAMES[kind]} with datamodel 'null', got '${source.slice(0, 80)}'.`;
    draft.report('NULL_DATAMODEL', at, message);
  }
}

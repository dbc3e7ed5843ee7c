import { ContentFault } from '../content/contentFault.ts';
import type { DataItem } from '../document/model.ts';
import { stateAt } from './hierarchy.ts';
import { StateSet } from './stateSet.ts';
import type { Step } from './step.ts';

/**
 * W3C 5.3.3: early binding sets every item at the start. Late binding declares them all, and sets those of
 * <scxml>.
 */
export function initializeDatamodel(step: Step): void {
  const { document, data } = step;
  for (const item of document.data) {
    try {
      data.declare(item.id);
    } catch (fault) {
      step.fault(fault, { element: 'data', at: item.at, use: 'value' });
    }
  }
  const items = document.binding === 'early' ? document.data : stateAt(document, 0).data;
  for (const item of items) initializeItem(item, step);
}

/** Late binding: sets the items of a state when it is entered for the first time. */
export function initializeState(index: number, step: Step): void {
  const { document, state } = step;
  if (document.binding === 'early') return;
  state.initialised ??= new StateSet(document.states.length);
  if (state.initialised.has(index)) return;
  state.initialised.add(index);
  for (const item of stateAt(document, index).data) initializeItem(item, step);
}

/** A start parameter of the same name replaces the declared value (W3C 6.4.3; ors-dialect 2.4). */
function initializeItem(item: DataItem, step: Step): void {
  const { document, data, params } = step;
  const takesParameter = item.state === 0 || document.dialect === 'ors';
  const parameter = takesParameter && Object.hasOwn(params, item.id) ? params[item.id] : undefined;
  try {
    if (parameter !== undefined) data.initData(item.id, { value: parameter });
    else if (item.expr) data.initData(item.id, { slot: item.expr.slot });
    else if (item.text !== undefined) data.initData(item.id, { text: item.text });
    else if (item.src !== undefined) throw unreadable(item.src, item.unread);
  } catch (fault) {
    step.fault(fault, { element: 'data', at: item.at, use: 'value' });
  }
}

/** The content of `src` could not be read when the document was loaded. */
function unreadable(src: string, code = 'unreadable'): ContentFault {
  return new ContentFault(
    { w3c: 'error.execution', ors: `error.badfetch.${protocolOf(src)}.${code}`, target: src },
    `the content of '${src}' could not be read when the document was loaded (${code})`,
  );
}

function protocolOf(src: string): string {
  return URL.canParse(src) ? new URL(src).protocol.replace(':', '') : 'url';
}

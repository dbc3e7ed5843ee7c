import { ContentFault } from '../content/contentFault.ts';
import type { DataItem } from '../document/model.ts';
import type { StartOptions } from '../execution.ts';
import { stateAt } from './hierarchy.ts';
import type { SessionRuntime } from './sessionRuntime.ts';
import { StateSet } from './stateSet.ts';

type StartParams = NonNullable<StartOptions['params']>;

/** W3C 5.3.3: early binding sets every item now; late binding declares all and sets each on first entry. */
export function initializeDatamodel(runtime: SessionRuntime, params: StartParams): void {
  const { document, data } = runtime;
  for (const item of document.data) data.declare(item.id);
  const items = document.binding === 'early' ? document.data : stateAt(document, 0).data;
  for (const item of items) initializeItem(item, runtime, params);
}

/** Late binding: the items of a state, when it is entered for the first time. */
export function initializeLate(state: number, runtime: SessionRuntime, params: StartParams): void {
  if (runtime.document.binding === 'early') return;
  runtime.state.initialised ??= new StateSet(runtime.document.states.length);
  const { initialised } = runtime.state;
  if (initialised.has(state)) return;
  initialised.add(state);
  for (const item of stateAt(runtime.document, state).data) initializeItem(item, runtime, params);
}

/** A start parameter of the same name takes the place of the declared value (W3C 6.4.3; ors-dialect 2.4). */
function initializeItem(item: DataItem, runtime: SessionRuntime, params: StartParams): void {
  const takesParameter = item.state === 0 || runtime.document.dialect === 'ors';
  const parameter = takesParameter && Object.hasOwn(params, item.id) ? params[item.id] : undefined;
  try {
    if (parameter !== undefined) runtime.data.initData(item.id, { value: parameter });
    else if (item.expr) runtime.data.initData(item.id, { slot: item.expr.slot });
    else if (item.text !== undefined) runtime.data.initData(item.id, { text: item.text });
    else if (item.src !== undefined) throw unreadable(item.src, item.unread);
  } catch (fault) {
    runtime.fault(fault, { element: 'data', at: item.at, use: 'value' });
  }
}

/** The content of `src` was not there when the document was loaded. */
function unreadable(src: string, code = 'unreadable'): ContentFault {
  return new ContentFault(
    { w3c: 'error.execution', ors: `error.badfetch.${protocolOf(src)}.${code}`, target: src },
    `the content of '${src}' could not be read when the document was loaded (${code})`,
  );
}

function protocolOf(src: string): string {
  return URL.canParse(src) ? new URL(src).protocol.replace(':', '') : 'url';
}

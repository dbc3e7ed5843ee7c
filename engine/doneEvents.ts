import { childStates, isInFinalState, stateAt } from './algorithm/hierarchy.ts';
import { evaluateContent, evaluateDonedata } from './content/payload.ts';
import type { DoneData } from './document/model.ts';
import type { Json } from './event.ts';
import type { SessionRuntime } from './sessionRuntime.ts';

/** W3C SCXML D, enterStates, for a final state that is not top-level: the done events of its ancestors. */
export function raiseDoneEvents(final: number, runtime: SessionRuntime): void {
  const { document, state } = runtime;
  const { parent, donedata } = stateAt(document, final);
  raiseDone(parent, evaluateDoneData(donedata, runtime), runtime);
  const grandparent = stateAt(document, parent).parent;
  if (grandparent === -1 || stateAt(document, grandparent).kind !== 'parallel') return;
  const regions = childStates(document, grandparent);
  if (regions.every((region) => isInFinalState(document, region, state.configuration))) {
    raiseDone(grandparent, undefined, runtime);
  }
}

/** W3C 5.5 <donedata>. A fault is reported, and the event carries no data. */
export function evaluateDoneData(donedata: DoneData | undefined, runtime: SessionRuntime): Json | undefined {
  if (!donedata) return undefined;
  try {
    if (donedata.content) return evaluateContent(runtime, donedata.content);
  } catch (fault) {
    runtime.fault(fault, { element: 'donedata', at: donedata.at, use: 'value' });
    return undefined;
  }
  const payload = evaluateDonedata(runtime, donedata.params);
  // W3C 343, 488: without a param that could be evaluated the event has no data.
  return Object.keys(payload).length === 0 ? undefined : (payload as Json);
}

/** ORS documents read `params`, `sessionid` and `reason` of done events (genesys-facts 2.2); W3C ones the data itself. */
function raiseDone(state: number, donedata: Json | undefined, runtime: SessionRuntime): void {
  const name = `done.state.${stateAt(runtime.document, state).id}`;
  if (runtime.document.dialect === 'w3c') {
    runtime.raisePlatform(name, donedata);
    return;
  }
  const params = donedata ?? {};
  const fields = typeof params === 'object' && !Array.isArray(params) ? params : {};
  runtime.raisePlatform(name, { ...fields, sessionid: runtime.sessionId, reason: '', params });
}

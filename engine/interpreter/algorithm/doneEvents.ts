import type { Json } from '../../ports/index.ts';
import { evaluateContent, evaluateDonedata } from '../content/payload.ts';
import type { DoneData } from '../document/model.ts';
import { doneData } from '../ors/doneData.ts';
import { stateAt } from './hierarchy.ts';
import type { SessionRuntime } from './sessionRuntime.ts';

/** W3C SCXML D, enterStates: the done events of a final state; only its parent's carries its donedata. */
export function raiseDoneEvents(final: number, done: readonly number[], runtime: SessionRuntime): void {
  const donedata = evaluateDoneData(stateAt(runtime.document, final).donedata, runtime);
  for (const [index, state] of done.entries()) raiseDone(state, index === 0 ? donedata : undefined, runtime);
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

function raiseDone(state: number, donedata: Json | undefined, runtime: SessionRuntime): void {
  const { document, sessionId } = runtime;
  const name = `done.state.${stateAt(document, state).id}`;
  runtime.raisePlatform(name, doneData(document.dialect, donedata, { sessionId }));
}

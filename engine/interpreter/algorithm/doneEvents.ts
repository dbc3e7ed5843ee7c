import type { Json } from '../../ports/index.ts';
import { evaluateContent, evaluateDonedata } from '../content/payload.ts';
import type { DoneData } from '../document/model.ts';
import { doneData } from '../ors/doneData.ts';
import { stateAt } from './hierarchy.ts';
import type { Step } from './step.ts';

/**
 * W3C SCXML D, procedure enterStates: the done events of a final state. Only the event of its parent has the
 * donedata.
 */
export function raiseDoneEvents(final: number, done: readonly number[], step: Step): void {
  const donedata = evaluateDoneData(stateAt(step.document, final).donedata, step);
  for (const [index, state] of done.entries()) raiseDone(state, index === 0 ? donedata : undefined, step);
}

/** W3C 5.5 <donedata>. After a fault, which raises an error event, there are no data. */
export function evaluateDoneData(donedata: DoneData | undefined, step: Step): Json | undefined {
  if (donedata === undefined) return undefined;
  try {
    if (donedata.content) return evaluateContent(step, donedata.content);
  } catch (fault) {
    step.fault(fault, { element: 'donedata', at: donedata.at, use: 'value' });
    return undefined;
  }
  const payload = evaluateDonedata(step, donedata.params);
  // W3C 343, 488: the event has no data when no param could be evaluated.
  return Object.keys(payload).length === 0 ? undefined : (payload as Json);
}

function raiseDone(state: number, donedata: Json | undefined, step: Step): void {
  const { document, sessionId } = step;
  const name = `done.state.${stateAt(document, state).id}`;
  step.raisePlatform(name, doneData(document.dialect, donedata, { sessionId }));
}

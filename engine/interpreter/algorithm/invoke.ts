import { defined, type Json } from '../../ports/index.ts';
import { attributeText } from '../content/attribute.ts';
import { ContentFault } from '../content/contentFault.ts';
import { evaluatePayload } from '../content/payload.ts';
import { runBlock } from '../content/perform.ts';
import type { Invoke } from '../document/model.ts';
import { SCXML_INVOKE_TYPES } from '../document/namespaces.ts';
import type { ScxmlEvent } from '../event.ts';
import type { RunningInvoke } from './executionState.ts';
import type { Step } from './step.ts';

/**
 * W3C SCXML 6.4: evaluates an <invoke> and starts it. After a fault, which raises an error event, nothing is
 * started.
 */
export function startInvoke(invoke: Invoke, step: Step): void {
  try {
    evaluateAndStart(invoke, step);
  } catch (fault) {
    step.fault(fault, { element: 'invoke', at: invoke.at, use: 'value' });
  }
}

function evaluateAndStart(invoke: Invoke, step: Step): void {
  const { document, data } = step;
  // W3C 6.4.1: a generated id has the form stateid.platformid.
  const invokeId = invoke.id ?? step.nextId(`${document.states[invoke.state]!.id}.`);
  const type = attributeText(step, invoke.type) ?? '';
  if (!SCXML_INVOKE_TYPES.has(type)) {
    throw new ContentFault(
      { w3c: 'error.execution', ors: 'error.illegalvalue' },
      `expected an <invoke> of type 'scxml', got '${type}'`,
    );
  }
  const src = attributeText(step, invoke.src);
  const text = invoke.content?.document ?? contentText(invoke, step);
  const params = evaluatePayload(step, invoke);
  if (invoke.idlocation) data.assignJson(invoke.idlocation.slot, invokeId);
  if (src === undefined && text === undefined) {
    throw new ContentFault(
      { w3c: 'error.execution', ors: 'error.illegalvalue' },
      'an <invoke> needs a document: src, srcexpr or <content>',
    );
  }
  const key = step.nextId('effect');
  const invokedId = `${step.sessionId}~${key}`;
  step.state.invokes ??= new Map();
  step.state.invokes.set(invokedId, { invokeId, invoke: invoke.index });
  step.emit({
    kind: 'invoke',
    key,
    invokeId,
    invokedId,
    type: 'scxml',
    ...defined({ src: src === undefined ? undefined : absoluteUrl(src, document.url), document: text }),
    baseUrl: document.url,
    params,
  });
}

function contentText(invoke: Invoke, step: Step): string | undefined {
  if (!invoke.content) return undefined;
  if (!invoke.content.expr) return invoke.content.text;
  return step.data.text(invoke.content.expr.slot);
}

function absoluteUrl(src: string, base: string): string {
  if (!URL.canParse(src, base)) {
    throw new ContentFault(
      { w3c: 'error.execution', ors: 'error.illegalvalue' },
      `expected the URL of a document in src of <invoke>, got '${src}'`,
    );
  }
  return new URL(src, base).href;
}

/** W3C SCXML D, cancelInvoke: for every running invoke of a state that is exited. */
export function cancelInvokes(state: number, step: Step): void {
  const { invokes } = step.state;
  if (invokes === undefined) return;
  for (const [invokedId, running] of invokes) {
    if (step.document.invokes[running.invoke]!.state !== state) continue;
    invokes.delete(invokedId);
    emitUninvoke(invokedId, running, step);
  }
}

/** For every invoke of a session that ends. */
export function stopAllInvokes(step: Step): void {
  const { state } = step;
  for (const [invokedId, running] of state.invokes ?? []) emitUninvoke(invokedId, running, step);
  state.invokes = undefined;
}

function emitUninvoke(invokedId: string, { invokeId }: RunningInvoke, step: Step): void {
  step.emit({ kind: 'uninvoke', key: step.nextId('effect'), invokeId, invokedId });
}

/**
 * W3C SCXML D, procedure mainEventLoop: the <finalize> of the invoke that the event comes from, and
 * autoforward.
 */
export function finalizeAndForward(event: ScxmlEvent, step: Step): void {
  const { invokes } = step.state;
  if (invokes === undefined) return;
  for (const [invokedId, { invokeId, invoke }] of [...invokes]) {
    const definition = step.document.invokes[invoke]!;
    if (event.invokeid === invokeId) applyFinalize(definition, event, step);
    if (definition.autoforward) forward(event, invokedId, step);
  }
  if (event.invokeid !== undefined && event.name === `done.invoke.${event.invokeid}`) {
    forgetEnded(event.invokeid, invokes);
  }
  step.performRealmRequests();
}

/**
 * The session of the invoke has ended. If several invokes have the id, the event does not tell which one
 * ended: all stay until their states are exited, so that the sessions that still run are cancelled then.
 */
function forgetEnded(invokeId: string, invokes: Map<string, RunningInvoke>): void {
  const [first, second] = [...invokes].filter(([, running]) => running.invokeId === invokeId);
  if (first !== undefined && second === undefined) invokes.delete(first[0]);
}

/**
 * W3C SCXML D, applyFinalize. An empty <finalize> assigns the event's data to the namelist and params (W3C
 * 6.5).
 */
function applyFinalize(invoke: Invoke, event: ScxmlEvent, step: Step): void {
  if (!invoke.hasFinalize) return;
  if (invoke.finalize.length > 0) {
    runBlock(invoke.finalize, step);
    return;
  }
  const data = event.data;
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return;
  const values = data as { readonly [name: string]: Json | undefined };
  const locations = [
    ...invoke.namelist.map(({ name, location }) => ({ name, location })),
    ...invoke.params.flatMap(({ name, location }) => (location ? [{ name, location }] : [])),
  ];
  for (const { name, location } of locations) {
    if (!Object.hasOwn(values, name)) continue;
    try {
      step.data.assignJson(location.slot, values[name]);
    } catch (fault) {
      step.fault(fault, { element: 'finalize', at: invoke.at, use: 'location' });
    }
  }
}

/** W3C 6.4: an exact copy of the event, from any source. */
function forward(event: ScxmlEvent, invokedId: string, step: Step): void {
  const { name, data, sendid, origin, origintype, invokeid, raw, xml } = event;
  step.emit({
    kind: 'send',
    key: step.nextId('effect'),
    type: 'scxml',
    target: invokedId,
    event: defined({ name, data, sendid, origin, origintype, invokeid, raw, xml }),
  });
}

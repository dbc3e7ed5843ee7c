import type { Json } from '../../ports/index.ts';
import { attributeText } from '../content/attribute.ts';
import { ContentFault } from '../content/contentFault.ts';
import { evaluatePayload } from '../content/payload.ts';
import { runBlock } from '../content/perform.ts';
import type { Invoke } from '../document/model.ts';
import type { SendEffect } from '../effects.ts';
import type { ScxmlEvent } from '../event.ts';
import type { SessionRuntime } from './sessionRuntime.ts';

const SCXML_INVOKE_TYPES = new Set([
  '',
  'scxml',
  'http://www.w3.org/TR/scxml/',
  'http://www.w3.org/TR/scxml',
]);

/** W3C SCXML 6.4: evaluates and starts an <invoke>. A fault becomes an error event and nothing is started. */
export function startInvoke(invoke: Invoke, runtime: SessionRuntime): void {
  try {
    evaluateAndStart(invoke, runtime);
  } catch (fault) {
    runtime.fault(fault, { element: 'invoke', at: invoke.at, use: 'value' });
  }
}

function evaluateAndStart(invoke: Invoke, runtime: SessionRuntime): void {
  const { document, data } = runtime;
  // W3C 6.4.1: a generated id has the form stateid.platformid.
  const invokeId = invoke.id ?? runtime.nextId(`${document.states[invoke.state]!.id}.`);
  const type = attributeText(runtime, invoke.type) ?? '';
  if (!SCXML_INVOKE_TYPES.has(type)) {
    throw new ContentFault(
      { w3c: 'error.execution', ors: 'error.illegalvalue' },
      `expected an <invoke> of type 'scxml', got '${type}'`,
    );
  }
  const src = attributeText(runtime, invoke.src);
  const text = invoke.content?.document ?? contentText(invoke, runtime);
  const params = evaluatePayload(runtime, invoke);
  if (invoke.idlocation) data.assignJson(invoke.idlocation.slot, invokeId);
  if (src === undefined && text === undefined) {
    throw new ContentFault(
      { w3c: 'error.execution', ors: 'error.illegalvalue' },
      'an <invoke> needs a document: src, srcexpr or <content>',
    );
  }
  const key = runtime.nextId('effect');
  const childId = `${runtime.sessionId}~${key}`;
  runtime.state.invokes ??= new Map();
  runtime.state.invokes.set(invokeId, { childId, invoke: invoke.index });
  runtime.emit({
    kind: 'invoke',
    key,
    invokeId,
    childId,
    type: 'scxml',
    ...(src !== undefined && { src: absoluteUrl(src, document.url) }),
    ...(text !== undefined && { document: text }),
    baseUrl: document.url,
    params,
  });
}

function contentText(invoke: Invoke, runtime: SessionRuntime): string | undefined {
  if (!invoke.content) return undefined;
  if (!invoke.content.expr) return invoke.content.text;
  return runtime.data.text(invoke.content.expr.slot);
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

/** W3C SCXML D, cancelInvoke, for every running invoke of a state that is left. */
export function cancelInvokes(state: number, runtime: SessionRuntime): void {
  const { invokes } = runtime.state;
  if (invokes === undefined) return;
  for (const [invokeId, { childId, invoke }] of invokes) {
    if (runtime.document.invokes[invoke]!.state !== state) continue;
    invokes.delete(invokeId);
    runtime.emit({ kind: 'uninvoke', key: runtime.nextId('effect'), invokeId, childId });
  }
}

/** W3C SCXML D, mainEventLoop: finalize for the event's own invoke, and autoforward. */
export function finalizeAndForward(event: ScxmlEvent, runtime: SessionRuntime): void {
  const { invokes } = runtime.state;
  if (invokes === undefined) return;
  for (const [invokeId, { childId, invoke }] of [...invokes]) {
    const definition = runtime.document.invokes[invoke]!;
    if (event.invokeid === invokeId) finalize(definition, event, runtime);
    if (definition.autoforward) forward(event, childId, runtime);
  }
  if (event.invokeid !== undefined && event.name === `done.invoke.${event.invokeid}`) {
    invokes.delete(event.invokeid);
  }
}

/** W3C 6.5: an empty <finalize> updates the namelist and param locations from the event. */
function finalize(invoke: Invoke, event: ScxmlEvent, runtime: SessionRuntime): void {
  if (!invoke.hasFinalize) return;
  if (invoke.finalize.length > 0) {
    runBlock(invoke.finalize, runtime);
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
      runtime.data.assignJson(location.slot, values[name]);
    } catch (fault) {
      runtime.fault(fault, { element: 'finalize', at: invoke.at, use: 'location' });
    }
  }
}

/** W3C 6.4: an exact copy of the event, whoever sent it. */
function forward(event: ScxmlEvent, childId: string, runtime: SessionRuntime): void {
  runtime.emit({
    kind: 'send',
    key: runtime.nextId('effect'),
    type: 'scxml',
    target: childId,
    event: copyOf(event),
  });
}

function copyOf({
  name,
  data,
  sendid,
  origin,
  origintype,
  invokeid,
  raw,
  xml,
}: ScxmlEvent): SendEffect['event'] {
  return {
    name,
    ...(data !== undefined && { data }),
    ...(sendid !== undefined && { sendid }),
    ...(origin !== undefined && { origin }),
    ...(origintype !== undefined && { origintype }),
    ...(invokeid !== undefined && { invokeid }),
    ...(raw !== undefined && { raw }),
    ...(xml && { xml }),
  };
}

import { defined, type Json } from '../../ports/index.ts';
import { ContentFault } from '../content/contentFault.ts';
import type { ContentHost } from '../content/contentHost.ts';
import { evaluateContent, evaluatePayload } from '../content/payload.ts';
import { DatamodelFault } from '../datamodel/fault.ts';
import type { ExtensionAttribute, ExtensionElement } from '../document/model.ts';
import type { NestedElement } from '../effects.ts';
import { allowsBareWord, isKnownElement, receivesRequestId, receivesSessionId } from './modules.ts';
import { derivedSessionId } from './sessionId.ts';

type Values = { [name: string]: Json | undefined };

/**
 * Executes an element of a Genesys module: evaluates it and emits it as an effect. After the step, the part
 * of the platform for that module performs it and answers with an event. <ws:response> is itself an answer.
 */
export function performExtension(module: string, element: ExtensionElement, host: ContentHost): void {
  if (module === 'ws' && element.name === 'response') {
    respond(element, host);
    return;
  }
  const key = host.nextId('effect');
  const requestId = `${host.sessionId}.${key}`;
  const attributes = evaluateAttributes(module, element, host);
  const assigns: (() => void)[] = [];
  if (element.attributes.requestid && receivesRequestId(module, element.name)) {
    attributes.requestid = requestId;
    assigns.push(() => assignTo(element, 'requestid', requestId, host));
  }
  if (element.attributes.sessionid && receivesSessionId(module, element.name, 'sessionid')) {
    const startedId = derivedSessionId(host.sessionId, key);
    attributes.sessionid = startedId;
    assigns.push(() => assignTo(element, 'sessionid', startedId, host));
  }
  const params = evaluatePayload(host, { namelist: [], params: element.params });
  const content = element.content && evaluateContent(host, element.content);
  const children = element.children.map((child) => evaluateNested(module, child, host));
  for (const assign of assigns) assign();
  host.emit({
    kind: 'module',
    key,
    module,
    action: element.name,
    requestId,
    attributes,
    params,
    ...defined({ content }),
    children,
  });
}

/** ors-dialect 2.9. The reply is the JSON of the params, or the content unchanged. */
function respond(element: ExtensionElement, host: ContentHost): void {
  const attributes = evaluateAttributes('ws', element, host);
  const requestId = attributes.requestid;
  if (typeof requestId !== 'string' || requestId === '') {
    throw new ContentFault(
      { w3c: 'error.execution', ors: 'error.ws.response' },
      `<ws:response> expected the sendid of a request in requestid, got ${JSON.stringify(requestId)}`,
    );
  }
  const { type = 'positive' } = attributes;
  if (type !== 'positive' && type !== 'negative') {
    throw new ContentFault(
      { w3c: 'error.execution', ors: 'error.ws.response' },
      `<ws:response> expected positive or negative in type, got ${JSON.stringify(type)}`,
    );
  }
  const resultCode = attributes.resultcode;
  const body = element.content
    ? (evaluateContent(host, element.content) ?? null)
    : (evaluatePayload(host, { namelist: [], params: element.params }) as Json);
  host.emit({
    kind: 'respond',
    requestId,
    positive: type === 'positive',
    ...defined({ resultCode: resultCode == null ? undefined : String(resultCode) }),
    body,
  });
}

function evaluateNested(module: string, element: ExtensionElement, host: ContentHost): NestedElement {
  return {
    name: element.name,
    attributes: evaluateAttributes(module, element, host),
    params: evaluatePayload(host, { namelist: [], params: element.params }),
    children: element.children.map((child) => evaluateNested(module, child, host)),
  };
}

function evaluateAttributes(module: string, element: ExtensionElement, host: ContentHost): Values {
  const values: Values = {};
  for (const [name, attribute] of Object.entries(element.attributes)) {
    const receives =
      (name === 'requestid' && receivesRequestId(module, element.name)) ||
      receivesSessionId(module, element.name, name);
    if (!receives) values[name] = evaluateAttribute(name, attribute, { module, element, host });
  }
  return values;
}

/** The value of an attribute, or its text if it is not valid code and may be text. */
function evaluateAttribute(
  name: string,
  attribute: ExtensionAttribute,
  of: { readonly module: string; readonly element: ExtensionElement; readonly host: ContentHost },
): Json | undefined {
  try {
    return of.host.data.value(attribute.value.slot);
  } catch (fault) {
    const mayBeText = allowsBareWord(name, attribute.literal) || !isKnownElement(of.module, of.element.name);
    if (fault instanceof DatamodelFault && mayBeText) return attribute.literal;
    throw fault;
  }
}

function assignTo(element: ExtensionElement, name: string, value: string, host: ContentHost): void {
  const location = element.attributes[name]?.location;
  if (!location) {
    throw new ContentFault(
      { w3c: 'error.execution', ors: 'error.illegalloc' },
      `expected a location in ${name} that can be assigned, got '${element.attributes[name]?.literal}'`,
    );
  }
  host.data.assignJson(location.slot, value);
}

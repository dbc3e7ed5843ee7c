import type { BuildContext } from './buildContext.ts';
import { buildContent, buildNamelist, buildParam } from './buildParams.ts';
import type { Action, Attribute, Content, Param } from './model.ts';
import type { XmlElement } from './xmlTree.ts';
import { attributeLocation, attributeValue, locationOf } from './xmlTree.ts';

const ORS_TYPES = new Set(['scxml', 'basichttp', 'fm']);

type Send = Extract<Action, { kind: 'send' }>;

/** W3C 6.2 <send>; in ORS `event`, `target`, `delay` and `type` are value expressions (ors-dialect 2.2). */
export function buildSend(context: BuildContext, element: XmlElement, state: number): Action {
  context.checkAttributes(element);
  context.warnText(element);
  const event = computedAttribute(context, element, { name: 'event', state });
  const target = computedAttribute(context, element, { name: 'target', state, isLiteral: isOrsTarget });
  const type = typeAttribute(context, element, state);
  const idlocation = context.attributeExpression('location', element, { name: 'idlocation', state });
  const delay = computedAttribute(context, element, { name: 'delay', state });
  const namelist = buildNamelist(context, element, state);
  const hints = context.attributeExpression('value', element, { name: 'hints', state });
  const { params, content } = buildPayload(context, element, { state });
  const id = attributeValue(element, 'id');
  const send: Send = {
    kind: 'send',
    ...(event && { event }),
    ...(target && { target }),
    ...(type && { type }),
    ...(id !== undefined && { id }),
    ...(idlocation && { idlocation }),
    ...(delay && { delay }),
    namelist,
    params,
    ...(content && { content }),
    ...(hints && { hints }),
    at: locationOf(element),
  };
  checkSend(context, element, send);
  return send;
}

/** W3C 6.3 <cancel>; ORS writes `id` or `sendid`, either as a value expression. */
export function buildCancel(context: BuildContext, element: XmlElement, state: number): Action {
  context.checkAttributes(element);
  const name = context.dialect === 'ors' && attributeValue(element, 'id') !== undefined ? 'id' : 'sendid';
  const sendid = computedAttribute(context, element, { name, state });
  if (!sendid) {
    const message = "Expected 'sendid' or 'sendidexpr' on <cancel>, got neither.";
    context.report('ATTRIBUTE_MISSING', locationOf(element), message);
  }
  return { kind: 'cancel', sendid: sendid ?? { literal: '' }, at: locationOf(element) };
}

/** <param>s and <content> of <send> and <invoke>. */
export function buildPayload(
  context: BuildContext,
  element: XmlElement,
  options: { state: number; acceptsDocument?: boolean; isOther?: (child: XmlElement) => boolean },
): { params: Param[]; content?: Content } {
  const params: Param[] = [];
  let content: Content | undefined;
  for (const child of element.children) {
    if (child.kind === 'text' || options.isOther?.(child)) continue;
    const name = context.isScxml(child) ? child.local : '';
    if (name === 'param') params.push(buildParam(context, child, options.state));
    else if (name !== 'content') context.refuseChild(element, child);
    else if (content) {
      const message = `Expected one <content> in <${element.local}>, got another.`;
      context.report('ELEMENT_REPEATED', locationOf(child), message);
    } else content = buildContent(context, child, options);
  }
  return { params, ...(content && { content }) };
}

/** `type`, or its older ORS name `targettype`; a bare known name or a URI is literal in both dialects. */
export function typeAttribute(
  context: BuildContext,
  element: XmlElement,
  state: number,
): Attribute | undefined {
  const name =
    attributeValue(element, 'type') === undefined && context.dialect === 'ors' ? 'targettype' : 'type';
  const isLiteral = (text: string) => ORS_TYPES.has(text) || /^[a-z][\w+.-]*:\/\//i.test(text);
  return computedAttribute(context, element, { name, state, isLiteral });
}

/** `name` as the dialect reads it, or `nameexpr`, which both take. */
function computedAttribute(
  context: BuildContext,
  element: XmlElement,
  {
    name,
    state,
    isLiteral = () => false,
  }: { name: string; state: number; isLiteral?: (text: string) => boolean },
): Attribute | undefined {
  const text = attributeValue(element, name);
  if (text === undefined) {
    const expr = context.attributeExpression('value', element, { name: `${name}expr`, state });
    return expr && { expr };
  }
  if (context.dialect === 'w3c' || isLiteral(text)) return { literal: text };
  const at = attributeLocation(element, name);
  return { expr: context.expression('value', { source: text, state, at }) };
}

/** `_internal` and `#_parent` are the names of the platform, never variables. */
function isOrsTarget(text: string): boolean {
  return text === '_internal' || text.startsWith('#_');
}

/** W3C 6.2.2 to 6.2.4. */
function checkSend(context: BuildContext, element: XmlElement, send: Send): void {
  const others = send.params.length > 0 ? '<param>' : attributeValue(element, 'namelist') && 'a namelist';
  if (send.content && others) {
    const message = `Expected <send> to carry either <content> or ${others}, got both.`;
    context.report('ATTRIBUTE_CONFLICT', locationOf(element), message);
  }
  if (!send.event && !send.content && send.params.length === 0 && send.namelist.length === 0) {
    const message = "Expected 'event', 'eventexpr' or <content> on <send>, got none of them.";
    context.report('SEND_WITHOUT_EVENT', locationOf(element), message);
  }
  const isInternal = send.target && 'literal' in send.target && /^#?_internal$/.test(send.target.literal);
  if (isInternal && send.delay) {
    const name = attributeValue(element, 'delay') === undefined ? 'delayexpr' : 'delay';
    const message = `Expected no '${name}' on a <send> to the internal queue (W3C 6.2.4), got one.`;
    context.report('ATTRIBUTE_CONFLICT', attributeLocation(element, name), message);
  }
}

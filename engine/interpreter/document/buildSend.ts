import { defined } from '../../ports/index.ts';
import { buildContent, buildNamelist, buildParam } from './buildParams.ts';
import type { Draft } from './draft.ts';
import type { Action, Attribute, Content, Param } from './model.ts';
import type { XmlElement } from './xmlTree.ts';
import { attributeLocation, attributeValue, locationOf } from './xmlTree.ts';

const ORS_TYPES = new Set(['scxml', 'basichttp', 'fm']);

type Send = Extract<Action, { kind: 'send' }>;

/** W3C 6.2 <send>; in ORS `event`, `target`, `delay` and `type` are value expressions (ors-dialect 2.2). */
export function buildSend(draft: Draft, element: XmlElement, state: number): Action {
  draft.checkAttributes(element);
  draft.warnText(element);
  const event = computedAttribute(draft, element, { name: 'event', state });
  const target = computedAttribute(draft, element, { name: 'target', state, isLiteral: isOrsTarget });
  const type = typeAttribute(draft, element, state);
  const idlocation = draft.filledExpression('location', element, { name: 'idlocation', state });
  const delay = computedAttribute(draft, element, { name: 'delay', state });
  const namelist = buildNamelist(draft, element, state);
  const hints = draft.filledExpression('value', element, { name: 'hints', state });
  const { params, content } = buildPayload(draft, element, { state });
  const id = draft.filledText(element, 'id');
  const send: Send = {
    kind: 'send',
    ...defined({ event, target, type, id, idlocation, delay, content, hints }),
    namelist,
    params,
    at: locationOf(element),
  };
  checkSend(draft, element, send);
  return send;
}

/** W3C 6.3 <cancel>; ORS writes `id` or `sendid`, either as a value expression. */
export function buildCancel(draft: Draft, element: XmlElement, state: number): Action {
  draft.checkAttributes(element);
  draft.refuseContent(element);
  const name = draft.dialect === 'ors' && attributeValue(element, 'id') !== undefined ? 'id' : 'sendid';
  const sendid = computedAttribute(draft, element, { name, state });
  const isWritten = [name, 'sendidexpr'].some(
    (attribute) => attributeValue(element, attribute) !== undefined,
  );
  if (!isWritten) {
    const message = "Expected 'sendid' or 'sendidexpr' on <cancel>, got neither.";
    draft.report('ATTRIBUTE_MISSING', locationOf(element), message);
  }
  return { kind: 'cancel', sendid: sendid ?? { literal: '' }, at: locationOf(element) };
}

/** <param>s and <content> of <send> and <invoke>. */
export function buildPayload(
  draft: Draft,
  element: XmlElement,
  options: { state: number; acceptsDocument?: boolean; isOther?: (child: XmlElement) => boolean },
): { params: Param[]; content?: Content } {
  const params: Param[] = [];
  let content: Content | undefined;
  for (const child of element.children) {
    if (child.kind === 'text' || options.isOther?.(child)) continue;
    const name = draft.isScxml(child) ? child.local : '';
    if (name === 'param') params.push(buildParam(draft, child, options.state));
    else if (name !== 'content') draft.refuseChild(element, child);
    else if (content) {
      const message = `Expected one <content> in <${element.local}>, got another.`;
      draft.report('ELEMENT_REPEATED', locationOf(child), message);
    } else content = buildContent(draft, child, options);
  }
  return { params, ...defined({ content }) };
}

/** `type`, or its older ORS name `targettype`; a bare known name or a URI is literal in both dialects. */
export function typeAttribute(draft: Draft, element: XmlElement, state: number): Attribute | undefined {
  const name =
    attributeValue(element, 'type') === undefined && draft.dialect === 'ors' ? 'targettype' : 'type';
  const isLiteral = (text: string) => ORS_TYPES.has(text) || /^[a-z][\w+.-]*:\/\//i.test(text);
  return computedAttribute(draft, element, { name, state, isLiteral });
}

/** `name` as the dialect reads it, or `nameexpr`, which both take. */
function computedAttribute(
  draft: Draft,
  element: XmlElement,
  {
    name,
    state,
    isLiteral = () => false,
  }: { name: string; state: number; isLiteral?: (text: string) => boolean },
): Attribute | undefined {
  const text = draft.filledText(element, name);
  if (text === undefined) {
    const expr = draft.filledExpression('value', element, { name: `${name}expr`, state });
    return expr && { expr };
  }
  if (draft.dialect === 'w3c' || isLiteral(text)) return { literal: text };
  const at = attributeLocation(element, name);
  const expr = draft.expression('value', { source: text, state, at });
  draft.textInW3c.add(expr.slot);
  return { expr };
}

/** `_internal` and names such as `#_parent` belong to the platform: they are never variables. */
function isOrsTarget(text: string): boolean {
  return text === '_internal' || text.startsWith('#_');
}

/** W3C 6.2.2 to 6.2.4. */
function checkSend(draft: Draft, element: XmlElement, send: Send): void {
  const others = send.params.length > 0 ? '<param>' : attributeValue(element, 'namelist') && 'a namelist';
  if (send.content && others) {
    const message = `Expected <send> to carry either <content> or ${others}, got both.`;
    draft.report('ATTRIBUTE_CONFLICT', locationOf(element), message);
  }
  if (!send.event && !send.content && send.params.length === 0 && send.namelist.length === 0) {
    const message = "Expected 'event', 'eventexpr' or <content> on <send>, got none of them.";
    draft.reportMissing('SEND_WITHOUT_EVENT', locationOf(element), message);
  }
  const isInternal = send.target && 'literal' in send.target && /^#?_internal$/.test(send.target.literal);
  if (isInternal && send.delay) {
    const name = attributeValue(element, 'delay') === undefined ? 'delayexpr' : 'delay';
    const message = `Expected no '${name}' on a <send> to the internal queue (W3C 6.2.4), got one.`;
    draft.report('ATTRIBUTE_CONFLICT', attributeLocation(element, name), message);
  }
}

import { defined } from '../../ports/index.ts';
import { buildBlock } from './buildActions.ts';
import { buildNamelist } from './buildParams.ts';
import { buildPayload, typeAttribute } from './buildSend.ts';
import { type Draft, placeText } from './draft.ts';
import type { Attribute, Block, Invoke } from './model.ts';
import type { XmlElement } from './xmlTree.ts';
import { attributeLocation, attributeValue, childElements, locationOf } from './xmlTree.ts';

/** W3C 6.4 <invoke>. A literal `src` is made absolute against the file that holds it. */
export function buildInvoke(draft: Draft, element: XmlElement, state: number): Invoke {
  draft.checkAttributes(element);
  draft.warnText(element);
  const isFinalize = (child: XmlElement) => draft.isScxml(child) && child.local === 'finalize';
  const id = draft.filledText(element, 'id');
  const type = typeAttribute(draft, element, state);
  const src = srcAttribute(draft, element, state);
  const idlocation = draft.filledExpression('location', element, { name: 'idlocation', state });
  const namelist = buildNamelist(draft, element, state);
  const payload = buildPayload(draft, element, { state, acceptsDocument: true, isOther: isFinalize });
  const finalizes = childElements(element).filter(isFinalize);
  const invoke: Invoke = {
    ...defined({ id, idlocation, type, src }),
    namelist,
    ...payload,
    autoforward: readAutoforward(draft, element),
    finalize: buildFinalize(draft, finalizes, state),
    hasFinalize: finalizes.length > 0,
    state,
    index: draft.invokes.length,
    at: locationOf(element),
  };
  checkInvoke(draft, element, invoke);
  draft.invokes.push(invoke);
  registerId(draft, element, invoke);
  const root = payload.content?.document === undefined ? undefined : inlineRoot(draft, element);
  if (root) draft.inlineDocuments.set(invoke.index, { root, dialect: draft.dialect });
  return invoke;
}

/** W3C 3.14: ids are unique. Sessions of two invokes with one id run; events cannot tell them apart. */
function registerId(draft: Draft, element: XmlElement, invoke: Invoke): void {
  const { id } = invoke;
  if (id === undefined) return;
  const first = draft.invokeById.get(id);
  if (first === undefined) {
    draft.invokeById.set(id, invoke);
    return;
  }
  const at = attributeLocation(element, 'id');
  const message = `Expected one <invoke> '${id}', got another; the first is at ${placeText(first.at, at)}. While both run, '#_${id}' reaches the newer one.`;
  draft.report('INVOKE_ID_DUPLICATE', at, message);
}

function inlineRoot(draft: Draft, element: XmlElement): XmlElement | undefined {
  for (const child of childElements(element)) {
    if (!draft.isScxml(child) || child.local !== 'content') continue;
    return childElements(child).find((inside) => inside.local === 'scxml' && draft.isScxml(inside));
  }
  return undefined;
}

function srcAttribute(draft: Draft, element: XmlElement, state: number): Attribute | undefined {
  const src = draft.filledText(element, 'src');
  if (src === undefined) {
    const expr = draft.filledExpression('value', element, { name: 'srcexpr', state });
    return expr && { expr };
  }
  const base = element.file.url;
  return { literal: URL.canParse(src, base) ? new URL(src, base).href : src };
}

function readAutoforward(draft: Draft, element: XmlElement): boolean {
  const text = attributeValue(element, 'autoforward') ?? 'false';
  if (text === 'true' || text === 'false') return text === 'true';
  const message = `Expected autoforward to be 'true' or 'false', got '${text}'.`;
  draft.report('ATTRIBUTE_VALUE', attributeLocation(element, 'autoforward'), message);
  return false;
}

function buildFinalize(draft: Draft, finalizes: readonly XmlElement[], state: number): Block {
  const [first, ...more] = finalizes;
  for (const again of more) {
    draft.report('ELEMENT_REPEATED', locationOf(again), 'Expected one <finalize> in <invoke>, got another.');
  }
  if (!first) return [];
  draft.checkAttributes(first);
  const block = buildBlock(draft, first, state);
  checkFinalize(draft, block);
  return block;
}

/** W3C 6.5.2: <finalize> sends and raises nothing. */
function checkFinalize(draft: Draft, block: Block): void {
  for (const action of block) {
    if (action.kind === 'foreach') checkFinalize(draft, action.content);
    if (action.kind === 'if') for (const branch of action.branches) checkFinalize(draft, branch.content);
    if (action.kind !== 'send' && action.kind !== 'raise') continue;
    draft.report('FINALIZE_CONTENT', action.at, `Expected no <${action.kind}> in <finalize>, got one.`);
  }
}

function checkInvoke(draft: Draft, element: XmlElement, invoke: Invoke): void {
  const at = locationOf(element);
  if (invoke.src && invoke.content) {
    const message = "Expected <invoke> to have either 'src' or <content>, got both.";
    draft.report('ATTRIBUTE_CONFLICT', at, message);
  }
  if (invoke.params.length > 0 && attributeValue(element, 'namelist') !== undefined) {
    const message = "Expected <invoke> to have either 'namelist' or <param>, got both.";
    draft.report('ATTRIBUTE_CONFLICT', attributeLocation(element, 'namelist'), message);
  }
}

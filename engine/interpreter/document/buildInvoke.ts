import { buildBlock } from './buildActions.ts';
import type { BuildContext } from './buildContext.ts';
import { buildNamelist } from './buildParams.ts';
import { buildPayload, typeAttribute } from './buildSend.ts';
import type { Attribute, Block, Invoke } from './model.ts';
import type { XmlElement } from './xmlTree.ts';
import { attributeLocation, attributeValue, childElements, locationOf } from './xmlTree.ts';

/** W3C 6.4 <invoke>. A literal `src` is made absolute against the file that holds it. */
export function buildInvoke(context: BuildContext, element: XmlElement, state: number): Invoke {
  context.checkAttributes(element);
  context.warnText(element);
  const isFinalize = (child: XmlElement) => context.isScxml(child) && child.local === 'finalize';
  const id = attributeValue(element, 'id');
  const type = typeAttribute(context, element, state);
  const src = srcAttribute(context, element, state);
  const idlocation = context.attributeExpression('location', element, { name: 'idlocation', state });
  const namelist = buildNamelist(context, element, state);
  const payload = buildPayload(context, element, { state, acceptsDocument: true, isOther: isFinalize });
  const finalizes = childElements(element).filter(isFinalize);
  const invoke: Invoke = {
    ...(id !== undefined && { id }),
    ...(idlocation && { idlocation }),
    ...(type && { type }),
    ...(src && { src }),
    namelist,
    ...payload,
    autoforward: readAutoforward(context, element),
    finalize: buildFinalize(context, finalizes, state),
    hasFinalize: finalizes.length > 0,
    state,
    index: context.invokes.length,
    at: locationOf(element),
  };
  checkInvoke(context, element, invoke);
  context.invokes.push(invoke);
  return invoke;
}

function srcAttribute(context: BuildContext, element: XmlElement, state: number): Attribute | undefined {
  const src = attributeValue(element, 'src');
  if (src === undefined) {
    const expr = context.attributeExpression('value', element, { name: 'srcexpr', state });
    return expr && { expr };
  }
  const base = element.file.url;
  return { literal: URL.canParse(src, base) ? new URL(src, base).href : src };
}

function readAutoforward(context: BuildContext, element: XmlElement): boolean {
  const text = attributeValue(element, 'autoforward') ?? 'false';
  if (text === 'true' || text === 'false') return text === 'true';
  const message = `Expected autoforward to be 'true' or 'false', got '${text}'.`;
  context.report('ATTRIBUTE_VALUE', attributeLocation(element, 'autoforward'), message);
  return false;
}

function buildFinalize(context: BuildContext, finalizes: readonly XmlElement[], state: number): Block {
  const [first, ...more] = finalizes;
  for (const again of more) {
    context.report(
      'ELEMENT_REPEATED',
      locationOf(again),
      'Expected one <finalize> in <invoke>, got another.',
    );
  }
  if (!first) return [];
  context.checkAttributes(first);
  const block = buildBlock(context, first, state);
  checkFinalize(context, block);
  return block;
}

/** W3C 6.5.2: <finalize> sends and raises nothing. */
function checkFinalize(context: BuildContext, block: Block): void {
  for (const action of block) {
    if (action.kind === 'foreach') checkFinalize(context, action.content);
    if (action.kind === 'if') for (const branch of action.branches) checkFinalize(context, branch.content);
    if (action.kind !== 'send' && action.kind !== 'raise') continue;
    context.report('FINALIZE_CONTENT', action.at, `Expected no <${action.kind}> in <finalize>, got one.`);
  }
}

function checkInvoke(context: BuildContext, element: XmlElement, invoke: Invoke): void {
  const at = locationOf(element);
  if (invoke.src && invoke.content) {
    const message = "Expected <invoke> to have either 'src' or <content>, got both.";
    context.report('ATTRIBUTE_CONFLICT', at, message);
  }
  if (invoke.params.length > 0 && attributeValue(element, 'namelist') !== undefined) {
    const message = "Expected <invoke> to have either 'namelist' or <param>, got both.";
    context.report('ATTRIBUTE_CONFLICT', attributeLocation(element, 'namelist'), message);
  }
}

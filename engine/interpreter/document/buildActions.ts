import type { BuildContext } from './buildContext.ts';
import { buildExtension } from './buildExtension.ts';
import { buildParam } from './buildParams.ts';
import { buildScript } from './buildScript.ts';
import { buildCancel, buildSend } from './buildSend.ts';
import { inlineContent } from './inlineContent.ts';
import type { Action, Block, IfBranch } from './model.ts';
import { moduleOf } from './namespaces.ts';
import { ruleOf } from './vocabulary.ts';
import type { XmlElement } from './xmlTree.ts';
import { attributeLocation, attributeValue, locationOf } from './xmlTree.ts';

type BuildAction = (context: BuildContext, element: XmlElement, state: number) => Action;

const ACTIONS: ReadonlyMap<string, BuildAction> = new Map<string, BuildAction>([
  ['raise', (context, element, state) => buildRaise(context, element, { name: 'event', state })],
  ['if', buildIf],
  ['foreach', buildForeach],
  ['log', buildLog],
  ['assign', buildAssign],
  ['script', buildCheckedScript],
  ['send', buildSend],
  ['cancel', buildCancel],
]);

/** The executable content inside an element: W3C 4, in document order. `state` is the scope it runs in. */
export function buildBlock(context: BuildContext, element: XmlElement, state: number): Block {
  context.warnText(element);
  const actions: Action[] = [];
  for (const child of element.children) {
    if (child.kind === 'text') continue;
    const action = buildAction(context, child, { parent: element, state });
    if (action) actions.push(action);
  }
  return actions;
}

function buildAction(
  context: BuildContext,
  element: XmlElement,
  { parent, state }: { parent: XmlElement; state: number },
): Action | undefined {
  const module = moduleOf(element.uri);
  if (module) return buildExtension(context, element, { module, state });
  if (!context.isScxml(element)) return unsupported(context, element, parent);
  if (element.local === 'event' && context.dialect === 'ors') {
    return buildRaise(context, element, { name: 'name', state });
  }
  const build = ACTIONS.get(element.local);
  if (build) return build(context, element, state);
  if (!ruleOf(element.local, context.dialect)) return unsupported(context, element, parent);
  context.refuseChild(parent, element);
  return undefined;
}

function unsupported(context: BuildContext, element: XmlElement, parent: XmlElement): Action {
  if (context.isScxml(element)) context.refuseChild(parent, element);
  else {
    const message = `Expected executable content of SCXML or of a Genesys module, got <${element.name}>, which fails when it is run.`;
    context.report('ELEMENT_UNSUPPORTED', locationOf(element), message);
  }
  return { kind: 'unsupported', namespace: element.uri, name: element.local, at: locationOf(element) };
}

/** W3C 4.2; ORS gives it <param>s and knows it as `<event name>` too. The name is literal in both. */
function buildRaise(
  context: BuildContext,
  element: XmlElement,
  { name, state }: { name: string; state: number },
): Action {
  context.checkAttributes(element);
  context.warnText(element);
  const params = [];
  for (const child of element.children) {
    if (child.kind === 'text') continue;
    const isParam = context.dialect === 'ors' && context.isScxml(child) && child.local === 'param';
    if (isParam) params.push(buildParam(context, child, state));
    else context.refuseChild(element, child);
  }
  return { kind: 'raise', event: attributeValue(element, name) ?? '', params, at: locationOf(element) };
}

/** W3C 4.3 to 4.5: the content up to each <elseif> or <else> belongs to the condition before it. */
function buildIf(context: BuildContext, element: XmlElement, state: number): Action {
  context.checkAttributes(element);
  context.warnText(element);
  const branches: { cond?: IfBranch['cond']; content: Action[] }[] = [];
  const open = (at: XmlElement): void => {
    const cond =
      at.local === 'else' ? undefined : context.attributeExpression('condition', at, { name: 'cond', state });
    branches.push({ content: [], ...(cond && { cond }) });
  };
  let isElse = false;
  open(element);
  for (const child of element.children) {
    if (child.kind === 'text') continue;
    const isBranch = context.isScxml(child) && (child.local === 'elseif' || child.local === 'else');
    if (!isBranch) {
      const action = buildAction(context, child, { parent: element, state });
      if (action) branches.at(-1)!.content.push(action);
      continue;
    }
    checkBranch(context, child, isElse);
    isElse ||= child.local === 'else';
    open(child);
  }
  return { kind: 'if', branches: branches as readonly IfBranch[], at: locationOf(element) };
}

function checkBranch(context: BuildContext, element: XmlElement, afterElse: boolean): void {
  context.checkAttributes(element);
  if (afterElse) {
    const message = `Expected <else> to be the last branch of <if>, got <${element.local}> after it.`;
    context.report('ELSE_ORDER', locationOf(element), message);
  }
  const inside = element.children.find((child) => child.kind === 'element');
  if (!inside) return;
  const message = `Expected <${element.local}/> to be empty, with its content after it, got <${inside.name}> inside.`;
  context.report('ELEMENT_MISPLACED', locationOf(inside), message);
}

function buildForeach(context: BuildContext, element: XmlElement, state: number): Action {
  context.checkAttributes(element);
  const expression = (kind: 'value' | 'location', name: string) =>
    context.attributeExpression(kind, element, { name, state });
  const missing = (name: string) =>
    context.expression('value', { source: '', state, at: attributeLocation(element, name) });
  const array = expression('value', 'array') ?? missing('array');
  const item = expression('location', 'item') ?? missing('item');
  const index = expression('location', 'index');
  const content = buildBlock(context, element, state);
  return { kind: 'foreach', array, item, ...(index && { index }), content, at: locationOf(element) };
}

function buildLog(context: BuildContext, element: XmlElement, state: number): Action {
  context.checkAttributes(element);
  context.warnText(element);
  const label = attributeValue(element, 'label');
  const level = attributeValue(element, 'level');
  // W3C 307: an empty expression logs nothing but the label.
  const isEmpty = attributeValue(element, 'expr') === '';
  const expr = isEmpty ? undefined : context.attributeExpression('value', element, { name: 'expr', state });
  return {
    kind: 'log',
    ...(label !== undefined && { label: { literal: label } }),
    ...(expr && { expr }),
    ...(level !== undefined && { level }),
    at: locationOf(element),
  };
}

/** W3C 5.4 <assign>: the value is `expr` or what stands inside. */
function buildAssign(context: BuildContext, element: XmlElement, state: number): Action {
  context.checkAttributes(element);
  const location =
    context.attributeExpression('location', element, { name: 'location', state }) ??
    context.expression('location', { source: '', state, at: locationOf(element) });
  const expr = context.attributeExpression('value', element, { name: 'expr', state });
  const inline = inlineContent(element);
  if (expr && inline) {
    const message = "Expected either 'expr' or text inside <assign>, got both.";
    context.report('ATTRIBUTE_CONFLICT', attributeLocation(element, 'expr'), message);
  }
  const text = expr ? undefined : inline?.text;
  return {
    kind: 'assign',
    location,
    ...(expr && { expr }),
    ...(text !== undefined && { text }),
    at: locationOf(element),
  };
}

function buildCheckedScript(context: BuildContext, element: XmlElement, state: number): Action {
  context.checkAttributes(element);
  return buildScript(context, element, state);
}

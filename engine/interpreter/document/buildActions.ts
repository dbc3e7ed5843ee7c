import { defined } from '../../ports/index.ts';
import { buildExtension } from './buildExtension.ts';
import { buildParam } from './buildParams.ts';
import { buildScript } from './buildScript.ts';
import { buildCancel, buildSend } from './buildSend.ts';
import type { Draft } from './draft.ts';
import { inlineContent, warnNotJson } from './inlineContent.ts';
import type { Action, Block, IfBranch } from './model.ts';
import { moduleOf } from './namespaces.ts';
import { ruleOf } from './vocabulary.ts';
import type { XmlElement } from './xmlTree.ts';
import { attributeLocation, attributeValue, childElements, locationOf } from './xmlTree.ts';

type BuildAction = (draft: Draft, element: XmlElement, state: number) => Action;

export const ACTIONS: ReadonlyMap<string, BuildAction> = new Map<string, BuildAction>([
  ['raise', (draft, element, state) => buildRaise(draft, element, { name: 'event', state })],
  ['if', buildIf],
  ['foreach', buildForeach],
  ['log', buildLog],
  ['assign', buildAssign],
  ['script', buildCheckedScript],
  ['send', buildSend],
  ['cancel', buildCancel],
]);

/** The executable content inside an element: W3C 4, in document order. `state` is the scope it runs in. */
export function buildBlock(draft: Draft, element: XmlElement, state: number): Block {
  draft.warnText(element);
  const actions: Action[] = [];
  for (const child of element.children) {
    if (child.kind === 'text') continue;
    const action = buildAction(draft, child, { parent: element, state });
    if (action) actions.push(action);
  }
  return actions;
}

function buildAction(
  draft: Draft,
  element: XmlElement,
  { parent, state }: { parent: XmlElement; state: number },
): Action | undefined {
  const module = moduleOf(element.uri);
  if (module) return buildExtension(draft, element, { module, state });
  if (!draft.isScxml(element)) {
    // Editors write elements of their own everywhere.
    draft.refuseChild(parent, element);
    return undefined;
  }
  if (element.local === 'event' && draft.dialect === 'ors') {
    return buildRaise(draft, element, { name: 'name', state });
  }
  const build = ACTIONS.get(element.local);
  if (build) return build(draft, element, state);
  draft.refuseChild(parent, element);
  if (ruleOf(element.local, draft.dialect)) return undefined;
  return { kind: 'unsupported', namespace: element.uri, name: element.local, at: locationOf(element) };
}

/** W3C 4.2; ORS gives it <param>s, and has it as `<event name>` too. The name is literal in both. */
function buildRaise(
  draft: Draft,
  element: XmlElement,
  { name, state }: { name: string; state: number },
): Action {
  draft.checkAttributes(element);
  draft.warnText(element);
  const params = [];
  for (const child of element.children) {
    if (child.kind === 'text') continue;
    const isParam = draft.dialect === 'ors' && draft.isScxml(child) && child.local === 'param';
    if (isParam) params.push(buildParam(draft, child, state));
    else draft.refuseChild(element, child);
  }
  return { kind: 'raise', event: attributeValue(element, name) ?? '', params, at: locationOf(element) };
}

/** W3C 4.3 to 4.5: the content up to each <elseif> or <else> belongs to the condition before it. */
function buildIf(draft: Draft, element: XmlElement, state: number): Action {
  draft.checkAttributes(element);
  draft.warnText(element);
  const branches: { cond?: IfBranch['cond']; content: Action[] }[] = [];
  const open = (at: XmlElement): void => {
    const cond =
      at.local === 'else' ? undefined : draft.attributeExpression('condition', at, { name: 'cond', state });
    branches.push({ content: [], ...defined({ cond }) });
  };
  let isElse = false;
  open(element);
  for (const child of element.children) {
    if (child.kind === 'text') continue;
    const isBranch = draft.isScxml(child) && (child.local === 'elseif' || child.local === 'else');
    if (!isBranch) {
      const action = buildAction(draft, child, { parent: element, state });
      if (action) branches.at(-1)!.content.push(action);
      continue;
    }
    checkBranch(draft, child, isElse);
    isElse ||= child.local === 'else';
    open(child);
  }
  return { kind: 'if', branches: branches as readonly IfBranch[], at: locationOf(element) };
}

function checkBranch(draft: Draft, element: XmlElement, afterElse: boolean): void {
  draft.checkAttributes(element);
  if (afterElse) {
    const message = `Expected <else> to be the last branch of <if>, got <${element.local}> after it.`;
    draft.report('ELSE_ORDER', locationOf(element), message);
  }
  for (const inside of childElements(element)) {
    if (!draft.isScxml(inside) && !moduleOf(inside.uri)) draft.refuseChild(element, inside);
    else {
      const message = `Expected <${element.local}/> to be empty, with its content after it, got <${inside.name}> inside.`;
      draft.report('ELEMENT_MISPLACED', locationOf(inside), message);
    }
  }
}

function buildForeach(draft: Draft, element: XmlElement, state: number): Action {
  draft.checkAttributes(element);
  const expression = (kind: 'value' | 'location', name: string) =>
    draft.attributeExpression(kind, element, { name, state });
  const missing = (name: string) =>
    draft.expression('value', { source: '', state, at: attributeLocation(element, name) });
  const array = expression('value', 'array') ?? missing('array');
  const item = expression('location', 'item') ?? missing('item');
  const index = draft.filledExpression('location', element, { name: 'index', state });
  const content = buildBlock(draft, element, state);
  return { kind: 'foreach', array, item, ...defined({ index }), content, at: locationOf(element) };
}

function buildLog(draft: Draft, element: XmlElement, state: number): Action {
  draft.checkAttributes(element);
  draft.refuseContent(element);
  const label = attributeValue(element, 'label');
  const level = attributeValue(element, 'level');
  const expr = draft.filledExpression('value', element, { name: 'expr', state });
  return {
    kind: 'log',
    ...defined({ label: label === undefined ? undefined : { literal: label }, expr, level }),
    at: locationOf(element),
  };
}

/** W3C 5.4 <assign>: the value is that of `expr`, or the content. */
function buildAssign(draft: Draft, element: XmlElement, state: number): Action {
  draft.checkAttributes(element);
  const location =
    draft.attributeExpression('location', element, { name: 'location', state }) ??
    draft.expression('location', { source: '', state, at: locationOf(element) });
  const expr = draft.filledExpression('value', element, { name: 'expr', state });
  const inline = inlineContent(element);
  if (expr && inline) {
    const message = "Expected either 'expr' or text inside <assign>, got both.";
    draft.report('ATTRIBUTE_CONFLICT', attributeLocation(element, 'expr'), message);
  }
  if (!expr) warnNotJson(draft, element, inline);
  const text = expr ? undefined : inline?.text;
  return {
    kind: 'assign',
    location,
    ...defined({ expr, text }),
    at: locationOf(element),
  };
}

function buildCheckedScript(draft: Draft, element: XmlElement, state: number): Action {
  draft.checkAttributes(element);
  return buildScript(draft, element, state);
}

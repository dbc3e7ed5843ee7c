import { buildBlock } from './buildActions.ts';
import type { BuildContext } from './buildContext.ts';
import { buildDatamodel } from './buildData.ts';
import { buildInvoke } from './buildInvoke.ts';
import { buildContent, buildParam, splitNames } from './buildParams.ts';
import { addInitialTransition, buildDefaultTransition, buildTransition } from './buildTransition.ts';
import type { DraftState } from './drafts.ts';
import type { Content, DoneData, Param, StateKind } from './model.ts';
import type { XmlElement } from './xmlTree.ts';
import { attributeLocation, attributeValue, locationOf } from './xmlTree.ts';

const STATE_ELEMENTS = new Set(['state', 'parallel', 'final', 'history']);

/** Children that each kind of state takes beside states. W3C 3.3 to 3.10. */
const PARTS: Readonly<Record<string, ReadonlySet<string>>> = {
  state: new Set(['transition', 'onentry', 'onexit', 'invoke', 'datamodel', 'initial']),
  parallel: new Set(['transition', 'onentry', 'onexit', 'invoke', 'datamodel']),
  final: new Set(['onentry', 'onexit', 'donedata']),
  history: new Set(['transition']),
};

/** Reads a state with its whole subtree and returns its number. Numbers are given in document order. */
export function buildState(context: BuildContext, element: XmlElement, parent: number): number {
  context.checkAttributes(element);
  context.warnText(element);
  const state = openState(context, element, parent);
  if (element.local === 'state') addInitialAttribute(context, state);
  for (const child of element.children) {
    if (child.kind === 'text') continue;
    if (isNestedState(context, element, child)) state.children.push(buildState(context, child, state.index));
    else if (context.isScxml(child) && PARTS[element.local]?.has(child.local))
      buildPart(context, state, child);
    else context.refuseChild(element, child);
  }
  closeState(context, state);
  return state.index;
}

/** True for <state>, <parallel>, <final> and <history> where they may stand. */
export function isNestedState(context: BuildContext, parent: XmlElement, child: XmlElement): boolean {
  if (!context.isScxml(child) || !STATE_ELEMENTS.has(child.local)) return false;
  if (parent.local === 'parallel') return child.local !== 'final';
  if (parent.local === 'scxml') return child.local !== 'history';
  return parent.local === 'state';
}

/** Adds a state whose kind is known by its element; <state> becomes compound when it turns out to hold states. */
export function openState(context: BuildContext, element: XmlElement, parent: number): DraftState {
  const index = context.states.length;
  const kind: StateKind = element.local === 'state' ? 'atomic' : (element.local as StateKind);
  const persist = attributeValue(element, '_persist');
  const state: DraftState = {
    index,
    // '#' begins no id that a document may write.
    id: readId(context, element) ?? `#${element.local}${index}`,
    kind,
    parent,
    children: [],
    lastDescendant: index,
    depth: parent === -1 ? 0 : context.states[parent]!.depth + 1,
    transitions: [],
    onentry: [],
    onexit: [],
    invokes: [],
    data: [],
    at: locationOf(element),
    element,
    ...(kind === 'history' && { history: readHistoryType(context, element) }),
    ...(persist !== undefined && kind !== 'scxml' && { persist }),
    ...(element.idPrefix !== undefined && { prefix: element.idPrefix }),
  };
  context.states.push(state);
  registerId(context, state);
  return state;
}

/** Fills in what is known once the subtree is read. */
export function closeState(context: BuildContext, state: DraftState): void {
  state.lastDescendant = context.states.length - 1;
  const first = state.children.find((child) => context.states[child]!.kind !== 'history');
  if (state.kind === 'atomic' && first !== undefined) state.kind = 'compound';
  if (state.kind === 'history') checkHistory(context, state);
  else if (state.kind === 'atomic') checkAtomic(context, state);
  else if (first !== undefined && (state.kind === 'compound' || state.kind === 'scxml')) {
    state.initial ??= addInitialTransition(context, { source: state.index, at: state.at, first });
  }
}

/** The `initial` attribute of <state> and <scxml>. */
export function addInitialAttribute(context: BuildContext, state: DraftState): void {
  const targetIds = splitNames(context.filledAttribute(state.element, 'initial'));
  if (targetIds.length === 0) return;
  const at = attributeLocation(state.element, 'initial');
  state.initial = addInitialTransition(context, { source: state.index, at, targetIds });
}

/** <initial>: W3C 3.6, one transition and no other. */
export function buildInitial(context: BuildContext, state: DraftState, element: XmlElement): void {
  context.checkAttributes(element);
  context.warnText(element);
  if (state.initial !== undefined) {
    const other = attributeValue(state.element, 'initial') === undefined ? 'another <initial>' : "'initial'";
    const message = `Expected one initial transition of <${state.element.local}>, got <initial> beside ${other}.`;
    context.report('ATTRIBUTE_CONFLICT', locationOf(element), message);
    return;
  }
  const options = { source: state.index, scope: state.index, role: 'initial' as const };
  for (const child of element.children) {
    if (child.kind === 'text') continue;
    if (!context.isScxml(child) || child.local !== 'transition') context.refuseChild(element, child);
    else if (state.initial !== undefined) repeated(context, element, child);
    else state.initial = buildDefaultTransition(context, child, options);
  }
  if (state.initial !== undefined) return;
  context.report('ATTRIBUTE_MISSING', locationOf(element), 'Expected a <transition> in <initial>, got none.');
}

function buildPart(context: BuildContext, state: DraftState, element: XmlElement): void {
  const { index } = state;
  switch (element.local) {
    case 'transition':
      if (state.kind === 'history') buildHistoryTransition(context, state, element);
      else state.transitions.push(buildTransition(context, element, index));
      return;
    case 'onentry':
    case 'onexit':
      context.checkAttributes(element);
      state[element.local].push(buildBlock(context, element, index));
      return;
    case 'invoke':
      state.invokes.push(buildInvoke(context, element, index));
      return;
    case 'datamodel':
      state.data.push(...buildDatamodel(context, element, index));
      return;
    case 'initial':
      buildInitial(context, state, element);
      return;
    default:
      if (state.donedata) repeated(context, state.element, element);
      else state.donedata = buildDoneData(context, element, index);
  }
}

function buildHistoryTransition(context: BuildContext, state: DraftState, element: XmlElement): void {
  if (state.transitions.length > 0) {
    repeated(context, state.element, element);
    return;
  }
  // A history state has no scope of its own: its content runs in the state around it.
  const options = { source: state.index, scope: state.parent, role: 'history' as const };
  state.transitions.push(buildDefaultTransition(context, element, options));
}

/** W3C 5.5: <param>s or one <content>. */
function buildDoneData(context: BuildContext, element: XmlElement, state: number): DoneData {
  context.checkAttributes(element);
  context.warnText(element);
  const params: Param[] = [];
  let content: Content | undefined;
  for (const child of element.children) {
    if (child.kind === 'text') continue;
    const name = context.isScxml(child) ? child.local : '';
    if (name === 'param') params.push(buildParam(context, child, state));
    else if (name !== 'content') context.refuseChild(element, child);
    else if (content) repeated(context, element, child);
    else content = buildContent(context, child, { state });
  }
  if (content && params.length > 0) {
    const message = 'Expected either <content> or <param> in <donedata>, got both.';
    context.report('ATTRIBUTE_CONFLICT', locationOf(element), message);
  }
  return { params, ...(content && { content }), at: locationOf(element) };
}

function readId(context: BuildContext, element: XmlElement): string | undefined {
  const id = element.local === 'scxml' ? undefined : attributeValue(element, 'id');
  if (id === undefined || /^[^\s#][^\s]*$/.test(id)) return id;
  const message = `Expected an id without whitespace that does not begin with '#', got '${id}'.`;
  context.report('ID_INVALID', attributeLocation(element, 'id'), message);
  return undefined;
}

function registerId(context: BuildContext, state: DraftState): void {
  const first = context.stateById.get(state.id);
  if (first === undefined) {
    context.stateById.set(state.id, state.index);
    return;
  }
  const { file, line, column } = attributeLocation(context.states[first]!.element, 'id');
  const message = `Expected one state '${state.id}', got another; the first is at ${file}:${line}:${column}.`;
  context.report('ID_DUPLICATE', attributeLocation(state.element, 'id'), message);
}

function readHistoryType(context: BuildContext, element: XmlElement): 'shallow' | 'deep' {
  const type = attributeValue(element, 'type') ?? 'shallow';
  if (type === 'shallow' || type === 'deep') return type;
  const message = `Expected type to be 'shallow' or 'deep', got '${type}'.`;
  context.report('ATTRIBUTE_VALUE', attributeLocation(element, 'type'), message);
  return 'shallow';
}

function checkHistory(context: BuildContext, state: DraftState): void {
  if (state.transitions.length > 0) return;
  const message = 'Expected a default <transition> in <history>, got none.';
  context.report('ATTRIBUTE_MISSING', state.at, message);
}

function checkAtomic(context: BuildContext, state: DraftState): void {
  if (state.initial !== undefined) {
    const transition = context.transitions[state.initial]!;
    const { at } = transition;
    transition.targetIds = [];
    context.report(
      'INITIAL_ON_ATOMIC',
      at,
      `Expected no initial transition of '${state.id}', which holds no states.`,
    );
    delete state.initial;
  }
  for (const child of state.children) {
    const { at } = context.states[child]!;
    const message = `Expected <history> beside other states, got it alone in '${state.id}'.`;
    context.report('HISTORY_MISPLACED', at, message);
  }
}

function repeated(context: BuildContext, parent: XmlElement, element: XmlElement): void {
  const message = `Expected one <${element.local}> in <${parent.local}>, got another.`;
  context.report('ELEMENT_REPEATED', locationOf(element), message);
}

import { defined, dictionary, didYouMean, pushAll } from '../../ports/index.ts';
import { buildBlock } from './buildActions.ts';
import { buildDatamodel } from './buildData.ts';
import { buildInvoke } from './buildInvoke.ts';
import { buildContent, buildParam, splitNames } from './buildParams.ts';
import { addInitialTransition, buildDefaultTransition, buildTransition } from './buildTransition.ts';
import { type Draft, type DraftState, placeText, stateName } from './draft.ts';
import { DOCUMENT_LIMITS } from './limits.ts';
import type { Content, DoneData, Param, StateKind } from './model.ts';
import type { XmlElement } from './xmlTree.ts';
import { attributeLocation, attributeValue, locationOf } from './xmlTree.ts';

const { MAX_STATES } = DOCUMENT_LIMITS;

/** States that an element takes. W3C 3.2 to 3.4. */
export const NESTED_STATES = dictionary<ReadonlySet<string>>({
  scxml: new Set(['state', 'parallel', 'final']),
  state: new Set(['state', 'parallel', 'final', 'history']),
  parallel: new Set(['state', 'parallel', 'history']),
});

/** Children that each kind of state takes beside states. W3C 3.3 to 3.10. */
export const STATE_PARTS = dictionary<ReadonlySet<string>>({
  state: new Set(['transition', 'onentry', 'onexit', 'invoke', 'datamodel', 'initial']),
  parallel: new Set(['transition', 'onentry', 'onexit', 'invoke', 'datamodel']),
  final: new Set(['onentry', 'onexit', 'donedata']),
  history: new Set(['transition']),
});

/** Builds a state with its subtree and returns its number. States are numbered in document order. */
export function buildState(draft: Draft, element: XmlElement, parent: number): number {
  draft.checkAttributes(element);
  draft.warnText(element);
  const state = openState(draft, element, parent);
  if (element.local === 'state') addInitialAttribute(draft, state);
  for (const child of element.children) {
    if (child.kind === 'text') continue;
    const isPart = draft.isScxml(child) && STATE_PARTS[element.local]?.has(child.local);
    if (isNestedState(draft, element, child)) state.children.push(buildState(draft, child, state.index));
    else if (isPart) buildPart(draft, state, child);
    else draft.refuseChild(element, child);
  }
  closeState(draft, state);
  return state.index;
}

/** True for <state>, <parallel>, <final> and <history> where the parent takes them. */
export function isNestedState(draft: Draft, parent: XmlElement, child: XmlElement): boolean {
  return draft.isScxml(child) && NESTED_STATES[parent.local]?.has(child.local) === true;
}

/** Adds a state of the kind that its element says. closeState makes a <state> with states inside compound. */
export function openState(draft: Draft, element: XmlElement, parent: number): DraftState {
  const index = draft.states.length;
  const kind: StateKind = element.local === 'state' ? 'atomic' : (element.local as StateKind);
  const state: DraftState = {
    index,
    // No document may write an id that begins with '#'.
    id: readId(draft, element) ?? `#${element.local}${index}`,
    kind,
    parent,
    children: [],
    lastDescendant: index,
    depth: parent === -1 ? 0 : draft.states[parent]!.depth + 1,
    transitions: [],
    onentry: [],
    onexit: [],
    invokes: [],
    data: [],
    at: locationOf(element),
    element,
    ...defined({
      history: kind === 'history' ? readHistoryType(draft, element) : undefined,
      persist: kind === 'scxml' ? undefined : attributeValue(element, '_persist'),
      prefix: element.idPrefix,
    }),
  };
  draft.states.push(state);
  if (draft.states.length === MAX_STATES + 1) {
    const message = `Expected at most ${MAX_STATES} states (MAX_STATES), got more.`;
    draft.report('STATES_TOO_MANY', state.at, message);
  }
  registerId(draft, state);
  return state;
}

/** Completes a state after its subtree is built. */
export function closeState(draft: Draft, state: DraftState): void {
  state.lastDescendant = draft.states.length - 1;
  const first = state.children.find((child) => draft.states[child]!.kind !== 'history');
  if (state.kind === 'atomic' && first !== undefined) state.kind = 'compound';
  if (state.kind === 'history') checkHistory(draft, state);
  else if (state.kind === 'atomic') checkAtomic(draft, state);
  else if (first !== undefined && (state.kind === 'compound' || state.kind === 'scxml')) {
    state.initial ??= addInitialTransition(draft, { source: state.index, at: state.at, first });
  }
}

/** The `initial` attribute of <state> and <scxml>. */
export function addInitialAttribute(draft: Draft, state: DraftState): void {
  const targetIds = splitNames(draft.filledAttribute(state.element, 'initial'));
  if (targetIds.length === 0) return;
  const at = attributeLocation(state.element, 'initial');
  state.initial = addInitialTransition(draft, { source: state.index, at, targetIds });
}

/** <initial>: W3C 3.6, one transition and no other. */
export function buildInitial(draft: Draft, state: DraftState, element: XmlElement): void {
  draft.checkAttributes(element);
  draft.warnText(element);
  if (state.initial !== undefined) {
    const other = attributeValue(state.element, 'initial') === undefined ? 'another <initial>' : "'initial'";
    const message = `Expected one initial transition of <${state.element.local}>, got <initial> beside ${other}.`;
    draft.report('ATTRIBUTE_CONFLICT', locationOf(element), message);
    return;
  }
  const options = { source: state.index, scope: state.index, role: 'initial' as const };
  for (const child of element.children) {
    if (child.kind === 'text') continue;
    if (!draft.isScxml(child) || child.local !== 'transition') draft.refuseChild(element, child);
    else if (state.initial !== undefined) repeated(draft, element, child);
    else state.initial = buildDefaultTransition(draft, child, options);
  }
  if (state.initial !== undefined) return;
  draft.reportMissing(
    'ATTRIBUTE_MISSING',
    locationOf(element),
    'Expected a <transition> in <initial>, got none.',
  );
}

function buildPart(draft: Draft, state: DraftState, element: XmlElement): void {
  const { index } = state;
  switch (element.local) {
    case 'transition':
      if (state.kind === 'history') buildHistoryTransition(draft, state, element);
      else state.transitions.push(buildTransition(draft, element, index));
      return;
    case 'onentry':
    case 'onexit':
      draft.checkAttributes(element);
      state[element.local].push(buildBlock(draft, element, index));
      return;
    case 'invoke':
      state.invokes.push(buildInvoke(draft, element, index));
      return;
    case 'datamodel':
      pushAll(state.data, buildDatamodel(draft, element, index));
      return;
    case 'initial':
      buildInitial(draft, state, element);
      return;
    default:
      if (state.donedata) repeated(draft, state.element, element);
      else state.donedata = buildDoneData(draft, element, index);
  }
}

function buildHistoryTransition(draft: Draft, state: DraftState, element: XmlElement): void {
  if (state.transitions.length > 0) {
    repeated(draft, state.element, element);
    return;
  }
  // A history state has no scope of its own: its content runs in the state around it.
  const options = { source: state.index, scope: state.parent, role: 'history' as const };
  state.transitions.push(buildDefaultTransition(draft, element, options));
}

/** W3C 5.5: <param>s or one <content>. */
function buildDoneData(draft: Draft, element: XmlElement, state: number): DoneData {
  draft.checkAttributes(element);
  draft.warnText(element);
  const params: Param[] = [];
  let content: Content | undefined;
  for (const child of element.children) {
    if (child.kind === 'text') continue;
    const name = draft.isScxml(child) ? child.local : '';
    if (name === 'param') params.push(buildParam(draft, child, state));
    else if (name !== 'content') draft.refuseChild(element, child);
    else if (content) repeated(draft, element, child);
    else content = buildContent(draft, child, { state });
  }
  if (content && params.length > 0) {
    const message = 'Expected either <content> or <param> in <donedata>, got both.';
    draft.report('ATTRIBUTE_CONFLICT', locationOf(element), message);
  }
  return { params, ...defined({ content }), at: locationOf(element) };
}

function readId(draft: Draft, element: XmlElement): string | undefined {
  const id = element.local === 'scxml' ? undefined : attributeValue(element, 'id');
  if (id === undefined || /^[^\s#][^\s]*$/.test(id)) return id;
  const message = `Expected an id without whitespace that does not begin with '#', got '${id}'.`;
  draft.report('ID_INVALID', attributeLocation(element, 'id'), message);
  return undefined;
}

function registerId(draft: Draft, state: DraftState): void {
  const first = draft.stateById.get(state.id);
  if (first === undefined) {
    draft.stateById.set(state.id, state.index);
    return;
  }
  const at = attributeLocation(state.element, 'id');
  const other = placeText(attributeLocation(draft.states[first]!.element, 'id'), at);
  const message = `Expected one state '${state.id}', got another; the first is at ${other}.`;
  draft.report('ID_DUPLICATE', at, message);
}

function readHistoryType(draft: Draft, element: XmlElement): 'shallow' | 'deep' {
  const type = attributeValue(element, 'type') ?? 'shallow';
  if (type === 'shallow' || type === 'deep') return type;
  const message = `Expected type to be 'shallow' or 'deep', got '${type}'.${didYouMean(type, ['shallow', 'deep'])}`;
  draft.report('ATTRIBUTE_VALUE', attributeLocation(element, 'type'), message);
  return 'shallow';
}

function checkHistory(draft: Draft, state: DraftState): void {
  if (state.transitions.length > 0) return;
  const message = 'Expected a default <transition> in <history>, got none.';
  draft.reportMissing('ATTRIBUTE_MISSING', state.at, message);
}

function checkAtomic(draft: Draft, state: DraftState): void {
  if (state.initial !== undefined) {
    const transition = draft.transitions[state.initial]!;
    const { at } = transition;
    transition.targetIds = [];
    draft.reportMissing(
      'INITIAL_ON_ATOMIC',
      at,
      `Expected no initial transition of ${stateName(state)}, which holds no states.`,
    );
    delete state.initial;
  }
  for (const child of state.children) {
    const { at } = draft.states[child]!;
    const message = `Expected <history> beside other states, got it alone in ${stateName(state)}.`;
    draft.reportMissing('HISTORY_MISPLACED', at, message);
  }
}

function repeated(draft: Draft, parent: XmlElement, element: XmlElement): void {
  const message = `Expected one <${element.local}> in <${parent.local}>, got another.`;
  draft.report('ELEMENT_REPEATED', locationOf(element), message);
}

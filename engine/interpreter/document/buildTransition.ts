import { didYouMean } from '../../ports/index.ts';
import { buildBlock } from './buildActions.ts';
import { splitNames } from './buildParams.ts';
import type { Draft, DraftTransition } from './draft.ts';
import type { EventDescriptor, SourceLocation } from './model.ts';
import type { XmlElement } from './xmlTree.ts';
import { attributeLocation, attributeValue, locationOf } from './xmlTree.ts';

/** A transition of a state: W3C 3.5. Returns its number. */
export function buildTransition(draft: Draft, element: XmlElement, source: number): number {
  draft.checkAttributes(element);
  const events = parseDescriptors(draft.filledAttribute(element, 'event'));
  const cond = draft.filledExpression('condition', element, { name: 'cond', state: source });
  const targetIds = splitNames(draft.filledAttribute(element, 'target'));
  if (events.length === 0 && !cond && targetIds.length === 0) {
    const message =
      "Expected 'event', 'cond' or 'target' on <transition>, got none: it would be taken for ever.";
    draft.report('TRANSITION_EMPTY', locationOf(element), message);
  }
  const transition = addTransition(draft, { element, source, role: 'normal' });
  if (events.length > 0) transition.events = events;
  if (cond) transition.cond = cond;
  transition.type = readType(draft, element);
  transition.targetIds = targetIds;
  transition.content = buildBlock(draft, element, source);
  return transition.index;
}

/**
 * The transition of <initial> (W3C 3.6) or the default of <history> (3.10): it has targets and content, but
 * neither event nor condition. `scope` is the state whose variables its content sees.
 */
export function buildDefaultTransition(
  draft: Draft,
  element: XmlElement,
  { source, scope, role }: { source: number; scope: number; role: 'initial' | 'history' },
): number {
  draft.checkAttributes(element);
  for (const name of ['event', 'cond']) {
    if (attributeValue(element, name) === undefined) continue;
    const message = `Expected no '${name}' on the transition of <${role}>, got one.`;
    draft.report('ATTRIBUTE_CONFLICT', attributeLocation(element, name), message);
  }
  const targetIds = splitNames(attributeValue(element, 'target'));
  if (targetIds.length === 0) {
    const message = `Expected a target of the transition of <${role}>, got none.`;
    draft.report('ATTRIBUTE_MISSING', locationOf(element), message);
  }
  const transition = addTransition(draft, { element, source, role });
  transition.targetIds = targetIds;
  transition.content = buildBlock(draft, element, scope);
  return transition.index;
}

/** The transition of an `initial` attribute, or the default one into the child `first`. */
export function addInitialTransition(
  draft: Draft,
  options: { source: number; at: SourceLocation; targetIds?: readonly string[]; first?: number },
): number {
  const { source, at, targetIds = [], first } = options;
  const index = draft.transitions.length;
  draft.transitions.push({
    index,
    source,
    role: 'initial',
    type: 'external',
    targetIds,
    targetsAt: at,
    targets: first === undefined ? [] : [first],
    content: [],
    at,
  });
  return index;
}

/** Takes the next number before the content is built, so that numbers are in document order. */
function addTransition(
  draft: Draft,
  { element, source, role }: { element: XmlElement; source: number; role: DraftTransition['role'] },
): DraftTransition {
  const transition: DraftTransition = {
    index: draft.transitions.length,
    source,
    role,
    type: 'external',
    targetIds: [],
    targetsAt: attributeLocation(element, 'target'),
    targets: [],
    content: [],
    at: locationOf(element),
  };
  draft.transitions.push(transition);
  return transition;
}

function readType(draft: Draft, element: XmlElement): 'internal' | 'external' {
  const type = attributeValue(element, 'type') ?? 'external';
  if (type === 'internal' || type === 'external') return type;
  const message = `Expected type to be 'internal' or 'external', got '${type}'.${didYouMean(type, ['internal', 'external'])}`;
  draft.report('ATTRIBUTE_VALUE', attributeLocation(element, 'type'), message);
  return 'external';
}

/** W3C 3.12.1: `a.b`, `a.b.*` and `a.b.` are the same descriptor. */
function parseDescriptors(text: string | undefined): EventDescriptor[] {
  return splitNames(text).map((descriptor) => {
    const name = descriptor.replace(/\.\*?$/, '');
    if (name === '*') return { segments: [], wildcard: true };
    return { segments: name.split('.'), wildcard: false };
  });
}

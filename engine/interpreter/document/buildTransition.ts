import { buildBlock } from './buildActions.ts';
import type { BuildContext } from './buildContext.ts';
import { splitNames } from './buildParams.ts';
import type { DraftTransition } from './drafts.ts';
import type { EventDescriptor, SourceLocation } from './model.ts';
import type { XmlElement } from './xmlTree.ts';
import { attributeLocation, attributeValue, locationOf } from './xmlTree.ts';

/** A transition of a state: W3C 3.5. Returns its number. */
export function buildTransition(context: BuildContext, element: XmlElement, source: number): number {
  context.checkAttributes(element);
  const events = parseDescriptors(context.filledAttribute(element, 'event'));
  const hasCond = context.filledAttribute(element, 'cond') !== undefined;
  const cond = hasCond
    ? context.attributeExpression('condition', element, { name: 'cond', state: source })
    : undefined;
  const targetIds = splitNames(context.filledAttribute(element, 'target'));
  if (events.length === 0 && !cond && targetIds.length === 0) {
    const message =
      "Expected 'event', 'cond' or 'target' on <transition>, got none: it would be taken for ever.";
    context.report('TRANSITION_EMPTY', locationOf(element), message);
  }
  const transition = addTransition(context, { element, source, role: 'normal' });
  if (events.length > 0) transition.events = events;
  if (cond) transition.cond = cond;
  transition.type = readType(context, element);
  transition.targetIds = targetIds;
  transition.content = buildBlock(context, element, source);
  return transition.index;
}

/**
 * The transition of <initial> (W3C 3.6) or the default of <history> (3.10): it has targets and content, but
 * neither event nor condition. `scope` is the state whose variables its content sees.
 */
export function buildDefaultTransition(
  context: BuildContext,
  element: XmlElement,
  { source, scope, role }: { source: number; scope: number; role: 'initial' | 'history' },
): number {
  context.checkAttributes(element);
  for (const name of ['event', 'cond']) {
    if (attributeValue(element, name) === undefined) continue;
    const message = `Expected no '${name}' on the transition of <${role}>, got one.`;
    context.report('ATTRIBUTE_CONFLICT', attributeLocation(element, name), message);
  }
  const targetIds = splitNames(attributeValue(element, 'target'));
  if (targetIds.length === 0) {
    const message = `Expected a target of the transition of <${role}>, got none.`;
    context.report('ATTRIBUTE_MISSING', locationOf(element), message);
  }
  const transition = addTransition(context, { element, source, role });
  transition.targetIds = targetIds;
  transition.content = buildBlock(context, element, scope);
  return transition.index;
}

/** The transition that an `initial` attribute stands for, or the default one into `first`. */
export function addInitialTransition(
  context: BuildContext,
  options: { source: number; at: SourceLocation; targetIds?: readonly string[]; first?: number },
): number {
  const { source, at, targetIds = [], first } = options;
  const index = context.transitions.length;
  context.transitions.push({
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

/** Takes the next number before the content is built: numbers follow document order. */
function addTransition(
  context: BuildContext,
  { element, source, role }: { element: XmlElement; source: number; role: DraftTransition['role'] },
): DraftTransition {
  const transition: DraftTransition = {
    index: context.transitions.length,
    source,
    role,
    type: 'external',
    targetIds: [],
    targetsAt: attributeLocation(element, 'target'),
    targets: [],
    content: [],
    at: locationOf(element),
  };
  context.transitions.push(transition);
  return transition;
}

function readType(context: BuildContext, element: XmlElement): 'internal' | 'external' {
  const type = attributeValue(element, 'type') ?? 'external';
  if (type === 'internal' || type === 'external') return type;
  const message = `Expected type to be 'internal' or 'external', got '${type}'.`;
  context.report('ATTRIBUTE_VALUE', attributeLocation(element, 'type'), message);
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

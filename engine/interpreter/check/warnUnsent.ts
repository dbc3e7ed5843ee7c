import type { BuildContext } from '../document/buildContext.ts';
import type { DraftState } from '../document/drafts.ts';
import type { Action } from '../document/model.ts';
import { actionsIn } from './actions.ts';
import type { DocumentCode } from './documentCode.ts';
import { descriptorsOf } from './dottedNames.ts';
import { meantEvents } from './meantEvents.ts';
import { type SentEvents, sentEvents } from './sentEvents.ts';

/** Modules whose events answer elements of the document; those of interactions come by themselves. */
const ANSWERING_MODULES = new Set(['session', 'queue', 'dialog', 'classification']);

/**
 * Warns of events that a transition waits for and nothing sends, once a name. What comes from outside of a
 * session cannot be known, so a name of the document's own needs evidence (meantEvents.ts), and is none of a
 * request, which a transition answers with <ws:response>. Names of the platform are held to what the platform
 * will send: done.state of a state that can be done, results of elements that the document has.
 */
export function warnUnsent(context: BuildContext, code: DocumentCode): void {
  const sent = sentEvents(context, code);
  const isMeant = context.invokes.length === 0 ? meantEvents(context, sent) : () => false;
  const seen = requestNames(context);
  const facts: Facts = {
    context,
    sent,
    isMeant,
    doneStates: once(() => doneStatesOf(context)),
    invokeNames: once(() => invokeNamesOf(context)),
  };
  for (const { events, at } of context.transitions) {
    for (const { segments, wildcard } of events ?? []) {
      const name = segments.join('.');
      if (wildcard || seen.has(name)) continue;
      seen.add(name);
      const expected = missingSender(segments, facts);
      if (expected === undefined) continue;
      context.report('EVENT_UNSENT', at, `Expected ${expected} to send '${name}', got nothing that does.`);
    }
  }
}

interface Facts {
  readonly context: BuildContext;
  readonly sent: SentEvents;
  /** True of a name that the document itself seems to send, but does not. */
  readonly isMeant: (name: string) => boolean;
  readonly doneStates: () => ReadonlySet<string>;
  readonly invokeNames: () => readonly ((name: string) => boolean)[];
}

/** What would have to be there; undefined when the event can come. */
function missingSender(segments: readonly string[], facts: Facts): string | undefined {
  const { context, sent, isMeant } = facts;
  const [first = '', second] = segments;
  if (isSent(segments.join('.'), sent)) return undefined;
  if (first === 'done') return missingDone(segments, facts);
  const isOrs = context.dialect === 'ors';
  if (isOrs && ANSWERING_MODULES.has(first)) return missingElement(segments, sent);
  if (first === 'error') {
    const isAnswer = isOrs && second !== undefined && ANSWERING_MODULES.has(second);
    return isAnswer ? missingElement(segments.slice(1), sent) : undefined;
  }
  if (isOrs && (first === 'interaction' || first === 'cancel')) return undefined;
  // W3C C.2: events of the basic HTTP processor.
  if (first === 'HTTP') return undefined;
  return isMeant(segments.join('.')) ? 'a <send> or <raise>' : undefined;
}

function isSent(name: string, { descriptors, prefixes }: SentEvents): boolean {
  if (descriptors.has(name)) return true;
  return prefixes.some(
    (prefix) => prefix !== '' && (name.startsWith(prefix) || prefix.startsWith(`${name}.`)),
  );
}

/** `queue.submit.done` needs a <queue:submit>; `queue` alone needs any element of the module. */
function missingElement(segments: readonly string[], { elements }: SentEvents): string | undefined {
  const [module = '', element] = segments;
  if (element === undefined) {
    const isThere = [...elements].some((name) => name.startsWith(`${module}.`));
    return isThere ? undefined : `an element of the module '${module}'`;
  }
  return elements.has(`${module}.${element}`) ? undefined : `a <${module}:${element}>`;
}

function missingDone(
  segments: readonly string[],
  { context, doneStates, invokeNames }: Facts,
): string | undefined {
  const [, kind, ...rest] = segments;
  const name = rest.join('.');
  if (kind === 'state') {
    return name === '' || doneStates().has(name) ? undefined : 'a state with a final state in it';
  }
  if (kind !== 'invoke') return undefined;
  const isThere = name === '' ? context.invokes.length > 0 : invokeNames().some((names) => names(name));
  return isThere ? undefined : 'an <invoke>';
}

/** Whether a name is one of an <invoke> that has an id, or may be a generated one: the state's id with more after it. */
function invokeNamesOf({ invokes, states }: BuildContext): readonly ((name: string) => boolean)[] {
  const ids = descriptorsOf(invokes.map(({ id, state }) => id ?? states[state]!.id));
  const generated = new Set(
    invokes.filter(({ id }) => id === undefined).map(({ state }) => states[state]!.id),
  );
  return [
    (name) => ids.has(name),
    (name) => [...descriptorsOf([name])].some((descriptor) => generated.has(descriptor)),
  ];
}

/** Descriptors of the states for which done.state can come. */
function doneStatesOf(context: BuildContext): ReadonlySet<string> {
  return descriptorsOf(context.states.filter((state) => canBeDone(context, state)).map(({ id }) => id));
}

/** W3C D, isInFinalState: a compound state with a final child, a parallel of such regions. */
function canBeDone(context: BuildContext, state: DraftState): boolean {
  const children = state.children.map((child) => context.states[child]!);
  if (state.kind === 'compound') return children.some(({ kind }) => kind === 'final');
  if (state.kind !== 'parallel') return false;
  const regions = children.filter(({ kind }) => kind !== 'history');
  return regions.length > 0 && regions.every((region) => canBeDone(context, region));
}

/** Events that some transition answers: they are requests from outside. */
function requestNames(context: BuildContext): Set<string> {
  const names = new Set<string>();
  for (const { events, content } of context.transitions) {
    if (!events || !answersRequest(content)) continue;
    for (const { segments } of events) names.add(segments.join('.'));
  }
  return names;
}

function answersRequest(content: readonly Action[]): boolean {
  for (const action of actionsIn(content)) {
    if (action.kind === 'extension' && action.module === 'ws') return true;
  }
  return false;
}

function once<T extends object>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

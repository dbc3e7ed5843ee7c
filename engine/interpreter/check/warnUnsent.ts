import { closestName } from '../../ports/index.ts';
import type { Draft, DraftState } from '../document/draft.ts';
import type { Action } from '../document/model.ts';
import { actionsIn } from './actions.ts';
import { descriptorsOf } from './dottedNames.ts';
import type { DraftCode } from './draftCode.ts';
import { meantEvents } from './meantEvents.ts';
import { type SentEvents, sentEvents } from './sentEvents.ts';

/** Modules whose events answer elements of the document. Events of interactions come from outside. */
const ANSWERING_MODULES = new Set(['session', 'queue', 'dialog', 'classification']);

/**
 * Warns of events that a transition waits for and nothing sends, once for each name. Clients may send any
 * event, so a name of the document's own needs evidence (meantEvents.ts), and must not be that of a request,
 * which a transition answers with <ws:response>. Names of the platform are checked against the document:
 * done.state needs a state that can be done, a result needs its element.
 */
export function warnUnsent(
  draft: Draft,
  code: DraftCode,
  { isInvoked }: { readonly isInvoked: boolean },
): void {
  const sent = sentEvents(draft, code);
  // Other documents of the same file may send the event.
  const isAlone = draft.invokes.length === 0 && !isInvoked;
  const isMeant = isAlone ? meantEvents(draft, sent) : () => false;
  const seen = requestNames(draft);
  const facts: Facts = {
    draft,
    sent,
    isMeant,
    doneStates: once(() => doneStatesOf(draft)),
    invokeNames: once(() => invokeNamesOf(draft)),
  };
  for (const { events, at } of draft.transitions) {
    for (const { segments, wildcard } of events ?? []) {
      const name = segments.join('.');
      if (wildcard || seen.has(name)) continue;
      seen.add(name);
      const impossible = isSent(name, sent) ? undefined : whyImpossible(segments, draft);
      if (impossible !== undefined) {
        draft.report(
          'EVENT_IMPOSSIBLE',
          at,
          `Expected the descriptor of an event that can come, got '${name}'${impossible}`,
        );
        continue;
      }
      const expected = missingSender(segments, facts);
      if (expected === undefined) continue;
      draft.report('EVENT_UNSENT', at, `Expected ${expected} to send '${name}', got nothing that does.`);
    }
  }
}

const PLATFORM_EVENTS = ['error', 'done'];
const ERRORS = ['execution', 'communication', 'platform'];
const DONE = ['state', 'invoke'];

/** The end of a message about a descriptor that nothing matches; undefined when something may. */
function whyImpossible(segments: readonly string[], { dialect }: Draft): string | undefined {
  const [first = '', ...rest] = segments;
  if (segments.some((segment) => /[,;]/.test(segment))) return ': descriptors have spaces between them.';
  if (segments.some((segment) => segment.includes('*'))) {
    return ": '*' matches only alone, as the last part.";
  }
  const meant = PLATFORM_EVENTS.includes(first) ? first : closestName(first, PLATFORM_EVENTS);
  // `errors` is a name of its own.
  if (meant === undefined || first === `${meant}s`) return undefined;
  const [second, ...others] = rest;
  if (second === undefined) return meant === first ? undefined : `. Did you mean '${meant}'?`;
  const known = meant === 'done' ? DONE : ERRORS;
  const kind =
    known.includes(second) || (meant === 'error' && dialect === 'ors') ? second : closestName(second, known);
  if (meant === first && (kind === undefined || kind === second)) return undefined;
  return `. Did you mean '${[meant, kind ?? second, ...others].join('.')}'?`;
}

interface Facts {
  readonly draft: Draft;
  readonly sent: SentEvents;
  /** True for a name that the document seems to mean to send, but does not. */
  readonly isMeant: (name: string) => boolean;
  readonly doneStates: () => ReadonlySet<string>;
  readonly invokeNames: () => readonly ((name: string) => boolean)[];
}

/** The sender that is missing; undefined when the event can come. */
function missingSender(segments: readonly string[], facts: Facts): string | undefined {
  const { draft, sent, isMeant } = facts;
  const [first = '', second] = segments;
  if (isSent(segments.join('.'), sent)) return undefined;
  if (first === 'done') return missingDone(segments, facts);
  const isOrs = draft.dialect === 'ors';
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

/** `queue.submit.done` needs a <queue:submit>; `queue` needs any element of the module. */
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
  { draft, doneStates, invokeNames }: Facts,
): string | undefined {
  const [, kind, ...rest] = segments;
  const name = rest.join('.');
  if (kind === 'state') {
    return name === '' || doneStates().has(name) ? undefined : 'a state with a final state in it';
  }
  if (kind !== 'invoke') return undefined;
  const isThere = name === '' ? draft.invokes.length > 0 : invokeNames().some((names) => names(name));
  return isThere ? undefined : 'an <invoke>';
}

/** Tests for the ids of <invoke>: written ids, and generated ids, which begin with the state's id. */
function invokeNamesOf({ invokes, states }: Draft): readonly ((name: string) => boolean)[] {
  const ids = descriptorsOf(invokes.map(({ id, state }) => id ?? states[state]!.id));
  const generated = new Set(
    invokes.filter(({ id }) => id === undefined).map(({ state }) => states[state]!.id),
  );
  return [
    (name) => ids.has(name),
    (name) => [...descriptorsOf([name])].some((descriptor) => generated.has(descriptor)),
  ];
}

/** Descriptors of the states that can be done. */
function doneStatesOf(draft: Draft): ReadonlySet<string> {
  return descriptorsOf(draft.states.filter((state) => canBeDone(draft, state)).map(({ id }) => id));
}

/** W3C D, isInFinalState: a compound state with a final child, a parallel of such regions. */
function canBeDone(draft: Draft, state: DraftState): boolean {
  const children = state.children.map((child) => draft.states[child]!);
  if (state.kind === 'compound') return children.some(({ kind }) => kind === 'final');
  if (state.kind !== 'parallel') return false;
  const regions = children.filter(({ kind }) => kind !== 'history');
  return regions.length > 0 && regions.every((region) => canBeDone(draft, region));
}

/** Events that a transition answers: they are requests from clients. */
function requestNames(draft: Draft): Set<string> {
  const names = new Set<string>();
  for (const { events, content } of draft.transitions) {
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

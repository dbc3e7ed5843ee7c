import type { BuildContext } from '../buildContext.ts';
import type { DraftState } from '../drafts.ts';
import type { Action } from '../model.ts';
import { actionsIn } from './actions.ts';
import type { DocumentCode } from './documentCode.ts';
import { sentEvents, type SentEvents } from './sentEvents.ts';

/** Modules whose events answer elements of the document; those of interactions come by themselves. */
const ANSWERING_MODULES = new Set(['session', 'queue', 'dialog', 'classification']);

/**
 * Warns of events that a transition waits for and nothing sends, once a name. What comes from outside of a
 * session cannot be known, so a name of the document's own is suspect only where the document talks to itself
 * (it sends or raises other events, all of known names, and invokes nothing), and is no name
 * of a request, which a transition answers with <ws:response>. Names of the platform are held to what the platform will send:
 * done.state of a state that can be done, results of elements that the document has.
 */
export function warnUnsent(context: BuildContext, code: DocumentCode): void {
  const sent = sentEvents(context, code);
  const judgesOwn = talksToItself(context, sent);
  const seen = requestNames(context);
  for (const { events, at } of context.transitions) {
    for (const { segments, wildcard } of events ?? []) {
      const name = segments.join('.');
      if (wildcard || seen.has(name)) continue;
      seen.add(name);
      const expected = missingSender(segments, { context, sent, judgesOwn });
      if (expected === undefined) continue;
      context.report('EVENT_UNSENT', at, `Expected ${expected} to send '${name}', got nothing that does.`);
    }
  }
}

interface Facts {
  readonly context: BuildContext;
  readonly sent: SentEvents;
  readonly judgesOwn: boolean;
}

/** What would have to be there; undefined when the event can come. */
function missingSender(segments: readonly string[], facts: Facts): string | undefined {
  const { context, sent, judgesOwn } = facts;
  const [first = '', second] = segments;
  if (isSent(segments.join('.'), sent)) return undefined;
  if (first === 'done') return missingDone(segments, context);
  const isOrs = context.dialect === 'ors';
  if (isOrs && ANSWERING_MODULES.has(first)) return missingElement(segments, sent);
  if (first === 'error') {
    const isAnswer = isOrs && second !== undefined && ANSWERING_MODULES.has(second);
    return isAnswer ? missingElement(segments.slice(1), sent) : undefined;
  }
  if (isOrs && (first === 'interaction' || first === 'cancel')) return undefined;
  // W3C C.2: events of the basic HTTP processor.
  if (first === 'HTTP') return undefined;
  return judgesOwn ? 'a <send> or <raise>' : undefined;
}

function talksToItself({ invokes }: BuildContext, { names, prefixes }: SentEvents): boolean {
  return invokes.length === 0 && names.size > 0 && prefixes.every((prefix) => prefix !== '');
}

function isSent(name: string, { names, prefixes }: SentEvents): boolean {
  if (
    prefixes.some((prefix) => prefix !== '' && (name.startsWith(prefix) || prefix.startsWith(`${name}.`)))
  ) {
    return true;
  }
  for (const sent of names) if (sent === name || sent.startsWith(`${name}.`)) return true;
  return false;
}

/** `queue.submit.done` needs a <queue:submit>; `queue` alone needs any element of the module. */
function missingElement(segments: readonly string[], { elements }: SentEvents): string | undefined {
  const [module = '', element] = segments;
  // A session tells of requests and of its own end too.
  if (element === undefined) {
    const isThere = [...elements].some((name) => name.startsWith(`${module}.`));
    return isThere ? undefined : `an element of the module '${module}'`;
  }
  return elements.has(`${module}.${element}`) ? undefined : `a <${module}:${element}>`;
}

function missingDone(segments: readonly string[], context: BuildContext): string | undefined {
  const [, kind, ...rest] = segments;
  if (kind === 'state' && rest.length > 0) {
    const ids = context.states.filter((state) => canBeDone(context, state)).map(({ id }) => id);
    return startsAny(rest, ids) ? undefined : 'a state with a final state in it';
  }
  if (kind === 'invoke') {
    const ids = context.invokes.map(({ id, state }) => id ?? context.states[state]!.id);
    // A generated id is that of the state with more after it.
    const isThere = rest.length === 0 ? ids.length > 0 : startsAny(rest, ids) || extendsAny(rest, context);
    return isThere ? undefined : 'an <invoke>';
  }
  return undefined;
}

function startsAny(segments: readonly string[], ids: readonly string[]): boolean {
  const name = segments.join('.');
  return ids.some((id) => id === name || id.startsWith(`${name}.`));
}

function extendsAny(segments: readonly string[], { invokes, states }: BuildContext): boolean {
  const name = segments.join('.');
  return invokes.some(({ id, state }) => id === undefined && name.startsWith(`${states[state]!.id}.`));
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

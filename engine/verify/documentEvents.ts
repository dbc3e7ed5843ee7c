import type { Action, Attribute, Block, Document } from '../interpreter/index.ts';

/** The names of events that a document waits for, and those that it sends to itself. */
export interface DocumentEvents {
  readonly accepted: ReadonlySet<string>;
  readonly sent: ReadonlySet<string>;
  /** Elements of Genesys modules, as 'queue.submit'. */
  readonly elements: ReadonlySet<string>;
}

export function eventsOf(document: Document): DocumentEvents {
  const accepted = new Set<string>();
  const sent = new Set<string>();
  const elements = new Set<string>();
  for (const { events } of document.transitions) {
    for (const { segments, wildcard } of events ?? []) if (!wildcard) accepted.add(segments.join('.'));
  }
  for (const action of actionsOf(document)) {
    if (action.kind === 'raise') sent.add(action.event);
    if (action.kind === 'send') for (const name of literalOf(action.event)) sent.add(name);
    if (action.kind === 'extension') elements.add(`${action.module}.${action.element.name}`);
  }
  return { accepted, sent, elements };
}

/** Names that the document reads as members of other values than its own data: of bodies and event data. */
export function readMembers({ expressions, data }: Document): ReadonlySet<string> {
  const own = new Set(data.map(({ id }) => id));
  const found = new Set<string>();
  for (const { source } of expressions) {
    for (const [, name] of source.matchAll(/\.\s*([A-Za-z_]\w*)\b(?!\s*\()/g)) {
      if (!own.has(name!) && !BUILT_IN.has(name!)) found.add(name!);
    }
  }
  return found;
}

const BUILT_IN = new Set([
  'data',
  'name',
  'sendid',
  'type',
  'origin',
  'origintype',
  'invokeid',
  'requestid',
  'content',
  'length',
  'prototype',
]);

function* actionsOf(document: Document): Generator<Action> {
  for (const { onentry, onexit } of document.states) {
    for (const block of [...onentry, ...onexit]) yield* actionsIn(block);
  }
  for (const { content } of document.transitions) yield* actionsIn(content);
  for (const { finalize } of document.invokes) yield* actionsIn(finalize);
}

function* actionsIn(block: Block): Generator<Action> {
  for (const action of block) {
    yield action;
    if (action.kind === 'if') for (const { content } of action.branches) yield* actionsIn(content);
    if (action.kind === 'foreach') yield* actionsIn(action.content);
  }
}

/** The name, if it is written in the document. */
function literalOf(event: Attribute | undefined): readonly string[] {
  if (event === undefined) return [];
  if ('literal' in event) return [event.literal];
  const found = /^\s*(['"])([^'"\\]*)\1\s*$/.exec(event.expr.source);
  return found ? [found[2]!] : [];
}

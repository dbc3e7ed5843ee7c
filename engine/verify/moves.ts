import type { UntypedEvent } from '../interpreter/index.ts';
import { errorEvent, type FetchReply, fetchEvent, resultEvent } from '../interpreter/stepper/index.ts';
import { assertNever, defined, type Json } from '../ports/index.ts';
import type { Model } from './model.ts';
import { type ChatPlace, nameOf, type OpenRequest, type Outside } from './outside.ts';
import type { EventRow, Fields } from './surroundings.ts';

/** One thing that the surroundings do. */
export type Move =
  | { readonly kind: 'reply'; readonly request: number; readonly reply: FetchReply; readonly good: boolean }
  | { readonly kind: 'done'; readonly request: number; readonly fields: Fields }
  | { readonly kind: 'error'; readonly request: number; readonly fields: Fields }
  /** The first timer that is due fires. */
  | { readonly kind: 'timer'; readonly key: string }
  | { readonly kind: 'event'; readonly row: number; readonly data: Json }
  /** `view`: number of the view of the document, if the interaction comes. */
  | { readonly kind: 'chat'; readonly chat: number; readonly does: ChatMove; readonly view: number }
  | { readonly kind: 'terminate' };

export type ChatMove = 'comes' | 'customer leaves' | 'agent leaves';

const NO_VIEW: Fields = {};
const NOT_FOUND: FetchReply = { status: 404 };
const UNAVAILABLE: FetchReply = { status: 503 };
/** Neither JSON nor XML. */
const MALFORMED: FetchReply = { status: 200, body: '<{' };

/** The moves of a state, in a fixed order. `dueFirst`: the timers that may be the first that is due. */
export function movesOf(
  model: Model,
  { outside, dueFirst }: { readonly outside: Outside; readonly dueFirst: readonly string[] },
  accepts: (event: string) => boolean,
): readonly Move[] {
  const moves: Move[] = [];
  outside.open.forEach((open, request) => {
    moves.push(...answersOf(model, open, request));
  });
  for (const key of dueFirst) moves.push({ kind: 'timer', key });
  model.surroundings.events.forEach((row, index) => {
    if (outside.used[index]! >= row.times || !accepts(row.event)) return;
    for (const data of row.data) moves.push({ kind: 'event', row: index, data });
  });
  outside.chats.forEach((place, chat) => {
    for (const does of chatMoves(place)) {
      const views = does === 'comes' ? model.viewsOf(chat) : [NO_VIEW];
      for (const view of views.keys()) moves.push({ kind: 'chat', chat, does, view });
    }
  });
  if (model.surroundings.terminate) moves.push({ kind: 'terminate' });
  return moves;
}

function answersOf(model: Model, { effect }: OpenRequest, request: number): readonly Move[] {
  if (nameOf(effect) === 'session.fetch') {
    const good = model.bodiesFor(effect).map((json): FetchReply => ({ json }));
    return [
      ...good.map((reply): Move => ({ kind: 'reply', request, reply, good: true })),
      ...[NOT_FOUND, UNAVAILABLE, MALFORMED, 'timeout' as const].map(
        (reply): Move => ({ kind: 'reply', request, reply, good: false }),
      ),
    ];
  }
  const { done, error } = model.resultsFor(effect);
  return [
    ...done.map((fields): Move => ({ kind: 'done', request, fields })),
    ...error.map((fields): Move => ({ kind: 'error', request, fields })),
  ];
}

function chatMoves(place: ChatPlace): readonly ChatMove[] {
  switch (place) {
    case 'absent':
      return ['comes'];
    case 'here':
    case 'offered':
      return ['customer leaves'];
    case 'agent':
      return ['customer leaves', 'agent leaves'];
    case 'leaving':
    case 'gone':
      return [];
    default:
      return assertNever(place);
  }
}

/** The events of a move with their sessions, and the surroundings after it. */
export interface Sent {
  readonly events: readonly (readonly [session: string, event: UntypedEvent])[];
  readonly outside: Outside;
}

export function sentBy(model: Model, outside: Outside, move: Move, rootId: string): Sent {
  switch (move.kind) {
    case 'reply':
    case 'done':
    case 'error':
      return answered(model, outside, move);
    case 'event':
      return asked(model.surroundings.events[move.row]!, outside, move, rootId);
    case 'chat':
      return moved(model, outside, move, rootId);
    case 'timer':
    case 'terminate':
      return { events: [], outside };
    default:
      return assertNever(move);
  }
}

function answered(model: Model, outside: Outside, move: Extract<Move, { readonly request: number }>): Sent {
  const { effect, session } = outside.open[move.request]!;
  const isGood = move.kind === 'done' || (move.kind === 'reply' && move.good);
  const after: Outside = {
    ...outside,
    open: outside.open.toSpliced(move.request, 1),
    held: model.heldAfterAnswer(outside.held, effect, isGood),
  };
  if (move.kind === 'reply') return { events: [[session, fetchEvent(effect, move.reply)]], outside: after };
  const id = effect.attributes.interactionid;
  const fields = { ...(typeof id === 'string' ? { interactionid: id } : {}), ...move.fields };
  const chat = model.chatIds.indexOf(String(id));
  if (move.kind === 'error') {
    const event = errorEvent(effect, fields);
    return { events: [[session, event]], outside: withChat(after, chat, chatAfterError(effect.action)) };
  }
  const gone = goneBy(effect.action);
  const before = gone === undefined ? [] : leaves(String(id), gone);
  const events = [...before, resultEvent(effect, fields)].map((event) => [session, event] as const);
  return { events, outside: withChat(after, chat, gone === undefined ? chatAfterDone(effect) : 'gone') };
}

/** The interaction leaves the session when the element is performed; the cause in its event. */
function goneBy(action: string): 'deletion' | 'association' | undefined {
  if (action === 'terminate') return 'deletion';
  return action === 'associate' ? 'association' : undefined;
}

function chatAfterDone({ module, action }: { module: string; action: string }): ChatPlace | undefined {
  return ['interaction.redirect', 'queue.submit'].includes(`${module}.${action}`) ? 'agent' : undefined;
}

/** Whoever cannot end an interaction does not have it. */
function chatAfterError(action: string): ChatPlace | undefined {
  if (action === 'terminate') return 'gone';
  return ['redirect', 'submit', 'associate'].includes(action) ? 'here' : undefined;
}

function withChat(outside: Outside, chat: number, place: ChatPlace | undefined): Outside {
  const known = outside.chats[chat];
  if (place === undefined || known === undefined || known === 'gone') return outside;
  return { ...outside, chats: outside.chats.with(chat, place) };
}

function asked(
  row: EventRow,
  outside: Outside,
  move: Extract<Move, { kind: 'event' }>,
  rootId: string,
): Sent {
  const used = outside.used.with(move.row, outside.used[move.row]! + 1);
  const event = { name: row.event, data: move.data, ...defined({ facts: row.facts }) };
  if (row.kind === 'notice') return { events: [[rootId, event]], outside: { ...outside, used } };
  const askCount = outside.askCount + 1;
  const sendid = `request-${askCount}`;
  return {
    events: [[rootId, { ...event, sendid }]],
    outside: { ...outside, used, askCount, asked: [...outside.asked, sendid] },
  };
}

function moved(
  model: Model,
  outside: Outside,
  { chat, does, view }: Extract<Move, { kind: 'chat' }>,
  rootId: string,
): Sent {
  const id = model.chatIds[chat]!;
  const toRoot = (events: readonly UntypedEvent[]): Sent['events'] => events.map((event) => [rootId, event]);
  switch (does) {
    case 'comes': {
      const facts = { interactions: { [id]: { id, ...model.viewsOf(chat)[view] } } };
      const data = { interactionid: id };
      const names = ['interaction.added', 'interaction.present'];
      const events = names.map((name) => ({ name, data, facts }));
      return { events: toRoot(events), outside: withChat(outside, chat, 'here') };
    }
    case 'customer leaves':
      return { events: toRoot(leaves(id, 'deletion')), outside: withChat(outside, chat, 'gone') };
    case 'agent leaves':
      return { events: toRoot(leaves(id, 'requeue')), outside: withChat(outside, chat, 'absent') };
    default:
      return assertNever(does);
  }
}

/** The events of an interaction that leaves the session. */
function leaves(id: string, resultof: 'deletion' | 'association' | 'requeue'): readonly UntypedEvent[] {
  const facts = { interactions: { [id]: null } };
  const deleted = { name: 'interaction.deleted', data: { interactionid: id, resultof }, facts };
  if (resultof === 'deletion') return [deleted];
  return [deleted, { name: 'interaction.notcontrolled', data: { interactionid: id } }];
}

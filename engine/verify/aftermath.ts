import type { Effect, ModuleEffect, RespondEffect, Session } from '../interpreter/index.ts';
import type { Found } from './findings.ts';
import type { Model } from './model.ts';
import { type ChatPlace, nameOf, type Outside } from './outside.ts';

/** Elements that are performed without an answer. */
const UNANSWERED = new Set(['interaction.setudata']);

/** The surroundings after the effects of a move, and the findings in them. */
export function aftermath(
  model: Model,
  outside: Outside,
  effects: readonly (readonly [Effect, Session])[],
): { readonly outside: Outside; readonly found: readonly Found[] } {
  const found: Found[] = [];
  let after = outside;
  for (const [effect, session] of effects) {
    if (effect.kind === 'module') after = requested(model, after, effect, session.id);
    if (effect.kind !== 'respond') continue;
    const answered = responded(after, effect);
    after = answered.outside;
    found.push(...answered.found);
  }
  return { outside: after, found };
}

function requested(model: Model, outside: Outside, effect: ModuleEffect, session: string): Outside {
  const { requestId } = effect;
  const isAnswered = model.promptAnswer(effect) !== undefined;
  const isOpen = !isAnswered && !UNANSWERED.has(nameOf(effect));
  const held = model.heldAfterRequest(outside.held, effect);
  return {
    ...outside,
    open: isOpen ? [...outside.open, { requestId, session, effect }] : outside.open,
    held: isAnswered ? model.heldAfterAnswer(held, effect, true) : held,
    chats: chatsAfter(model, outside.chats, effect),
  };
}

/** An interaction that is here goes where the document sends it. */
function chatsAfter(model: Model, chats: Outside['chats'], effect: ModuleEffect): Outside['chats'] {
  const place = placeAfter(nameOf(effect));
  const chat = model.chatIds.indexOf(String(effect.attributes.interactionid));
  const before = chats[chat];
  if (place === undefined || (before !== 'here' && before !== 'offered')) return chats;
  return chats.with(chat, place);
}

function placeAfter(element: string): ChatPlace | undefined {
  if (element === 'interaction.redirect' || element === 'queue.submit') return 'offered';
  if (element === 'interaction.terminate' || element === 'interaction.associate') return 'leaving';
  return undefined;
}

function responded(
  outside: Outside,
  { requestId }: RespondEffect,
): { readonly outside: Outside; readonly found: readonly Found[] } {
  if (outside.asked.includes(requestId)) {
    return { outside: { ...outside, asked: outside.asked.filter((id) => id !== requestId) }, found: [] };
  }
  const number = Number(/^request-(\d+)$/.exec(requestId)?.[1]);
  const wasAsked = number >= 1 && number <= outside.askCount;
  const found: Found = wasAsked
    ? {
        kind: 'answeredTwice',
        key: '',
        subject: requestId,
        message: 'a request is answered a second time',
      }
    : {
        kind: 'answeredTwice',
        key: 'unknown',
        subject: requestId,
        message: `an answer goes to '${requestId}', which nobody asked`,
      };
  return { outside, found: [found] };
}

/** The findings in the surroundings when the session has ended. */
export function missingAtEnd(model: Model, outside: Outside): readonly Found[] {
  const found: Found[] = [];
  if (outside.asked.length > 0) {
    found.push({
      kind: 'unanswered',
      key: '',
      message: 'the session ends, and a request has no answer',
    });
  }
  outside.chats.forEach((place, chat) => {
    if (place !== 'here') return;
    const id = model.chatIds[chat]!;
    found.push({
      kind: 'notGivenBack',
      key: `interaction ${id}`,
      subject: id,
      message: `the session ends, and the interaction '${id}' is with nobody`,
    });
  });
  outside.held.forEach((count, index) => {
    if (count === 0) return;
    const { name } = model.surroundings.held[index]!;
    found.push({
      kind: 'notGivenBack',
      key: name,
      subject: name,
      message: `the session ends, and '${name}' is not given back`,
    });
  });
  return found;
}

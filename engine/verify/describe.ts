import type { Model } from './model.ts';
import { nameOf, type Outside, urlOf } from './outside.ts';
import type { Step } from './way.ts';

/** A move as a line for people. */
export function describeStep({ surroundings, chatIds }: Model, { move, outside, timer }: Step): string {
  switch (move.kind) {
    case 'reply':
      return `${requestText(outside, move.request)} answers ${replyText(move.reply)}`;
    case 'done':
      return `${requestText(outside, move.request)} is done${fieldsText(move.fields)}`;
    case 'error':
      return `${requestText(outside, move.request)} fails${fieldsText(move.fields)}`;
    case 'timer':
      return `timer ${timer?.event ?? ''}`;
    case 'event': {
      const { event, kind } = surroundings.events[move.row]!;
      return `${kind === 'request' ? 'request' : 'event'} ${event}${fieldsText(move.data)}`;
    }
    case 'chat':
      return move.does === 'comes'
        ? `interaction ${chatIds[move.chat]} comes`
        : `interaction ${chatIds[move.chat]}: the ${move.does}`;
    case 'terminate':
      return 'terminate';
  }
}

function requestText({ open }: Outside, index: number): string {
  const { effect } = open[index]!;
  if (nameOf(effect) !== 'session.fetch') return nameOf(effect);
  return `${String(effect.attributes.method ?? 'get').toUpperCase()} ${urlOf(effect).split('?')[0]}`;
}

function replyText(reply: Extract<Step['move'], { kind: 'reply' }>['reply']): string {
  if (typeof reply === 'string') return `nothing (${reply})`;
  const { status = 200, json, body } = reply;
  return `${status}${json === undefined ? '' : ` ${JSON.stringify(json)}`}${body === undefined ? '' : ` ${body}`}`;
}

function fieldsText(fields: unknown): string {
  const text = JSON.stringify(fields);
  return text === undefined || text === '{}' || text === 'null' ? '' : ` ${text}`;
}

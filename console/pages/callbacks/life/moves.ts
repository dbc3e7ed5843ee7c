import type { ReplyOf } from '../../../api/operationTypes.ts';
import { lifeTexts } from './lifeTexts.ts';

export type Life = ReplyOf<'GET /genesys/1/admin/callback/:id/life'>;

/** Something that happened to a callback, or that will. */
export interface Move {
  /** ISO 8601. */
  readonly at: string;
  readonly text: string;
}

/** Everything with a time, in its order; what has the same time, in the usual one. `now`: ms since epoch. */
export function movesOf(life: Life, now: number): readonly Move[] {
  const t = lifeTexts();
  const { createdAt, desiredTime, session, chat } = life;
  const isAhead = Date.parse(desiredTime) > now;
  const moves: (Move | undefined)[] = [
    { at: createdAt, text: t.created },
    // An immediate one has no other time than that of its request.
    desiredTime > createdAt ? { at: desiredTime, text: isAhead ? t.dueAhead : t.due } : undefined,
    session && { at: session.startedAt, text: t.started },
    ...life.calls.map(({ enteredAt, queue }) => ({ at: enteredAt, text: t.queued(queue) })),
    life.announcedAt === undefined ? undefined : { at: life.announcedAt, text: t.told },
    life.confirmedAt === undefined ? undefined : { at: life.confirmedAt, text: t.confirmed },
    chat && { at: chat.startedAt, text: chat.isPushed ? t.openedPushed : t.opened },
    ...life.interactions.map(({ media, queue, createdAt: begun, queuedAt = begun }) => ({
      at: queuedAt,
      text: t.interactionQueued(media, queue),
    })),
    ...(chat?.parties ?? []).map(({ at, type, name, isJoin }) => ({
      at,
      text: isJoin ? t.joined(type, name) : t.left(type, name),
    })),
    chat?.endedAt === undefined ? undefined : { at: chat.endedAt, text: t.chatEnded(chat.endedBy ?? '') },
    // The interaction of the chat ends with it.
    ...life.interactions.map(({ _id, media, endedAt, endedBy = '' }) =>
      endedAt === undefined || _id === chat?._id
        ? undefined
        : { at: endedAt, text: t.interactionEnded(media, endedBy) },
    ),
    session?.endedAt === undefined
      ? undefined
      : { at: session.endedAt, text: t.sessionEnded(session.reason ?? '') },
  ];
  return moves.filter((move) => move !== undefined).sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}

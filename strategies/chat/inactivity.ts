import type { Batch } from '../../engine/durable/index.ts';
import type { Json } from '../../engine/ports/index.ts';
import type { InteractionId } from '../ids/index.ts';
import { type ChatRecord, EntryType, type IdleState } from './chatRecord.ts';
import { PartyType } from './party.ts';

/** The notices that count as something said. gms-api 7.5, `include-notices`. */
export type CountedNotices = 'none' | 'major' | 'major2' | 'typing' | 'all';

/** The rules for a chat in which nobody says anything. Times in ms. gms-api 7.5. */
export interface InactivityOptions {
  readonly alertMs: number;
  /** From the first alert to a second one; 0: there is none. */
  readonly alert2Ms: number;
  /** From the last alert to the end. */
  readonly closeMs: number;
  readonly notices: CountedNotices;
  /** The joins and leaves of the customer do not count, who comes and goes in the asynchronous mode. */
  readonly isAsync?: true;
  /** Texts for the customer; '': none is sent. */
  readonly messages: { readonly alert: string; readonly alert2: string; readonly close: string };
}

/** The rules for a chat; undefined: there are none. */
export type InactivityRules = (chat: Pick<ChatRecord, 'isAsync'>) => InactivityOptions | undefined;

/** ms until the next step of a chat that has got an alert; undefined: it has got none. */
export function msToNextStep({ idle, status }: ChatRecord, now: number): number | undefined {
  if (idle === undefined || idle.alerts === 0 || status.kind === 'ended') return undefined;
  return Math.max(0, idle.alarmAt - now);
}

/** User data of the interaction of a chat of the asynchronous mode that has got an alert. gms-api 7.5. */
export const ALERTED = { GCTI_Chat_AsyncStatus: '3' };
export const NOT_ALERTED = { GCTI_Chat_AsyncStatus: null };

export const INACTIVITY_TASK = 'chat.inactivity';

export interface InactivityAlarm {
  readonly id: InteractionId;
  /** ms since epoch. */
  readonly at: number;
}

/** The next step of a chat in which nobody says anything. */
export type IdleStep = 'alert' | 'alert2' | 'close';

const ALWAYS: ReadonlySet<EntryType> = new Set([EntryType.JOINED, EntryType.LEFT, EntryType.MESSAGE]);
const MAJOR = [EntryType.PUSH_URL, EntryType.FILE_UPLOADED, EntryType.FILE_DELETED];
const COUNTED: Readonly<Record<CountedNotices, ReadonlySet<EntryType>>> = {
  none: new Set(),
  major: new Set(MAJOR),
  major2: new Set([...MAJOR, EntryType.CUSTOM]),
  typing: new Set([...MAJOR, EntryType.TYPING_STARTED]),
  all: new Set([
    ...MAJOR,
    EntryType.CUSTOM,
    EntryType.TYPING_STARTED,
    EntryType.TYPING_STOPPED,
    EntryType.NICKNAME,
  ]),
};

/** Whether an entry begins the time again. */
export function isActivity(
  entry: {
    readonly type: EntryType;
    readonly party: { readonly type: PartyType };
    readonly eventAttributes?: { readonly [name: string]: Json };
  },
  { notices, isAsync }: InactivityOptions,
): boolean {
  const isPresence = entry.type === EntryType.JOINED || entry.type === EntryType.LEFT;
  if (isAsync === true && isPresence && entry.party.type === PartyType.CLIENT) return false;
  if (ALWAYS.has(entry.type) || COUNTED[notices].has(entry.type)) return true;
  return entry.type === EntryType.CUSTOM && entry.eventAttributes?.purpose === 'cancel-idle-timer';
}

/** The state after something was said. Its alarm is new when it differs from the one before. */
export function afterActivity(
  before: IdleState | undefined,
  now: number,
  { alertMs }: InactivityOptions,
): IdleState {
  // The alarm of a first alert comes too early, and is then set again.
  if (before !== undefined && before.alerts === 0) return { ...before, since: now };
  return { since: now, alerts: 0, alarmAt: now + alertMs };
}

/** The step that follows, and the time until it. */
export function nextStep(
  alerts: number,
  { alertMs, alert2Ms, closeMs }: InactivityOptions,
): { readonly step: IdleStep; readonly afterMs: number } {
  if (alerts === 0) return { step: 'alert', afterMs: alertMs };
  if (alerts === 1 && alert2Ms > 0) return { step: 'alert2', afterMs: alert2Ms };
  return { step: 'close', afterMs: closeMs };
}

/** The alarm of a chat in which nobody says anything. */
export function inactivityAlarm(id: InteractionId, at: number): Batch {
  const payload = { id, at } satisfies InactivityAlarm;
  // A task may not replace itself while it runs, so its time is part of its key.
  const key = `${INACTIVITY_TASK} ${id} ${at}`;
  return { schedule: [{ key, kind: INACTIVITY_TASK, payload, dueAt: at }] };
}

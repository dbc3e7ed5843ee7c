import { type Batch, type Durable, joinBatches } from '../../engine/durable/index.ts';
import { type Clock, defined, type Log } from '../../engine/ports/index.ts';
import type { InteractionId } from '../ids/index.ts';
import type { ChatInteractions } from './chatInteractions.ts';
import type { ChatNotices } from './chatNotices.ts';
import { type ChatRecord, EntryType, type IdleState } from './chatRecord.ts';
import {
  ALERTED,
  type IdleStep,
  INACTIVITY_TASK,
  type InactivityAlarm,
  type InactivityOptions,
  inactivityAlarm,
  nextStep,
} from './inactivity.ts';
import { SYSTEM } from './party.ts';

/** Warns the parties of a chat in which nobody says anything, and then ends it. */
export class InactivityWatch {
  readonly #durable: Durable;
  readonly #notices: ChatNotices;
  readonly #interactions: Pick<ChatInteractions, 'endBatch' | 'setStatusBatch' | 'tellAgentBatch'>;
  readonly #clock: Clock;
  readonly #log: Log;

  constructor(deps: {
    readonly durable: Durable;
    readonly notices: ChatNotices;
    readonly interactions: Pick<ChatInteractions, 'endBatch' | 'setStatusBatch' | 'tellAgentBatch'>;
    readonly clock: Clock;
    readonly log: Log;
  }) {
    this.#durable = deps.durable;
    this.#notices = deps.notices;
    this.#interactions = deps.interactions;
    this.#clock = deps.clock;
    this.#log = deps.log;
  }

  /** Takes the alarms. */
  start(): void {
    this.#durable.onTask<InactivityAlarm>(INACTIVITY_TASK, (alarm) => this.#onAlarm(alarm));
  }

  async #onAlarm({ id, at }: InactivityAlarm): Promise<void> {
    const chat = this.#notices.changes.current(id);
    if (chat?.idle === undefined || chat.status.kind === 'ended' || chat.idle.alarmAt !== at) return;
    const options = this.#notices.inactivity(chat);
    if (options === undefined) {
      // Somebody has to say something before the watch begins again.
      const { idle: _idle, ...unwatched } = chat;
      await this.#durable.commit(this.#notices.changes.replace(unwatched));
      return;
    }
    const { step, afterMs } = nextStep(chat.idle.alerts, options);
    const dueAt = chat.idle.since + afterMs;
    if (dueAt > this.#clock.now()) {
      await this.#durable.commit(this.#set(chat, { ...chat.idle, alarmAt: dueAt }));
      return;
    }
    await this.#perform(chat, step, options);
  }

  async #perform(chat: ChatRecord, step: IdleStep, options: InactivityOptions): Promise<void> {
    const text = options.messages[step];
    this.#log.info({ interactionId: chat.id, step }, 'Nobody says anything in a chat.');
    if (step === 'close') {
      const said = text === '' ? {} : this.#say(chat.id, { type: EntryType.IDLE_CLOSE, text });
      await this.#durable.commit(joinBatches(said, this.#interactions.endBatch(chat.id, 'idle')));
      return;
    }
    const now = this.#clock.now();
    const alerts = (chat.idle?.alerts ?? 0) + 1;
    const next = nextStep(alerts, options);
    const userData = {
      'next-idle-timer-type': next.step === 'close' ? 'CLOSE' : 'ALERT',
      'next-idle-timer-secs': String(Math.ceil(next.afterMs / 1000)),
    };
    const idle = { since: now, alerts, alarmAt: now + next.afterMs };
    const watched = this.#set(chat, idle);
    const said = text === '' ? {} : this.#say(chat.id, { type: EntryType.IDLE_ALERT, text, userData });
    const event = { type: 'notice', party: SYSTEM, text } as const;
    const told = text === '' ? {} : this.#interactions.tellAgentBatch(chat.id, event);
    const status = chat.isAsync === true ? this.#interactions.setStatusBatch(chat.id, ALERTED) : {};
    await this.#durable.commit(joinBatches(watched, said, status, told));
  }

  #set(chat: ChatRecord, idle: IdleState): Batch {
    return joinBatches(
      this.#notices.changes.replace({ ...chat, idle }),
      inactivityAlarm(chat.id, idle.alarmAt),
    );
  }

  #say(
    chatId: InteractionId,
    entry: {
      readonly type: typeof EntryType.IDLE_ALERT | typeof EntryType.IDLE_CLOSE;
      readonly text: string;
      readonly userData?: Readonly<Record<string, string>>;
    },
  ): Batch {
    const { type, text, userData } = entry;
    return this.#notices.entryBatch(chatId, { type, text, party: SYSTEM, ...defined({ userData }) }).batch;
  }
}

import { type Durable, joinBatches } from '../../engine/durable/index.ts';
import type { Clock, Log } from '../../engine/ports/index.ts';
import { AWAY_TASK, type AwayAlarm } from './awayNotice.ts';
import type { ChatInteractions } from './chatInteractions.ts';
import type { ChatNotices } from './chatNotices.ts';
import type { ChatRecord } from './chatRecord.ts';
import { SYSTEM } from './party.ts';

/** Tells the device of a customer who is away, and the agent, of a message that has waited for some time. */
export class AwayWatch {
  readonly #durable: Durable;
  readonly #notices: ChatNotices;
  readonly #interactions: Pick<ChatInteractions, 'tellAgentBatch'>;
  readonly #isListening: (chat: ChatRecord) => boolean;
  readonly #clock: Clock;
  readonly #log: Log;

  constructor(deps: {
    readonly durable: Durable;
    readonly notices: ChatNotices;
    readonly interactions: Pick<ChatInteractions, 'tellAgentBatch'>;
    /** True while a CometD client of the chat is connected. */
    readonly isListening: (chat: ChatRecord) => boolean;
    readonly clock: Clock;
    readonly log: Log;
  }) {
    this.#durable = deps.durable;
    this.#notices = deps.notices;
    this.#interactions = deps.interactions;
    this.#isListening = deps.isListening;
    this.#clock = deps.clock;
    this.#log = deps.log;
  }

  /** Takes the alarms. */
  start(): void {
    this.#durable.onTask<AwayAlarm>(AWAY_TASK, (alarm) => this.#onAlarm(alarm));
  }

  async #onAlarm({ id, at }: AwayAlarm): Promise<void> {
    const { changes } = this.#notices;
    const chat = changes.current(id);
    if (chat?.unread?.alarmAt !== at || chat.status.kind === 'ended') return;
    const { unread, ...read } = chat;
    const isAway = !this.#isListening(chat) && chat.shown < chat.position;
    const { agentText } = chat.awayNotice ?? {};
    const text = agentText === '' ? undefined : agentText;
    if (isAway) this.#log.info({ interactionId: id }, 'A customer is away, and has not got a message.');
    await this.#durable.commit(
      joinBatches(
        changes.replace(read),
        isAway ? changes.awayBatch(read, unread.index) : {},
        isAway && text !== undefined
          ? this.#interactions.tellAgentBatch(id, { type: 'notice', party: SYSTEM, text })
          : {},
      ),
    );
  }
}

import { signal } from '@preact/signals';
import { v4 as uuid } from 'uuid';
import { ApiError, ConnectionLost } from '../../api/apiError.ts';
import { call } from '../../api/call.ts';
import { reconnected } from '../../api/connection.ts';
import type { ReplyOf } from '../../api/operationTypes.ts';

export type Interaction = ReplyOf<'GET /agent/1/interactions/:id'>;
export type Settings = ReplyOf<'GET /agent/1/settings'>;
export type Entry = NonNullable<Interaction['transcript']>[number];

/** An offer or an invitation, until it is answered. */
export interface Offer {
  /** Ms since epoch. */
  readonly expiresAt: number;
  readonly invitation?: { readonly kind: string; readonly from: string };
}

/** Words of the agent that the server has not confirmed. */
export interface Outgoing {
  readonly key: string;
  readonly text: string;
  readonly isInternal: boolean;
}

/**
 * One interaction of the agent: its offer, its facts and its transcript. The transcript is always read from
 * the position after the last known entry, so that none is lost or shown twice, also over lost connections.
 */
export class Conversation {
  readonly id: string;
  readonly media = signal('');
  readonly offer = signal<Offer | undefined>(undefined);
  /** Undefined: not read yet. */
  readonly interaction = signal<Interaction | undefined>(undefined);
  readonly entries = signal<readonly Entry[]>([]);
  readonly outgoing = signal<readonly Outgoing[]>([]);
  /** The words that the agent has not sent. */
  readonly draft = signal('');
  readonly typing = signal<{ readonly name: string; readonly text?: string } | undefined>(undefined);
  /** The position of the last words of this desktop, and the position to which the customer has read. */
  readonly saidAt = signal(0);
  readonly readTo = signal(0);
  readonly unread = signal(0);
  /** The last result of an invitation. */
  readonly invited = signal<{ readonly agentId: string; readonly result: string } | undefined>(undefined);
  readonly failure = signal<Error | undefined>(undefined);

  readonly #agentId: string;
  #nextPosition = 1;
  #isReading = false;
  #isChanged = false;
  #sending: Promise<void> = Promise.resolve();

  constructor(agentId: string, id: string) {
    this.#agentId = agentId;
    this.id = id;
  }

  /** `offered`, `active`, `wrapup`, `ended`; '' before the first read. */
  get state(): string {
    return this.offer.value !== undefined ? 'offered' : (this.interaction.value?.state ?? '');
  }

  /** Reads what has changed. Changes that come meanwhile are read after it. */
  async read(): Promise<void> {
    this.#isChanged = true;
    if (this.#isReading) return;
    this.#isReading = true;
    while (this.#isChanged) {
      this.#isChanged = false;
      try {
        await this.#readOnce();
      } catch (error) {
        this.failure.value = error as Error;
      }
    }
    this.#isReading = false;
  }

  /** Queues words. They are sent in order, each once, and tried again when the connection is back. */
  say(text: string, { isInternal = false }: { readonly isInternal?: boolean } = {}): void {
    const words: Outgoing = { key: uuid(), text, isInternal };
    this.outgoing.value = [...this.outgoing.value, words];
    this.#sending = this.#sending.then(() => this.#send(words));
  }

  /** Tells the customer that the agent types. A failure does not matter. */
  type(isTyping: boolean): void {
    const name = isTyping
      ? 'POST /agent/1/interactions/:id/startTyping'
      : 'POST /agent/1/interactions/:id/stopTyping';
    void call(name, { path: { id: this.id }, json: { agentId: this.#agentId } }).catch(() => {});
  }

  async #readOnce(): Promise<void> {
    const interaction = await call('GET /agent/1/interactions/:id', {
      path: { id: this.id },
      query: { position: String(this.#nextPosition) },
    });
    const { transcript = [], nextPosition = this.#nextPosition } = interaction;
    this.#nextPosition = nextPosition;
    this.interaction.value = interaction;
    this.media.value = interaction.media;
    this.failure.value = undefined;
    const shown = transcript.filter(({ type }) => !type.startsWith('Notice.Typing'));
    if (shown.length === 0) return;
    this.entries.value = [...this.entries.value, ...shown];
    this.unread.value += shown.filter(({ party }) => party.type === 'CLIENT').length;
  }

  async #send(words: Outgoing): Promise<void> {
    for (;;) {
      try {
        const { position } = await call('POST /agent/1/interactions/:id/message', {
          path: { id: this.id },
          headers: { 'Idempotency-Key': words.key },
          json: {
            agentId: this.#agentId,
            text: words.text,
            ...(words.isInternal ? { visibility: 'INT' as const } : {}),
          },
        });
        this.saidAt.value = position;
        await this.read();
        break;
      } catch (error) {
        if (error instanceof ConnectionLost || (error instanceof ApiError && error.status === 503)) {
          await reconnected();
          await new Promise((resolve) => setTimeout(resolve, 1_000));
          continue;
        }
        // Refused words go back to their author.
        this.failure.value = error as Error;
        this.draft.value = this.draft.value === '' ? words.text : `${words.text}\n${this.draft.value}`;
        break;
      }
    }
    this.outgoing.value = this.outgoing.value.filter((one) => one !== words);
  }
}

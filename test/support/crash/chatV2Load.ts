import { expect } from 'chai';
import type { Speaker } from './chatSpeaker.ts';
import { call, type Load, NoAnswer, untilGone } from './load.ts';

const SERVICE = '/genesys/2/chat/support';
const CHANNEL = '/service/chatV2/support';

interface Message {
  readonly index: number;
  readonly type: string;
  readonly text?: string;
}

interface Reply {
  readonly messages: readonly Message[];
  readonly chatEnded: boolean;
  readonly statusCode: number;
  readonly secureKey: string;
  readonly chatId: string;
  readonly nextPosition: number;
}

/** A customer of Chat V2 who opens one chat. */
export abstract class ChatCustomer implements Load, Speaker {
  readonly name: string;
  readonly acked = new Set<string>();
  readonly unknown = new Set<string>();
  protected secureKey = '';
  protected chatId = '';
  /** The entries that were seen, by index. They never change. */
  readonly #seen = new Map<number, string>();
  protected next = 1;

  constructor(name: string) {
    this.name = name;
  }

  async open(base: string): Promise<void> {
    const { body } = await call(`${base}${SERVICE}`, { form: { nickname: this.name } });
    const reply = body as Reply;
    expect(reply.statusCode, JSON.stringify(reply)).to.equal(0);
    this.secureKey = reply.secureKey;
    this.chatId = reply.chatId;
    this.remember(reply);
  }

  abstract work(base: string): Promise<void>;

  /** The first key finds the chat, and each entry is where it was. */
  async check(base: string): Promise<void> {
    const reply = await this.#transcript(base);
    this.remember(reply);
    const indexes = reply.messages.map(({ index }) => index);
    expect(indexes).to.deep.equal(Array.from({ length: reply.nextPosition - 1 }, (_, i) => i + 1));
    for (const index of this.#seen.keys()) expect(index).to.be.lessThan(reply.nextPosition);
  }

  async finish(base: string): Promise<void> {
    await this.check(base);
  }

  /** The messages of the transcript, in their order. */
  async said(base: string): Promise<readonly string[]> {
    const { messages } = await this.#transcript(base);
    return messages.flatMap(({ type, text }) => (type === 'Message' ? [text ?? ''] : []));
  }

  protected remember({ messages, statusCode, chatEnded, secureKey }: Reply): void {
    expect({ statusCode, chatEnded, secureKey }).to.deep.equal({
      statusCode: 0,
      chatEnded: false,
      secureKey: this.secureKey,
    });
    for (const { index, type, text = '' } of messages) {
      const entry = `${type} ${text}`;
      expect(this.#seen.get(index) ?? entry, `entry ${index} of ${this.name}`).to.equal(entry);
      this.#seen.set(index, entry);
    }
  }

  protected async ask(
    base: string,
    path: string,
    form: Record<string, string>,
    key?: string,
  ): Promise<Reply> {
    const options = { form: { secureKey: this.secureKey, ...form }, ...(key !== undefined && { key }) };
    const { status, body } = await call(`${base}${SERVICE}/${this.chatId}/${path}`, options);
    expect(status, JSON.stringify(body)).to.equal(200);
    return body as Reply;
  }

  async #transcript(base: string): Promise<Reply> {
    const parts: Reply[] = [];
    for (let from = 1; ; ) {
      const part = await this.ask(base, 'refresh', { transcriptPosition: String(from) });
      parts.push(part);
      if (part.messages.length === 0 || part.nextPosition === from) break;
      from = part.nextPosition;
    }
    return { ...parts.at(-1)!, messages: parts.flatMap(({ messages }) => messages) };
  }
}

/** Repeats each message under its key until it is acknowledged. */
export class RestCustomer extends ChatCustomer {
  #number = 1;

  work(base: string): Promise<void> {
    return untilGone(() => this.#say(base));
  }

  /** The last kill left one message without a reply. */
  override async finish(base: string): Promise<void> {
    await this.#say(base);
    await super.finish(base);
  }

  async #say(base: string): Promise<void> {
    const text = `${this.name}:${this.#number}`;
    const form = { message: text, transcriptPosition: String(this.next) };
    const reply = await this.ask(base, 'send', form, text);
    this.remember(reply);
    this.acked.add(text);
    this.#number += 1;
    this.next = reply.nextPosition;
  }
}

interface BayeuxMessage {
  readonly channel: string;
  readonly successful?: boolean;
  readonly data?: Reply;
  readonly clientId?: string;
}

/** Publishes each message once, and asks after each kill for the entries after the last one that came. */
export class CometCustomer extends ChatCustomer {
  #number = 1;
  #cookie = '';
  #clientId = '';
  /** The index of each entry that came, in the order in which they came. */
  readonly #came: number[] = [];

  async work(base: string): Promise<void> {
    try {
      await this.#connect(base);
      for (;;) await this.#say(base);
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
    }
  }

  override async finish(base: string): Promise<void> {
    await this.#connect(base);
    await super.finish(base);
    // Every entry came once and in order, over all the connections.
    expect(this.#came).to.deep.equal(Array.from({ length: this.#came.length }, (_, i) => i + 1));
    expect(this.#came.length).to.equal(this.next - 1);
  }

  async #connect(base: string): Promise<void> {
    this.#cookie = '';
    this.#clientId = '';
    const [shaken] = await this.#send(base, {
      channel: '/meta/handshake',
      version: '1.0',
      supportedConnectionTypes: ['long-polling'],
    });
    this.#clientId = shaken!.clientId!;
    const data = { operation: 'requestNotifications', transcriptPosition: this.next };
    await this.#publish(base, data);
    await this.#until(base, () => true);
  }

  async #say(base: string): Promise<void> {
    const text = `${this.name}:${this.#number}`;
    this.#number += 1;
    this.unknown.add(text);
    await this.#publish(base, { operation: 'sendMessage', message: text });
    await this.#until(base, (reply) => reply.messages.some((one) => one.text === text));
    this.unknown.delete(text);
    this.acked.add(text);
  }

  async #publish(base: string, data: object): Promise<void> {
    this.#take(
      await this.#send(base, { channel: CHANNEL, data: { secureKey: this.secureKey, ...data }, id: '1' }),
    );
  }

  /** Polls until a reply fits. */
  async #until(base: string, fits: (reply: Reply) => boolean): Promise<void> {
    for (let isFound = this.#arrived.splice(0).some(fits); !isFound; ) {
      this.#take(
        await this.#send(base, {
          channel: '/meta/connect',
          connectionType: 'long-polling',
          advice: { timeout: 200 },
        }),
      );
      isFound = this.#arrived.splice(0).some(fits);
    }
  }

  readonly #arrived: Reply[] = [];

  #take(messages: readonly BayeuxMessage[]): void {
    for (const { channel, data, successful } of messages) {
      if (successful === false) throw new Error(`${channel} failed: ${JSON.stringify(messages)}`);
      if (channel !== CHANNEL || data === undefined) continue;
      this.remember(data);
      for (const { index } of data.messages) {
        this.#came.push(index);
        this.next = index + 1;
      }
      this.#arrived.push(data);
    }
  }

  async #send(base: string, message: object): Promise<readonly BayeuxMessage[]> {
    try {
      const response = await fetch(`${base}/genesys/cometd`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(this.#cookie === '' ? {} : { cookie: this.#cookie }),
        },
        body: JSON.stringify([
          { ...message, ...(this.#clientId === '' ? {} : { clientId: this.#clientId }) },
        ]),
      });
      const text = await response.text();
      const set = response.headers.getSetCookie()[0]?.split(';')[0];
      if (set !== undefined) this.#cookie = set;
      return JSON.parse(text) as BayeuxMessage[];
    } catch (cause) {
      throw new NoAnswer('/genesys/cometd', { cause });
    }
  }
}

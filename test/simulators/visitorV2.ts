import type { CometdClient } from '../support/cometdClient.ts';
import {
  answerTo,
  connectPatiently,
  Heard,
  pause,
  postForm,
  type Visitor,
  type VisitorOptions,
} from './loadVisitor.ts';

const SERVICE = 'customer-support';
const CHANNEL = `/service/chatV2/${SERVICE}`;
const ROOT = `/genesys/2/chat/${SERVICE}`;

interface Reply {
  readonly statusCode: number;
  readonly chatEnded: boolean;
  readonly chatId: string;
  readonly secureKey?: string;
  readonly nextPosition: number;
  readonly messages: readonly Message[];
}

interface Message {
  readonly type: string;
  readonly text?: string;
  readonly from: { readonly type: string };
}

type Fields = Readonly<Record<string, string>>;
type Operation = 'requestChat' | 'sendMessage' | 'disconnect';

/** A way for operations to the server, and for replies and messages back. */
interface Line {
  open(): Promise<void>;
  perform(operation: Operation, fields: Fields): Promise<void>;
  close(): Promise<void>;
}

/** Takes replies and messages of the server. */
type Hear = (reply: Reply) => void;

/** SIMULATION of a customer's page: Chat V2, over CometD or over REST. */
export class VisitorV2 implements Visitor {
  readonly #user: string;
  readonly #line: Line;
  readonly #replies: Heard<Reply>;

  constructor(options: VisitorOptions, user: string, wire: 'v2' | 'v2-cometd') {
    this.#user = user;
    this.#replies = new Heard(options.patienceMs);
    const hear: Hear = (reply) => {
      if (reply.statusCode === 0) this.#replies.add(reply);
      else this.#replies.fail(new Error(`Chat V2 refused: ${JSON.stringify(reply)}`));
    };
    this.#line = wire === 'v2' ? new RestLine(options, user, hear) : new CometdLine(options, user, hear);
  }

  async begin(): Promise<number> {
    await this.#line.open();
    const since = performance.now();
    const joined = this.#message(({ type, from }) => type === 'ParticipantJoined' && from.type === 'Agent');
    await Promise.all([joined, this.#line.perform('requestChat', { nickname: this.#user, subject: 'load' })]);
    return performance.now() - since;
  }

  async ask(message: string): Promise<number> {
    const since = performance.now();
    const answered = this.#message(({ text }) => text === answerTo(message));
    await Promise.all([answered, this.#line.perform('sendMessage', { message })]);
    return performance.now() - since;
  }

  async end(): Promise<void> {
    const ended = this.#replies.wanted(({ chatEnded }) => chatEnded);
    await Promise.all([ended, this.#line.perform('disconnect', {})]);
  }

  close(): Promise<void> {
    return this.#line.close();
  }

  #message(isWanted: (message: Message) => boolean): Promise<void> {
    return this.#replies.wanted(({ messages }) => messages.some(isWanted));
  }
}

class CometdLine implements Line {
  readonly #options: VisitorOptions;
  readonly #user: string;
  readonly #hear: Hear;
  #comet: CometdClient | undefined;
  #secureKey: string | undefined;

  constructor(options: VisitorOptions, user: string, hear: Hear) {
    this.#options = options;
    this.#user = user;
    this.#hear = hear;
  }

  async open(): Promise<void> {
    this.#comet = await connectPatiently(this.#options, this.#user);
    this.#comet.cometd.addListener(CHANNEL, ({ data }) => {
      // The acknowledgement of a publish has no data.
      if (data === undefined) return;
      const reply = data as Reply;
      this.#secureKey ??= reply.secureKey;
      this.#hear(reply);
    });
  }

  async perform(operation: Operation, fields: Fields): Promise<void> {
    const { cometd } = this.#comet!;
    await new Promise<void>((done, fail) => {
      const data = { operation, ...(this.#secureKey && { secureKey: this.#secureKey }), ...fields };
      cometd.publish(CHANNEL, data, (reply) => {
        if (reply.successful) done();
        else fail(new Error(`publish refused: ${JSON.stringify(reply)}`));
      });
    });
  }

  async close(): Promise<void> {
    await this.#comet?.disconnect();
  }
}

/** Asks for news again and again, and also gets them with the reply to each operation. */
class RestLine implements Line {
  readonly #options: VisitorOptions;
  readonly #user: string;
  readonly #hear: Hear;
  #chat: { readonly id: string; readonly secureKey: string } | undefined;
  #position = 1;
  #isClosed = false;

  constructor(options: VisitorOptions, user: string, hear: Hear) {
    this.#options = options;
    this.#user = user;
    this.#hear = hear;
  }

  async open(): Promise<void> {}

  async perform(operation: Operation, fields: Fields): Promise<void> {
    if (operation === 'requestChat') {
      const { chatId, secureKey = '' } = await this.#post('', fields);
      this.#chat = { id: chatId, secureKey };
      void this.#poll();
      return;
    }
    await this.#onChat(operation === 'sendMessage' ? 'send' : operation, fields);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
  }

  async #poll(): Promise<void> {
    while (!this.#isClosed) {
      await pause(this.#options.pollMs);
      if (this.#isClosed) return;
      await this.#onChat('refresh', {}).catch(() => {});
    }
  }

  async #onChat(path: string, fields: Fields): Promise<void> {
    const { id, secureKey } = this.#chat!;
    await this.#post(`/${id}/${path}`, { secureKey, transcriptPosition: String(this.#position), ...fields });
  }

  async #post(path: string, fields: Fields): Promise<Reply> {
    const { base } = this.#options;
    const reply = (await postForm({ base, user: this.#user }, `${ROOT}${path}`, fields)) as unknown as Reply;
    this.#position = Math.max(this.#position, reply.nextPosition ?? 0);
    this.#hear(reply);
    return reply;
  }
}

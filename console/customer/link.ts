import { fields, list } from './entry.ts';
import { identityHeaders, type Settings } from './settings.ts';

/** A message of Bayeux, in either direction. */
export interface BayeuxMessage {
  readonly channel: string;
  readonly id?: string;
  readonly clientId?: string;
  readonly successful?: boolean;
  readonly data?: unknown;
  readonly error?: string;
  readonly ext?: { readonly ack?: unknown };
  readonly advice?: { readonly reconnect?: string; readonly interval?: number; readonly timeout?: number };
  readonly [field: string]: unknown;
}

/** A WebSocket that does not open in this time is blocked on the way. */
const OPEN_MS = 5_000;

/** A transport of CometD. */
export interface Link {
  readonly type: 'websocket' | 'long-polling';
  /** Resolves with the reply to a message that has an id. Rejects when none comes within `ms`. */
  send(message: BayeuxMessage, ms: number): Promise<BayeuxMessage>;
  close(): void;
}

/** Takes the messages of the server that are no replies to a request, in their order. */
export type TakeMessage = (message: BayeuxMessage) => void;

/** One POST for each message. */
export class PollingLink implements Link {
  readonly type = 'long-polling';
  readonly #settings: Settings;
  readonly #take: TakeMessage;
  readonly #requests = new Set<AbortController>();

  constructor(settings: Settings, take: TakeMessage) {
    this.#settings = settings;
    this.#take = take;
  }

  async send(message: BayeuxMessage, ms: number): Promise<BayeuxMessage> {
    const cut = new AbortController();
    this.#requests.add(cut);
    const timer = setTimeout(() => cut.abort(), ms);
    try {
      const reply = await fetch(`${this.#settings.base}/genesys/cometd`, {
        method: 'POST',
        headers: { ...(await identityHeaders(this.#settings)), 'Content-Type': 'application/json' },
        body: JSON.stringify([message]),
        credentials: 'omit',
        signal: cut.signal,
      });
      if (!reply.ok) throw new Error(`CometD answered ${reply.status}.`);
      return this.#answerIn(await reply.json(), message);
    } finally {
      clearTimeout(timer);
      this.#requests.delete(cut);
    }
  }

  close(): void {
    for (const cut of this.#requests) cut.abort();
  }

  #answerIn(content: unknown, { id }: BayeuxMessage): BayeuxMessage {
    let answer: BayeuxMessage | undefined;
    for (const message of list(content).map(readMessage)) {
      if (isAnswer(message, id)) answer = message;
      else this.#take(message);
    }
    if (answer === undefined) throw new Error('CometD sent no reply.');
    return answer;
  }
}

interface Waiting {
  readonly resolve: (reply: BayeuxMessage) => void;
  readonly reject: (error: Error) => void;
}

/** One WebSocket for all messages. */
export class SocketLink implements Link {
  readonly type = 'websocket';
  readonly #take: TakeMessage;
  readonly #socket: WebSocket;
  /** Rejects when the socket does not open in time. */
  readonly opened: Promise<void>;
  readonly #waiting = new Map<string, Waiting>();

  /** `lost`: called once, when the socket has closed. */
  constructor({ base, identity }: Settings, take: TakeMessage, lost: () => void) {
    this.#take = take;
    // A browser sends no header of its own with a WebSocket.
    const query = identity.kind === 'named' ? `?gms_user=${encodeURIComponent(identity.user)}` : '';
    this.#socket = new WebSocket(`${base.replace(/^http/, 'ws')}/genesys/cometd${query}`);
    this.opened = new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.close(), OPEN_MS);
      this.#socket.addEventListener('open', () => {
        clearTimeout(timer);
        resolve();
      });
      this.#socket.addEventListener('close', () => {
        clearTimeout(timer);
        const error = new Error('The WebSocket has closed.');
        reject(error);
        for (const { reject: fail } of this.#waiting.values()) fail(error);
        lost();
      });
    });
    this.opened.catch(() => {});
    // Its close comes behind it, and tells the same.
    this.#socket.addEventListener('error', () => {});
    this.#socket.addEventListener('message', ({ data }) => this.#heard(String(data)));
  }

  send(message: BayeuxMessage, ms: number): Promise<BayeuxMessage> {
    const { id = '' } = message;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new Error('CometD did not answer in time.'));
        // Nothing tells a dead connection from a slow one.
        this.close();
      }, ms);
      const end = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(id);
      };
      this.#waiting.set(id, {
        resolve: (reply) => {
          end();
          resolve(reply);
        },
        reject: (error) => {
          end();
          reject(error);
        },
      });
      this.opened.then(() => this.#socket.send(JSON.stringify([message])), reject);
    });
  }

  close(): void {
    this.#socket.close();
  }

  #heard(content: string): void {
    let messages: readonly unknown[] = [];
    try {
      messages = list(JSON.parse(content));
    } catch {
      this.close();
    }
    for (const message of messages.map(readMessage)) {
      const waiting = message.id === undefined ? undefined : this.#waiting.get(message.id);
      if (waiting !== undefined && isAnswer(message, message.id)) waiting.resolve(message);
      else this.#take(message);
    }
  }
}

function readMessage(given: unknown): BayeuxMessage {
  const message = fields(given);
  return { ...message, channel: String(message.channel) } as BayeuxMessage;
}

/** A message with data is news, also with the id of a request. */
function isAnswer({ id, data, successful }: BayeuxMessage, asked: string | undefined): boolean {
  return id !== undefined && id === asked && (data === undefined || successful !== undefined);
}

import { expect } from 'chai';
import type { ChatV2Message, ChatV2Reply } from './chatV2World.ts';
import type { TestReply, TestServer } from './testServer.ts';

/** The types of events that the strictest public client knows. gms-api 7.5. */
const KNOWN_TYPES: readonly string[] = [
  ...['ParticipantJoined', 'ParticipantLeft', 'Message', 'TypingStarted', 'TypingStopped', 'PushUrl'],
  ...['NicknameUpdated', 'FileUploaded', 'FileDeleted', 'CustomNotice', 'Notice', 'IdleAlert', 'IdleClose'],
];

/**
 * Reads a reply as the strictest public client does: it drops a whole reply in which a field is missing or
 * has another type.
 */
export function strictly(value: unknown): ChatV2Reply {
  const reply = value as ChatV2Reply;
  expect(reply.statusCode).to.be.a('number');
  expect(reply.chatId).to.be.a('string');
  expect(reply.chatEnded).to.be.a('boolean');
  expect(JSON.stringify(reply)).not.to.contain('null');
  for (const message of reply.messages ?? []) {
    expect(KNOWN_TYPES).to.contain(message.type);
    expect(message.utcTime).to.be.a('number');
    expect(message.from.participantId).to.be.a('number');
    expect(message.from).to.have.all.keys('nickname', 'participantId', 'type');
    for (const text of Object.values((message.userData ?? {}) as object)) expect(text).to.be.a('string');
  }
  return reply;
}

/** POST of a form whose text is given. */
export function sendForm(
  server: TestServer,
  url: string,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<TestReply> {
  return server.send('POST', url, {
    body,
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
  });
}

interface Received {
  readonly channel: string;
  readonly successful?: boolean;
  readonly data?: ChatV2Reply;
  readonly [field: string]: unknown;
}

/** A client of CometD without timers: every poll is answered at once. */
export class PollingClient {
  readonly #server: TestServer;
  readonly #ext: object;
  #clientId = '';
  #cookie = '';

  constructor(server: TestServer, ext: object = {}) {
    this.#server = server;
    this.#ext = ext;
  }

  /** Makes a handshake and the first connect, as after each loading of a page. */
  async open(connectionTypes: readonly string[] = ['long-polling']): Promise<void> {
    this.#cookie = '';
    const [reply] = await this.#post({
      channel: '/meta/handshake',
      version: '1.0',
      supportedConnectionTypes: connectionTypes,
    });
    expect(reply).to.include({ successful: true });
    this.#clientId = String(reply!.clientId);
    await this.#connect();
  }

  subscribe(subscription: string): Promise<readonly Received[]> {
    return this.#post({ channel: '/meta/subscribe', clientId: this.#clientId, subscription });
  }

  /** Publishes, and returns the acknowledgement: it must have no data. */
  async publish(channel: string, data: object): Promise<void> {
    const replies = await this.#post({ channel, clientId: this.#clientId, data, id: '7' });
    const acknowledged = replies.filter(({ successful }) => successful !== undefined);
    expect(acknowledged).to.have.length(1);
    expect(acknowledged[0]).to.deep.include({ successful: true });
    expect(acknowledged[0]).not.to.have.any.keys('data', 'error');
    this.#early.push(...replies.flatMap(({ data: early }) => early ?? []));
  }

  /** The messages that have come. */
  async poll(): Promise<readonly ChatV2Reply[]> {
    await this.#server.advance(0);
    await new Promise((resolve) => setImmediate(resolve));
    const replies = await this.#connect();
    return [...this.#early.splice(0), ...replies.flatMap(({ data }) => data ?? [])].map(strictly);
  }

  async ask(channel: string, data: object): Promise<readonly ChatV2Reply[]> {
    await this.publish(channel, data);
    return this.poll();
  }

  async disconnect(ext: object = {}): Promise<void> {
    await this.#post({ channel: '/meta/disconnect', clientId: this.#clientId, ext });
  }

  readonly #early: ChatV2Reply[] = [];

  #connect(): Promise<readonly Received[]> {
    return this.#post({
      channel: '/meta/connect',
      clientId: this.#clientId,
      connectionType: 'long-polling',
      advice: { timeout: 0 },
    });
  }

  async #post(message: object): Promise<readonly Received[]> {
    const reply = await this.#server.send('POST', '/genesys/cometd', {
      json: [{ ext: this.#ext, ...message }],
      headers: this.#cookie === '' ? {} : { cookie: this.#cookie },
    });
    const set = String(reply.headers['set-cookie'] ?? '').split(';')[0]!;
    if (set !== '') this.#cookie = set;
    return reply.json as readonly Received[];
  }
}

/** "index type text" of each message. */
export function rowsOf(messages: readonly ChatV2Message[]): readonly string[] {
  return messages.map(({ index, type, text }) => [index, type, text ?? ''].join(' ').trim());
}

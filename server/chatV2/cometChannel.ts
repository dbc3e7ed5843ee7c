import type { Durable } from '../../engine/durable/index.ts';
import { isDeeperThan } from '../../engine/interpreter/index.ts';
import { defined, type Json, type Log } from '../../engine/ports/index.ts';
import type { ClientId, ServicePublish } from '../bayeux/index.ts';
import { badInput, DigitalFault, FaultCode, type Given, longText } from '../digital/index.ts';
import { chatFaultOf } from './chatFault.ts';
import type { ChatListeners, ClientChannel, Listener } from './chatListeners.ts';
import {
  CHAT_OPERATIONS,
  type ChatOperation,
  type ChatV2Call,
  type ChatV2Done,
  type ChatV2Operations,
} from './operations.ts';
import { Position, positionIn } from './parameters.ts';
import type { ReplyBody } from './wire.ts';

const ROOT = '/service/chatV2';
/** Requests of one client that wait for the ones before them. */
const MAX_WAITING_REQUESTS = 100;
const MAX_DATA_DEPTH = 100;

/** The part of Bayeux that hands over messages of clients. */
export interface ServiceChannels extends ClientChannel {
  onService(
    pattern: string,
    handler: (publish: ServicePublish) => Promise<void>,
    /** Whether a channel of the pattern exists. */
    exists: (channel: string) => boolean,
  ): void;
}

/**
 * gms-api 7.5 over CometD: a client publishes operations on `/service/chatV2/{chat service}`, and gets the
 * replies and the entries of its chat on the same channel. The requests of one client are performed in their
 * order, so the reply to its requestChat comes first.
 */
export class CometChannel {
  readonly #operations: ChatV2Operations;
  readonly #listeners: ChatListeners;
  readonly #durable: Pick<Durable, 'whenDurable'>;
  readonly #channels: ServiceChannels;
  readonly #log: Log;
  readonly #hasService: (name: string) => boolean;
  /** The last request of each client that has one under way, and the number of those. */
  readonly #waiting = new Map<ClientId, { readonly last: Promise<void>; readonly count: number }>();

  constructor(deps: {
    readonly operations: ChatV2Operations;
    readonly listeners: ChatListeners;
    readonly durable: Pick<Durable, 'whenDurable'>;
    readonly channels: ServiceChannels;
    readonly log: Log;
    /** Whether a chat service of this name is configured. */
    readonly hasService: (name: string) => boolean;
  }) {
    this.#operations = deps.operations;
    this.#listeners = deps.listeners;
    this.#durable = deps.durable;
    this.#channels = deps.channels;
    this.#log = deps.log;
    this.#hasService = deps.hasService;
  }

  /** Takes the messages of clients from now on. */
  open(): void {
    this.#channels.onService(
      `${ROOT}/*`,
      (publish) => this.#inTurn(publish),
      (channel) => this.#hasService(serviceOf(channel)),
    );
  }

  #inTurn(publish: ServicePublish): Promise<void> {
    const { clientId } = publish;
    const before = this.#waiting.get(clientId);
    const count = (before?.count ?? 0) + 1;
    if (count > MAX_WAITING_REQUESTS) {
      const fault = new DigitalFault({
        code: FaultCode.TRY_AGAIN,
        advice: `Expected at most ${MAX_WAITING_REQUESTS} requests at one time (MAX_WAITING_REQUESTS).`,
        isPassing: true,
      });
      this.#send(publish, this.#operations.faultReply(fault, callOf(publish)));
      return Promise.resolve();
    }
    const last = (before?.last ?? Promise.resolve()).then(() => this.#serve(publish));
    this.#waiting.set(clientId, { last, count });
    return last.finally(() => {
      const present = this.#waiting.get(clientId);
      if (present === undefined) return;
      if (present.last === last) this.#waiting.delete(clientId);
      else this.#waiting.set(clientId, { ...present, count: present.count - 1 });
    });
  }

  /** Never rejects: the requests behind this one would not be performed. */
  async #serve(publish: ServicePublish): Promise<void> {
    const call = callOf(publish);
    try {
      await this.#perform(publish, call);
    } catch (thrown) {
      this.#send(publish, this.#operations.faultReply(this.#faultOf(thrown), call));
    }
  }

  #faultOf(thrown: unknown): DigitalFault {
    try {
      return chatFaultOf(thrown);
    } catch (error) {
      this.#log.error({ err: error }, 'An operation of Chat V2 failed.');
      const advice = 'The server failed to answer. Its log has the error.';
      return new DigitalFault({ code: FaultCode.TRY_AGAIN, advice, isPassing: true }, error);
    }
  }

  async #perform(publish: ServicePublish, call: ChatV2Call): Promise<void> {
    if (isDeeperThan(MAX_DATA_DEPTH, publish.data)) {
      throw badInput(`Expected data of at most ${MAX_DATA_DEPTH} levels (MAX_DATA_DEPTH).`);
    }
    const operation = longText(call.given, 'operation');
    switch (operation) {
      case 'requestChat': {
        const { chat } = await this.#operations.requestChat(call);
        return this.#begin(publish, chat, 1);
      }
      case 'requestNotifications': {
        const from = positionIn(call.given) ?? 1;
        const { chat } = await this.#operations.requestNotifications(call);
        return this.#begin(publish, chat, from === Position.NOTHING ? 1 : from);
      }
      case 'refresh': {
        const done = await this.#operations.perform('refresh', call);
        const from = positionIn(call.given) ?? 1;
        return this.#show(publish, done, from === Position.NOTHING ? 1 : from);
      }
      default:
        return this.#onChat(publish, requireOperation(operation), call);
    }
  }

  /** The reply with the transcript from an index. From its end on, the client listens. */
  async #begin(publish: ServicePublish, { id }: ChatV2Done['chat'], from: number): Promise<void> {
    const { clientId, channel } = publish;
    // Its earlier place is over: nothing may come before the reply.
    this.#listeners.leave(id, clientId);
    const { chat, next } = await this.#shown(publish, id, from);
    if (chat.status.kind === 'open' || next < chat.position) {
      this.#listeners.listen({ clientId, chatId: id, channel, next });
    }
  }

  async #show(publish: ServicePublish, { chat }: ChatV2Done, from: number): Promise<void> {
    await this.#shown(publish, chat.id, from);
  }

  async #shown(
    publish: ServicePublish,
    chatId: ChatV2Done['chat']['id'],
    from: number,
  ): Promise<{ readonly chat: ChatV2Done['chat']; readonly next: number }> {
    const chat = this.#operations.present(chatId);
    const { entries, position } = this.#operations.transcript(chat, from);
    await this.#durable.whenDurable();
    this.#send(publish, this.#operations.reply(chat, { entries, nextPosition: position }));
    return { chat, next: position };
  }

  async #onChat(publish: ServicePublish, operation: ChatOperation, call: ChatV2Call): Promise<void> {
    const { id } = this.#operations.find(call);
    const listener = this.#listeners.find(id, publish.clientId);
    if (listener !== undefined) listener.asking += 1;
    try {
      const done = await this.#operations.perform(operation, call);
      // It does not hear that it left itself.
      if (operation === 'disconnect') this.#listeners.leave(id, publish.clientId);
      await this.#reply(publish, done, operation === 'disconnect' ? undefined : listener);
    } finally {
      if (listener !== undefined) {
        listener.asking -= 1;
        this.#listeners.pump(listener);
      }
    }
  }

  /** The reply has the entry that the request made, unless others would have to come before it. */
  async #reply(
    publish: ServicePublish,
    { chat, own }: ChatV2Done,
    listener: Listener | undefined,
  ): Promise<void> {
    const hasOwn =
      own !== undefined && (listener === undefined || (await this.#listeners.catchUp(listener, own)));
    const entries = hasOwn ? this.#operations.transcript(chat, own).entries.slice(0, 1) : [];
    await this.#durable.whenDurable();
    const nextPosition = listener?.next ?? (hasOwn ? own + 1 : chat.position);
    this.#send(publish, this.#operations.reply(chat, { entries, nextPosition }));
  }

  #send({ clientId, channel }: ServicePublish, body: ReplyBody): void {
    this.#channels.deliver(clientId, channel, body);
  }
}

function serviceOf(channel: string): string {
  return channel.slice(ROOT.length + 1);
}

function requireOperation(name: string | undefined): ChatOperation {
  const found = CHAT_OPERATIONS.find((one) => one === name);
  if (found !== undefined) return found;
  const expected = ['requestChat', 'requestNotifications', ...CHAT_OPERATIONS].join(', ');
  throw badInput(`Expected 'operation' to be one of ${expected}, got '${(name ?? '').slice(0, 64)}'.`);
}

function callOf({ channel, data, address, gmsUser }: ServicePublish): ChatV2Call {
  const isObject = typeof data === 'object' && data !== null && !Array.isArray(data);
  const given: Given = isObject ? (data as { readonly [name: string]: Json }) : {};
  return {
    service: serviceOf(channel),
    given,
    mayUse: (owner) => owner === undefined || owner === gmsUser,
    ...defined({ credentials: credentialsIn(given.auth), address, gmsUser }),
  };
}

/** `auth`: a name and a password, or both in the form of HTTP Basic. */
function credentialsIn(auth: Json | undefined): string | undefined {
  if (typeof auth !== 'object' || auth === null || Array.isArray(auth)) return undefined;
  const { username, password, encoded } = auth as { readonly [name: string]: Json | undefined };
  if (typeof encoded === 'string') return `Basic ${encoded}`;
  if (typeof username !== 'string' || typeof password !== 'string') return undefined;
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import inject from 'light-my-request';
import { Bayeux } from '../../server/bayeux/bayeux.ts';
import { ChatListeners } from '../../server/chatV2/chatListeners.ts';
import type { ChatV2Service } from '../../server/chatV2/chatService.ts';
import { CometChannel } from '../../server/chatV2/cometChannel.ts';
import { ChatV2Operations } from '../../server/chatV2/operations.ts';
import { registerChatV2Routes } from '../../server/chatV2/restRoutes.ts';
import { WireError } from '../../server/errors/wireErrors.ts';
import { type ChatWorld, createChatWorld } from './chatWorld.ts';
import { openCustomer, plainCookies } from './openGuard.ts';
import { type RoutesReply, routesApp } from './routesApp.ts';
import { silentLog } from './silentLog.ts';
import { createTestIds } from './testIds.ts';

export const SERVICE = 'customer-support';
export const CHANNEL = `/service/chatV2/${SERVICE}`;
const ROOT = `/genesys/2/chat/${SERVICE}`;

/** The fields of a reply that tests read. */
export interface ChatV2Reply {
  readonly messages: readonly ChatV2Message[];
  readonly chatEnded: boolean;
  readonly statusCode: number;
  readonly alias: string;
  readonly secureKey: string;
  readonly userId: string;
  readonly chatId: string;
  readonly nextPosition: number;
  readonly monitored?: boolean;
  readonly errors?: readonly { readonly code: number; readonly advice: string }[];
}

export interface ChatV2Message {
  readonly index: number;
  readonly type: string;
  readonly text?: string;
  readonly from: { readonly nickname: string; readonly participantId: number; readonly type: string };
  readonly [field: string]: unknown;
}

interface BayeuxMessage {
  readonly channel: string;
  readonly data?: ChatV2Reply;
  readonly [field: string]: unknown;
}

/** Chat V2 over both wires, without sockets: real chats, Bayeux and routes, and recorded interactions. */
export interface ChatV2World extends ChatWorld {
  readonly bayeux: Bayeux;
  readonly listeners: ChatListeners;
  /** The chat services; a test may change them. */
  readonly services: Map<string, ChatV2Service>;
  /** The Authorization headers that fit services with credentials. */
  readonly passwords: Set<string>;
  /** How long a new chat has to wait. */
  readonly wait: { ms: number };
  /** POST of a form below the service; '' or '/': requestChat. */
  post(
    path: string,
    body?: Readonly<Record<string, string>> | string,
    headers?: Record<string, string>,
  ): Promise<RoutesReply & { readonly body: ChatV2Reply }>;
  /** A new CometD client, after its handshake and its first connect. */
  client(options?: { readonly ack?: boolean }): Promise<ChatV2Client>;
}

export interface ChatV2Client {
  readonly clientId: string;
  /** Publishes data, and returns the acknowledgement. */
  publish(data: unknown, channel?: string): Promise<BayeuxMessage>;
  /** Publishes an operation, and returns all messages on the channel that a poll then brings. */
  ask(data: unknown): Promise<readonly ChatV2Reply[]>;
  /** The messages on the channel that wait. A client with the ack extension acknowledges the ones before. */
  poll(): Promise<readonly ChatV2Reply[]>;
  send(message: Readonly<Record<string, unknown>>): Promise<readonly BayeuxMessage[]>;
  disconnect(): Promise<void>;
}

export function createChatV2World(): ChatV2World {
  let bayeux!: Bayeux;
  const world = createChatWorld({
    comet({ durable, clock }) {
      bayeux = new Bayeux({ durable, clock, ids: createTestIds(), log: silentLog, cookies: plainCookies });
      return bayeux.comet;
    },
    isListening: (chat) => listeners.isListening(chat.id),
  });
  const { chats, durable } = world;
  const listeners: ChatListeners = new ChatListeners({ chats, durable, clients: bayeux, log: silentLog });
  const services = new Map([[SERVICE, serviceOf(SERVICE)]]);
  const passwords = new Set<string>();
  const wait = { ms: 0 };
  const operations = new ChatV2Operations({
    chats,
    hasOwners: false,
    chatService: (name) => services.get(name),
    queueOf(endpoint = 'default') {
      if (endpoint !== 'none') return `queue of ${endpoint}`;
      throw new WireError('SERVICE_MISCONFIGURED', { message: `No chat endpoint '${endpoint}'.` });
    },
    warnOfDevice: () => {},
    admit: () => wait.ms,
    async checkCredentials(_service, given) {
      if (given === undefined || !passwords.has(given)) throw new WireError('UNAUTHORIZED');
    },
  });
  const hasService = (name: string): boolean => services.has(name);
  new CometChannel({ operations, listeners, durable, channels: bayeux, log: silentLog, hasService }).open();
  const app = routesApp((router) => registerChatV2Routes(router, operations));

  const handler = (req: IncomingMessage, res: ServerResponse): void => {
    void bayeux.handler(req, res, openCustomer(req));
  };
  const bayeuxPost = async (
    message: Readonly<Record<string, unknown>>,
    cookie: string,
  ): Promise<{ readonly messages: readonly BayeuxMessage[]; readonly cookie: string }> => {
    const reply = await inject(handler as unknown as RequestListener, {
      method: 'POST',
      url: '/genesys/cometd',
      headers: { 'content-type': 'application/json', ...(cookie === '' ? {} : { cookie }) },
      payload: JSON.stringify([message]),
    });
    const set = String(reply.headers['set-cookie'] ?? '').split(';')[0]!;
    return { messages: JSON.parse(reply.payload), cookie: set === '' ? cookie : set };
  };

  return {
    ...world,
    bayeux,
    listeners,
    services,
    passwords,
    wait,

    async post(path, body = {}, headers = {}) {
      const reply = await app.request('POST', path.startsWith('/genesys') ? path : `${ROOT}${path}`, {
        headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
        payload: typeof body === 'string' ? body : new URLSearchParams(body).toString(),
      });
      return { ...reply, body: JSON.parse(reply.text) as ChatV2Reply };
    },

    async client({ ack = false } = {}) {
      const shaken = await bayeuxPost(
        {
          channel: '/meta/handshake',
          version: '1.0',
          supportedConnectionTypes: ['long-polling'],
          ...(ack && { ext: { ack: true } }),
        },
        '',
      );
      const { cookie } = shaken;
      const clientId = String(shaken.messages[0]!.clientId);
      const send: ChatV2Client['send'] = async (message) =>
        (await bayeuxPost({ clientId, ...message }, cookie)).messages;
      let seen: unknown = -1;
      const connect = async (): Promise<readonly BayeuxMessage[]> => {
        const messages = await send({
          channel: '/meta/connect',
          connectionType: 'long-polling',
          advice: { timeout: 0 },
          ...(ack && { ext: { ack: seen } }),
        });
        const { ext } = messages.find(({ channel }) => channel === '/meta/connect')!;
        seen = (ext as { readonly ack?: unknown } | undefined)?.ack ?? seen;
        return messages;
      };
      const early: ChatV2Reply[] = [];
      const dataOf = (messages: readonly BayeuxMessage[]): readonly ChatV2Reply[] =>
        messages.flatMap(({ data }) => data ?? []);
      await connect();
      const poll: ChatV2Client['poll'] = async () => {
        await durable.idle();
        await new Promise((resolve) => setImmediate(resolve));
        return [...early.splice(0), ...dataOf(await connect())];
      };
      const publish: ChatV2Client['publish'] = async (data, channel = CHANNEL) => {
        const messages = await send({ channel, data, id: '9' });
        early.push(...dataOf(messages));
        return messages.find(({ successful }) => successful !== undefined)!;
      };
      return {
        clientId,
        send,
        publish,
        poll,
        async ask(data) {
          await publish(data);
          return poll();
        },
        async disconnect() {
          await send({ channel: '/meta/disconnect' });
        },
      };
    },
  };
}

export function serviceOf(name: string, more: Partial<ChatV2Service> = {}): ChatV2Service {
  return {
    name,
    clientTimeoutMs: 0,
    asyncClientTimeoutMs: 0,
    lookupKeys: ['key1'],
    hasCredentials: false,
    ...more,
  };
}

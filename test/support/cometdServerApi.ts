import { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { DurableStore } from '../../engine/durable/durableStore.ts';
import { MemoryStore } from '../../engine/durable/memory/memoryStore.ts';
import { ownId } from '../../engine/ports/brandedIds.ts';
import type { Json } from '../../engine/ports/json.ts';
import { systemClock } from '../../engine/ports/systemClock.ts';
import { BayeuxCore, type Outcome } from '../../server/bayeux/bayeuxCore.ts';
import type { BayeuxSession } from '../../server/bayeux/bayeuxSession.ts';
import { isUnder, patternsOf } from '../../server/bayeux/channel.ts';
import { ClientPublish } from '../../server/bayeux/clientPublish.ts';
import type { BayeuxMessage } from '../../server/bayeux/message.ts';
import { BAYEUX_DEFAULTS } from '../../server/bayeux/options.ts';
import { Polling } from '../../server/bayeux/polling.ts';
import { type Peer, SessionRegistry } from '../../server/bayeux/sessionRegistry.ts';
import { UserQueue } from '../../server/bayeux/userQueue.ts';
import { openCustomer, plainCookies } from './openGuard.ts';
import { silentLog } from './silentLog.ts';
import { createTestIds } from './testIds.ts';

/** Options of npm `cometd-nodejs-server` that its tests of the wire set before their first request. */
interface ServerOptions {
  timeout?: number;
  maxInterval?: number;
  multiSessionInterval?: number;
}

type Done = (error?: Error, result?: boolean) => void;
type Listener = (session: ApiSession, channel: ApiChannel, message: BayeuxMessage, done: Done) => void;

/** The tests only wait for the interval of further clients. */
const MULTI_SESSION_PART = 0.1;

/** The API of npm `cometd-nodejs-server` over the parts of our Bayeux layer, as far as its tests need it. */
export class CometDServer {
  readonly options: ServerOptions = {};
  readonly #sessions = new Map<BayeuxSession, ApiSession>();
  readonly #channels = new Map<string, ApiChannel>();
  #parts: ReturnType<CometDServer['build']> | undefined;

  readonly handle = (req: IncomingMessage, res: ServerResponse): void => {
    void this.parts.polling.handle(req, res, openCustomer(req));
  };

  get parts(): ReturnType<CometDServer['build']> {
    this.#parts ??= this.build();
    return this.#parts;
  }

  build() {
    const { timeout, maxInterval, multiSessionInterval } = this.options;
    const base = { clock: systemClock, ids: createTestIds(), log: silentLog, cookies: plainCookies };
    const durable = new DurableStore({ ...base, store: new MemoryStore() });
    durable.start();
    const options = {
      ...BAYEUX_DEFAULTS,
      ...(timeout !== undefined && { timeoutMs: timeout }),
      ...(maxInterval !== undefined && { maxIntervalMs: maxInterval, maxHandshakeIntervalMs: maxInterval }),
      ...(multiSessionInterval !== undefined && {
        multipleClientsIntervalMs: multiSessionInterval * MULTI_SESSION_PART,
      }),
      mayPublish: () => true,
    };
    const deps = { ...base, durable, options };
    const sessions = new WatchedRegistry(deps, this);
    const userQueue = new UserQueue({ ...deps, sessions });
    const clientPublish = new ClientPublish({ ...deps, sessions });
    clientPublish.onService('/service/**', async () => {});
    const connectionTypes = ['long-polling', 'callback-polling'];
    const parts = { ...deps, sessions, userQueue, clientPublish, connectionTypes };
    const core = new WatchedCore(parts, this);
    return { durable, sessions, polling: new Polling({ ...parts, core }) };
  }

  /** The ack extension, which our server has always. */
  addExtension(): void {}

  createServerChannel(name: string): ApiChannel {
    return this.getServerChannel(name);
  }

  getServerChannel(name: string): ApiChannel {
    const known = this.#channels.get(name);
    if (known !== undefined) return known;
    const channel = new ApiChannel(name, this);
    this.#channels.set(name, channel);
    return channel;
  }

  getServerSession(id: string): ApiSession | undefined {
    const session = this.parts.sessions.get(ownId(id));
    return session && this.sessionOf(session);
  }

  sessionOf(session: BayeuxSession): ApiSession {
    const known = this.#sessions.get(session);
    if (known !== undefined) return known;
    const added = new ApiSession(session, this);
    this.#sessions.set(session, added);
    return added;
  }

  readonly #events = new EventEmitter();

  addListener(event: 'sessionAdded', listener: (session: ApiSession) => void): void {
    this.#events.on(event, listener);
  }

  added(session: BayeuxSession): void {
    this.#events.emit('sessionAdded', this.sessionOf(session));
  }

  /** Gives a message to the listeners of its channel, one after the other. */
  async heard(message: BayeuxMessage, session: BayeuxSession): Promise<void> {
    const channel = this.#channels.get(message.channel);
    for (const listener of channel?.listeners ?? []) {
      await new Promise<void>((resolve, reject) => {
        listener(this.sessionOf(session), channel!, message, (error) => {
          if (error) reject(error);
          else resolve();
        });
      });
    }
  }

  close(): void {
    this.#parts?.sessions.close();
    void this.#parts?.durable.stop();
  }
}

class ApiSession extends EventEmitter {
  readonly #session: BayeuxSession;
  readonly #server: CometDServer;

  constructor(session: BayeuxSession, server: CometDServer) {
    super();
    this.#session = session;
    this.#server = server;
    const hold = session.hold.bind(session);
    session.hold = (forMs, resume) => {
      hold(forMs, resume);
      if (session.isHeld) this.emit('suspended');
    };
  }

  get id(): string {
    return this.#session.id;
  }

  get subscriptions(): readonly ApiChannel[] {
    return [...this.#session.subscriptions].map((name) => this.#server.getServerChannel(name));
  }

  deliver(_sender: unknown, channel: string, data: Json): void {
    this.#server.parts.sessions.push(this.#session, [{ text: JSON.stringify({ channel, data }) }]);
  }
}

class ApiChannel {
  readonly name: string;
  readonly listeners: Listener[] = [];
  readonly #server: CometDServer;
  readonly #unheard: (() => void)[] = [];

  constructor(name: string, server: CometDServer) {
    this.name = name;
    this.#server = server;
  }

  get subscribers(): readonly ApiSession[] {
    const { sessions } = this.#server.parts;
    return [...sessions.subscribers([this.name])].map((session) => this.#server.sessionOf(session));
  }

  addListener(_event: 'message', listener: Listener): void {
    this.listeners.push(listener);
  }

  subscribed(): void {
    for (const publish of this.#unheard.splice(0)) publish();
  }

  /** Waits for the first subscriber: a test sends its subscription and its connect at the same time. */
  publish(sender: unknown, data: Json, done?: Done): void {
    const { sessions } = this.#server.parts;
    if (this.subscribers.length === 0) {
      this.#unheard.push(() => this.publish(sender, data, done));
      return;
    }
    for (const session of sessions.subscribers(patternsOf(this.name))) {
      sessions.push(session, [{ text: JSON.stringify({ channel: this.name, data }) }]);
    }
    done?.();
  }
}

class WatchedRegistry extends SessionRegistry {
  readonly #server: CometDServer;

  constructor(deps: ConstructorParameters<typeof SessionRegistry>[0], server: CometDServer) {
    super(deps);
    this.#server = server;
  }

  override open(init: Parameters<SessionRegistry['open']>[0]): BayeuxSession | undefined {
    const session = super.open(init);
    if (session) this.#server.added(session);
    return session;
  }

  override subscribe(session: BayeuxSession, channel: string): void {
    super.subscribe(session, channel);
    this.#server.getServerChannel(channel).subscribed();
  }

  override remove(session: BayeuxSession): void {
    super.remove(session);
    const removed = this.#server.sessionOf(session);
    removed.emit('removed', removed, true);
  }
}

class WatchedCore extends BayeuxCore {
  readonly #server: CometDServer;
  readonly #registry: SessionRegistry;

  constructor(deps: ConstructorParameters<typeof BayeuxCore>[0], server: CometDServer) {
    super(deps);
    this.#server = server;
    this.#registry = deps.sessions;
  }

  override async receive(message: BayeuxMessage, peer: Peer): Promise<Outcome> {
    const session = this.#registry.find(message.clientId, peer);
    if (session !== undefined && !isUnder(message.channel, '/meta/handshake')) {
      await this.#server.heard(message, session);
    }
    return super.receive(message, peer);
  }
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Durable } from '../../engine/durable/index.ts';
import { type Clock, defined, type Ids, type Json, type Log } from '../../engine/ports/index.ts';
import type { CometChannel } from '../../strategies/notification/index.ts';
import type { Cookies } from '../access/index.ts';
import { BayeuxCore } from './bayeuxCore.ts';
import type { ClientId } from './bayeuxSession.ts';
import { ClientPublish, type ServiceHandler } from './clientPublish.ts';
import { BAYEUX_DEFAULTS, type BayeuxOptions } from './options.ts';
import { Polling } from './polling.ts';
import { type BayeuxCustomer, SessionRegistry } from './sessionRegistry.ts';
import { UserQueue } from './userQueue.ts';
import { type UpgradeRequest, WebSockets } from './webSockets.ts';

/** The names of the transports, as a handshake has them. */
const CONNECTION_TYPES = ['websocket', 'long-polling', 'callback-polling'];

/** The push channel that GMS offers at /genesys/cometd: Bayeux 1.0 with all its transports. */
export class Bayeux {
  /** Delivers notifications to users. */
  readonly comet: CometChannel;
  readonly #sessions: SessionRegistry;
  readonly #clientPublish: ClientPublish;
  readonly #polling: Polling;
  readonly #webSockets: WebSockets;

  constructor(deps: {
    readonly durable: Durable;
    readonly clock: Clock;
    readonly ids: Ids;
    readonly log: Log;
    readonly cookies: Cookies;
    readonly options?: Partial<BayeuxOptions>;
  }) {
    const base = { ...deps, options: { ...BAYEUX_DEFAULTS, ...deps.options } };
    const sessions = new SessionRegistry(base);
    const userQueue = new UserQueue({ ...base, sessions });
    const clientPublish = new ClientPublish({ ...base, sessions });
    const connectionTypes = CONNECTION_TYPES;
    const core = new BayeuxCore({ ...base, sessions, userQueue, clientPublish, connectionTypes });
    this.comet = userQueue;
    this.#sessions = sessions;
    this.#clientPublish = clientPublish;
    this.#polling = new Polling({ ...base, sessions, core });
    this.#webSockets = new WebSockets({ ...base, sessions, core });
  }

  /** Node handler for everything under /genesys/cometd. No body parser may run before it. */
  handler(req: IncomingMessage, res: ServerResponse, customer: BayeuxCustomer): Promise<void> {
    return this.#polling.handle(req, res, customer);
  }

  /** Makes the connection of a request a WebSocket. Throws a WireError when there are too many. */
  upgrade(request: UpgradeRequest, customer: BayeuxCustomer): void {
    this.#webSockets.accept(request, customer);
  }

  /**
   * Handles messages that clients publish on a service channel or pattern (`/service/chatV2/*`). `exists`:
   * whether clients may subscribe to a channel of the pattern.
   */
  onService(pattern: string, handler: ServiceHandler, exists?: (channel: string) => boolean): void {
    this.#clientPublish.onService(pattern, handler, exists);
  }

  /**
   * Sends a message to one client, also without a subscription. False when the client has no session any
   * more. `received` is called once, when the message has arrived.
   */
  deliver(clientId: ClientId, channel: string, data: Json, received?: () => void): boolean {
    const session = this.#sessions.get(clientId);
    if (!session) return false;
    this.#sessions.push(session, [{ text: JSON.stringify({ channel, data }), ...defined({ received }) }]);
    return true;
  }

  /** True while the client has a session. */
  isConnected(clientId: ClientId): boolean {
    return this.#sessions.get(clientId) !== undefined;
  }

  /** For the operator: connected clients, the clients with a held connect, and the WebSockets. */
  counts(): { readonly clients: number; readonly held: number; readonly sockets: number } {
    return { ...this.#sessions.counts(), sockets: this.#webSockets.count };
  }

  /**
   * Answers every held connect, closes the WebSockets and forgets the clients. Notifications stay in their
   * durable queues.
   */
  close(): void {
    this.#sessions.close();
    this.#webSockets.close();
  }
}

import { defined, type Json, type Log } from '../../engine/ports/index.ts';
import type { BayeuxSession, ClientId } from './bayeuxSession.ts';
import { isUnder, NOTIFICATION_CHANNEL, patternsOf } from './channel.ts';
import type { BayeuxMessage } from './message.ts';
import type { BayeuxOptions } from './options.ts';
import { accept, type Reply, refusal } from './replies.ts';
import type { SessionRegistry } from './sessionRegistry.ts';

/** A message that a client published on a service channel. */
export interface ServicePublish {
  readonly clientId: ClientId;
  readonly gmsUser?: string;
  readonly channel: string;
  readonly data: Json;
  readonly id?: string | number;
  /** The address for which limits count; absent: none does. */
  readonly address?: string;
}

/** Handles messages that clients publish on a service channel. It answers by Bayeux.deliver. */
export type ServiceHandler = (publish: ServicePublish) => Promise<void>;

/** Messages that clients publish: to a service handler, or to other clients. */
export class ClientPublish {
  readonly #sessions: SessionRegistry;
  readonly #log: Log;
  readonly #options: BayeuxOptions;
  readonly #services = new Map<
    string,
    { readonly handler: ServiceHandler; readonly exists: (channel: string) => boolean }
  >();

  constructor(deps: {
    readonly sessions: SessionRegistry;
    readonly log: Log;
    readonly options: BayeuxOptions;
  }) {
    this.#sessions = deps.sessions;
    this.#log = deps.log;
    this.#options = deps.options;
  }

  /**
   * Sets the handler of a service channel or pattern (`/service/chatV2/*`). `exists`: whether clients may
   * subscribe to a channel of the pattern.
   */
  onService(pattern: string, handler: ServiceHandler, exists: (channel: string) => boolean = always): void {
    this.#services.set(pattern, { handler, exists });
  }

  /** True when messages may come on a channel, or on one that a pattern matches. */
  exists(subscription: string): boolean {
    if (!isUnder(subscription, '/service')) return this.#options.mayPublish(subscription);
    const patterns = patternsOf(subscription);
    return [...this.#services].some(
      ([service, { exists }]) =>
        (patterns.includes(service) && exists(subscription)) || patternsOf(service).includes(subscription),
    );
  }

  async publish(message: BayeuxMessage, session: BayeuxSession): Promise<Reply> {
    const { channel, data } = message;
    if (data === undefined) return refusal(message, `400:${channel}:Expected data in a published message`);
    if (isUnder(channel, '/service')) return this.#serve(message, session, data);
    if (isUnder(channel, NOTIFICATION_CHANNEL) || !this.#options.mayPublish(channel)) {
      return refusal(message, `403:${channel}:Clients may not publish on this channel`);
    }
    const text = serialise(channel, data);
    if (text === undefined) return refusal(message, `400:${channel}:The data is nested too deeply`);
    for (const receiver of this.#sessions.subscribers(patternsOf(channel))) {
      this.#sessions.push(receiver, [{ text }]);
    }
    return accept(message, {});
  }

  async #serve(message: BayeuxMessage, session: BayeuxSession, data: Json): Promise<Reply> {
    const { channel, id } = message;
    const service = patternsOf(channel)
      .map((pattern) => this.#services.get(pattern))
      .find(Boolean);
    if (!service) return refusal(message, `404:${channel}:Unknown service channel`);
    try {
      const { gmsUser, address } = session;
      await service.handler({
        clientId: session.id,
        channel,
        data,
        ...defined({ gmsUser, id, address }),
      });
      return accept(message, {});
    } catch (error) {
      this.#log.error(
        { clientId: session.id, channel, err: error },
        'The handler of a service channel failed.',
      );
      return refusal(message, `500:${channel}:The server failed to handle the message`);
    }
  }
}

function always(): boolean {
  return true;
}

/**
 * Undefined when the data is nested deeper than JSON.stringify can handle: it must not break another client's
 * reply.
 */
function serialise(channel: string, data: Json): string | undefined {
  try {
    return JSON.stringify({ channel, data });
  } catch {
    return undefined;
  }
}

import type { Durable } from '../../engine/durable/index.ts';
import type { Clock, Ids, Json, Log } from '../../engine/ports/index.ts';
import type { CometChannel } from '../../strategies/notification/index.ts';
import { createBayeuxCore, type ServiceHandler } from './bayeuxCore.ts';
import { createLongPolling, type RequestHandler } from './longPolling.ts';
import { BAYEUX_DEFAULTS, type BayeuxOptions } from './options.ts';
import { createUserQueue } from './userQueue.ts';

export interface Bayeux {
  /** Node handler for everything under /genesys/cometd; no body parser may stand before it. */
  readonly handler: RequestHandler;
  readonly comet: CometChannel;
  /** Handles what clients publish on a service channel or pattern (`/service/chatV2/*`). */
  onService(pattern: string, handler: ServiceHandler): void;
  /** Sends to one client, subscribed or not. False when it is gone. */
  deliver(sessionId: string, channel: string, data: Json): boolean;
  /** For the operator: clients connected, and how many of them wait in a held connect. */
  counts(): { readonly clients: number; readonly held: number };
  /** Answers every held connect and forgets the clients; notifications stay in their durable queues. */
  close(): void;
}

/**
 * The push channel that GMS offers at /genesys/cometd: Bayeux 1.0, long-polling, with the ack extension.
 * Other transports plug in beside createLongPolling, on the same core.
 */
export function createBayeux(deps: {
  readonly durable: Durable;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly options?: Partial<BayeuxOptions>;
}): Bayeux {
  const options = { ...BAYEUX_DEFAULTS, ...deps.options };
  const core = createBayeuxCore({ ...deps, options, connectionTypes: ['long-polling'] });
  const comet = createUserQueue({ ...deps, core, options });
  return {
    handler: createLongPolling({ ...deps, core, options }),
    comet,
    onService: core.onService,
    deliver: core.deliver,
    counts: () => core.sessions.counts(),
    close: core.close,
  };
}

import { type Batch, type Durable, joinBatches } from '../../engine/durable/index.ts';
import { type Clock, defined } from '../../engine/ports/index.ts';
import type { BayeuxSession, ClientId } from './bayeuxSession.ts';
import type { BayeuxOptions } from './options.ts';
import { isBound, type Peer } from './sessionRegistry.ts';

/** By clientId. */
const TABLE = 'bayeux.sent';
/** By user and clientId, to find the records of a user. */
const OF_USER = 'bayeux.sentTo';
/** Clients of one user whose records are kept. Beyond it the oldest is forgotten. */
const MAX_SENT_RECORDS = 20;

/** The deliveries that a client of the ack extension has not acknowledged. */
interface SentRecord {
  readonly gmsUser: string;
  readonly browser?: string;
  readonly isNamedInExt: boolean;
  readonly at: number;
  /** The number of each delivery, and the key of its last notice. */
  readonly batches: readonly (readonly [batch: number, lastNotice: string])[];
}

/**
 * Remembers, over a restart, which notices a delivery to a client of the ack extension had. Sessions are only
 * in memory. But the last words of a client to its lost session are a connect with the number of the last
 * delivery that it has seen. It makes the server forget these notices before the client makes a new
 * handshake.
 *
 * SB1. The record of a delivery is durable before the delivery is sent.
 * SB2. A number stands for all notices up to its last one: a session takes the notices of its user in order.
 * SB3. The record of a delivery goes together with its notices or later.
 */
export class SentBatches {
  readonly #durable: Durable;
  readonly #clock: Clock;
  readonly #options: BayeuxOptions;
  readonly #ofSession = new WeakMap<BayeuxSession, SentRecord['batches']>();

  constructor(deps: { readonly durable: Durable; readonly clock: Clock; readonly options: BayeuxOptions }) {
    this.#durable = deps.durable;
    this.#clock = deps.clock;
    this.#options = deps.options;
  }

  /** Resolves when the delivery is recorded. */
  record(
    session: BayeuxSession,
    delivery: { readonly batch: number; readonly lastNotice: string },
  ): Promise<void> {
    const { gmsUser, browser, isNamedInExt } = session;
    if (gmsUser === undefined) return Promise.resolve();
    const known = this.#ofSession.get(session);
    const open = (known ?? []).filter(([batch]) => batch > session.acknowledgedBatch);
    const batches = [...open, [delivery.batch, delivery.lastNotice] as const];
    this.#ofSession.set(session, batches);
    const at = this.#clock.now();
    const expiresAt = at + this.#options.notificationTtlMs;
    const value: SentRecord = { gmsUser, isNamedInExt, at, batches, ...defined({ browser }) };
    const put = { table: TABLE, key: session.id, value, expiresAt };
    if (known !== undefined) return this.#durable.commit({ put: [put] });
    const index = {
      table: OF_USER,
      key: keyOf(gmsUser, session.id),
      value: { clientId: session.id },
      expiresAt,
    };
    return this.#durable.commit(joinBatches(this.#excessBatch(gmsUser), { put: [put, index] }));
  }

  /**
   * The key of the last notice that the client of a lost session has seen, and the batch that removes its
   * record. Undefined: it has seen none that are known, or the record is not the sender's.
   */
  seen(
    clientId: ClientId,
    acknowledged: number,
    peer: Peer,
  ): { readonly gmsUser: string; readonly lastNotice: string; readonly batch: Batch } | undefined {
    const record = this.#durable.get<SentRecord>(TABLE, clientId);
    if (record === undefined || !isBound(record, peer)) return undefined;
    const last = record.batches.findLast(([batch]) => batch <= acknowledged);
    if (last === undefined) return undefined;
    return { gmsUser: record.gmsUser, lastNotice: last[1], batch: removalOf(record.gmsUser, clientId) };
  }

  /** The batch that forgets a session which its client ended. */
  endBatch(session: BayeuxSession): Batch {
    const isRecorded = this.#ofSession.has(session);
    return isRecorded && session.gmsUser !== undefined ? removalOf(session.gmsUser, session.id) : {};
  }

  /** The batch that removes all records of a user. */
  forgetBatch(gmsUser: string): Batch {
    return joinBatches(this.#clientsOf(gmsUser).map((clientId) => removalOf(gmsUser, clientId)));
  }

  #excessBatch(gmsUser: string): Batch {
    const clients = this.#clientsOf(gmsUser);
    const excess = clients.length + 1 - MAX_SENT_RECORDS;
    if (excess <= 0) return {};
    const timeOf = (id: ClientId): number => this.#durable.get<SentRecord>(TABLE, id)?.at ?? 0;
    const oldest = clients.toSorted((a, b) => timeOf(a) - timeOf(b)).slice(0, excess);
    return joinBatches(oldest.map((clientId) => removalOf(gmsUser, clientId)));
  }

  #clientsOf(gmsUser: string): readonly ClientId[] {
    const prefix = JSON.stringify(gmsUser);
    const found = this.#durable.scan<{ readonly clientId: ClientId }>(OF_USER, { prefix });
    return [...found].map(({ value }) => value.clientId);
  }
}

function removalOf(gmsUser: string, clientId: ClientId): Batch {
  return {
    remove: [
      { table: TABLE, key: clientId },
      { table: OF_USER, key: keyOf(gmsUser, clientId) },
    ],
  };
}

/** JSON text ends with a quote that cannot occur inside it, so no user's keys begin as those of another. */
function keyOf(gmsUser: string, clientId: ClientId): string {
  return `${JSON.stringify(gmsUser)}${clientId}`;
}

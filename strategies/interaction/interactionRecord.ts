import { type Batch, type Durable, joinBatches } from '../../engine/durable/index.ts';
import type { Interaction } from './interactions.ts';

/** Table `interaction`. */
export interface InteractionRecord extends Interaction {
  /** Present exactly while the state is 'offered'. */
  readonly offer?: Offer;
  /** How often it entered its queue. */
  readonly entries: number;
}

export interface Offer {
  /** Tells this offer from earlier ones. */
  readonly key: string;
  /** ms since epoch at which it is over. */
  readonly until: number;
  readonly vq?: string;
  /** What asked for it and hears how it went. */
  readonly purpose:
    | {
        readonly kind: 'redirect';
        readonly sessionId: string;
        readonly requestId: string;
        /** detach="true": the session gives the interaction up when it is accepted. */
        readonly detach: boolean;
      }
    | { readonly kind: 'submit'; readonly submitId: string };
}

/** How long an interaction that ended can still be looked up. */
export const ENDED_KEPT_MS = 86_400_000;

const INTERACTION = 'interaction';
const OF_AGENT = 'agentInteraction';
const OF_SESSION = 'sessionInteraction';

export function readInteraction(durable: Durable, id: string): InteractionRecord | undefined {
  return durable.get<InteractionRecord>(INTERACTION, id);
}

export function interactionsOfAgent(durable: Durable, agentId: string): readonly InteractionRecord[] {
  return readAll(durable, OF_AGENT, agentId);
}

/** The interactions that a session controls. */
export function interactionsOfSession(durable: Durable, sessionId: string): readonly InteractionRecord[] {
  return readAll(durable, OF_SESSION, sessionId);
}

/** Stores a change; the indexes follow from what the record was and is. */
export function interactionBatch(before: InteractionRecord | undefined, after: InteractionRecord): Batch {
  const expiry = after.endedAt === undefined ? {} : { expiresAt: after.endedAt + ENDED_KEPT_MS };
  const controls = after.state === 'ended' ? undefined : after.sessionId;
  return joinBatches(
    { put: [{ table: INTERACTION, key: after.id, value: after, ...expiry }] },
    indexBatch(OF_AGENT, after.id, { before: before?.agentId, after: after.agentId, expiry }),
    indexBatch(OF_SESSION, after.id, { before: before?.sessionId, after: controls, expiry }),
  );
}

function indexBatch(
  table: string,
  id: string,
  change: {
    readonly before: string | undefined;
    readonly after: string | undefined;
    readonly expiry: { readonly expiresAt?: number };
  },
): Batch {
  const { before, after, expiry } = change;
  return {
    remove: before === undefined || before === after ? [] : [{ table, key: `${before}/${id}` }],
    put: after === undefined ? [] : [{ table, key: `${after}/${id}`, value: true, ...expiry }],
  };
}

function readAll(durable: Durable, table: string, owner: string): readonly InteractionRecord[] {
  return [...durable.scan(table, { prefix: `${owner}/` })].flatMap(
    ({ key }) => readInteraction(durable, key.slice(owner.length + 1)) ?? [],
  );
}

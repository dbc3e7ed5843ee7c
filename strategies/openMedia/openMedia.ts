import {
  type Batch,
  type Durable,
  joinBatches,
  keyedBy,
  Once,
  visitRecords,
} from '../../engine/durable/index.ts';
import { type Clock, defined, type Ids, type Json, type Log } from '../../engine/ports/index.ts';
import { type AgentId, type InteractionId, newInteractionId } from '../ids/index.ts';
import { type Interaction, type Interactions, servesCustomer } from '../interaction/index.ts';
import { OpenMediaError } from './errors.ts';
import {
  MAX_MAIL_CHARS,
  MAX_MAIL_REPLIES,
  type Mail,
  mailChars,
  type OpenMediaRecord,
} from './openMediaRecord.ts';

/** The request for an interaction whose customer does not wait for it. */
export interface CreateOpenMedia {
  readonly service: string;
  readonly gmsUser?: string;
  readonly media: string;
  readonly type: string;
  readonly subtype: string;
  readonly externalId?: string;
  readonly userData: Readonly<Record<string, Json>>;
  readonly lookup: Readonly<Record<string, string>>;
  /** The interaction queue that it enters. */
  readonly queue: string;
  readonly mail?: Mail;
  /** Joins the commit that creates it: its files. */
  readonly filesBatch?: (id: InteractionId) => Batch;
}

/** An interaction of open media with its facts. */
export interface OpenMediaView {
  readonly record: OpenMediaRecord;
  readonly interaction: Interaction;
}

export interface OpenMediaLimits {
  /** Interactions that have not ended. */
  readonly open: number;
  /** ms for which an interaction is kept after its end. */
  readonly keptMs: number;
}

/** A property that finds a customer, and its value. */
interface CustomerProperty {
  readonly name: string;
  readonly value: string;
}

const RECORDS = 'openMedia';
/** The ids of those that have not ended. */
const OPEN = 'openMedia.open';
const COUNT = 'openMedia.count';
const COUNT_KEY = 'created';

/**
 * Interactions of open media and e-mails: the customer leaves a request and does not wait. The interaction
 * does the rest as for a chat: its queue, routing, offers, the agent, and the end.
 *
 * OM1. The facts and the interaction are one commit, at the beginning and at the end.
 * OM2. Facts without an end do not expire: an agent may come to them after weeks.
 */
export class OpenMedia {
  readonly #durable: Durable;
  readonly #interactions: Interactions;
  readonly #clock: Clock;
  readonly #ids: Ids;
  readonly #log: Log;
  readonly #limits: () => OpenMediaLimits;
  readonly #once: Once;
  readonly #open: Set<string>;

  constructor(deps: {
    readonly durable: Durable;
    readonly interactions: Interactions;
    readonly clock: Clock;
    readonly ids: Ids;
    readonly log: Log;
    readonly limits: () => OpenMediaLimits;
  }) {
    this.#durable = deps.durable;
    this.#interactions = deps.interactions;
    this.#clock = deps.clock;
    this.#ids = deps.ids;
    this.#log = deps.log;
    this.#limits = deps.limits;
    this.#once = new Once(deps);
    this.#open = new Set([...deps.durable.scan(OPEN, {})].map(({ key }) => key));
    deps.durable.onChange([OPEN], ({ key, value }) => {
      if (value === undefined) this.#open.delete(key);
      else this.#open.add(key);
    });
    deps.interactions.onEnded(({ id, expiresAt }) => this.#endedBatch(id, expiresAt));
  }

  /**
   * Resolves when the interaction is durable. A repeated key of the service gets the first id. Rejects with
   * OpenMediaError OPEN_MEDIA_LIMITED or MAIL_TOO_LONG, or InteractionError QUEUE_UNKNOWN.
   */
  async create(request: CreateOpenMedia, key?: string): Promise<InteractionId> {
    const { service, gmsUser, media, type, subtype, externalId, userData, lookup, queue, mail } = request;
    const { id } = await this.#once.commit(keyedBy(key, 'openMedia.create', service), () => {
      const limits = this.#limits();
      this.#requireRoom(limits.open);
      requireShort(defined({ mail }));
      const isTaken = (one: InteractionId) => this.#interactions.get(one) !== undefined;
      const created = newInteractionId(this.#ids, isTaken);
      const number = (this.#durable.get<number>(COUNT, COUNT_KEY) ?? 0) + 1;
      const record: OpenMediaRecord = {
        id: created,
        service,
        type,
        subtype,
        lookup,
        number,
        ...defined({ gmsUser, externalId, mail }),
      };
      const batch = joinBatches(
        {
          put: [
            { table: RECORDS, key: created, value: record },
            { table: OPEN, key: created, value: true },
            { table: COUNT, key: COUNT_KEY, value: number },
          ],
        },
        request.filesBatch?.(created) ?? {},
        this.#interactions.createBatch({ id: created, media, userData, queue, keptMs: limits.keptMs }),
      );
      this.#log.info({ interactionId: created, service, media }, 'Interaction of open media created.');
      return { batch, answer: { id: created } };
    });
    return id;
  }

  get(id: InteractionId): OpenMediaView | undefined {
    const record = this.#durable.get<OpenMediaRecord>(RECORDS, id);
    const interaction = record && this.#interactions.get(id);
    return record && interaction && { record, interaction };
  }

  /**
   * Changes user data; null removes a key. `lookup`: the properties among them that find the customer.
   * Resolves when durable. Rejects with OpenMediaError OPEN_MEDIA_NOT_FOUND or OPEN_MEDIA_ENDED, or
   * InteractionError INTERACTION_FULL.
   */
  update(
    id: InteractionId,
    changes: Readonly<Record<string, Json>>,
    lookup: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    return this.#once.commit(undefined, () => {
      const { record } = this.#requireOpen(id);
      const found = { ...record, lookup: { ...record.lookup, ...lookup } };
      const batch = joinBatches(
        { put: [{ table: RECORDS, key: id, value: found }] },
        this.#interactions.setUserDataBatch(id, changes),
      );
      return { batch, answer: undefined };
    });
  }

  /** The customer withdraws it. Nothing when it has ended. Rejects with OPEN_MEDIA_NOT_FOUND. */
  stop(id: InteractionId): Promise<void> {
    return this.#once.commit(undefined, () => {
      if (this.get(id) === undefined) throw new OpenMediaError('OPEN_MEDIA_NOT_FOUND', id);
      return { batch: this.#interactions.endBatch(id, 'customer'), answer: undefined };
    });
  }

  /**
   * Keeps a reply of an agent who serves the customer of an e-mail. Resolves with its number; the first is 1.
   * Rejects with OpenMediaError OPEN_MEDIA_NOT_FOUND, OPEN_MEDIA_ENDED, REPLY_REFUSED or MAIL_TOO_LONG.
   */
  reply(
    id: InteractionId,
    said: { readonly agentId: AgentId; readonly text: string; readonly subject?: string },
    key?: string,
  ): Promise<number> {
    return this.#once.commit(keyedBy(key, 'openMedia.reply', id, said.agentId), () => {
      const { record, interaction } = this.#requireOpen(id);
      const { mail } = record;
      if (mail === undefined) throw refused(`an e-mail to reply to, got interaction '${id}' without one.`);
      const { agentId, text, subject = `Re: ${mail.subject}` } = said;
      if (!servesCustomer(interaction, agentId)) {
        throw refused(
          `e-mail '${id}' to be with agent '${agentId}', seen by the customer; it is ${interaction.state}.`,
        );
      }
      const reply = { agentId, subject, text, at: this.#clock.now() };
      const replies = [...(record.replies ?? []), reply];
      if (replies.length > MAX_MAIL_REPLIES) {
        throw refused(
          `at most ${MAX_MAIL_REPLIES} replies to e-mail '${id}' (MAX_MAIL_REPLIES), got one more.`,
        );
      }
      requireShort({ mail, replies });
      this.#log.info({ interactionId: id, agentId }, 'An agent replied to an e-mail.');
      return {
        batch: { put: [{ table: RECORDS, key: id, value: { ...record, replies } }] },
        answer: replies.length,
      };
    });
  }

  /** The records that a property of their customer finds. Reads all. */
  async ofCustomer({ name, value }: CustomerProperty): Promise<readonly OpenMediaRecord[]> {
    const found: OpenMediaRecord[] = [];
    await visitRecords<OpenMediaRecord>(this.#durable, RECORDS, ({ value: record }) => {
      if (Object.hasOwn(record.lookup, name) && record.lookup[name] === value) found.push(record);
    });
    return found;
  }

  /** Removes the facts of an interaction that has ended. */
  removeBatch(id: InteractionId): Batch {
    return {
      remove: [
        { table: RECORDS, key: id },
        { table: OPEN, key: id },
      ],
    };
  }

  /** OM1. Empty for an interaction of another kind. */
  #endedBatch(id: InteractionId, expiresAt: number): Batch {
    const record = this.#durable.get<OpenMediaRecord>(RECORDS, id);
    if (record === undefined) return {};
    return {
      remove: [{ table: OPEN, key: id }],
      put: [{ table: RECORDS, key: id, value: record, expiresAt }],
    };
  }

  #requireOpen(id: InteractionId): OpenMediaView {
    const found = this.get(id);
    if (found === undefined) throw new OpenMediaError('OPEN_MEDIA_NOT_FOUND', id);
    if (found.interaction.state === 'ended') throw new OpenMediaError('OPEN_MEDIA_ENDED', id);
    return found;
  }

  #requireRoom(max: number): void {
    if (this.#open.size < max) return;
    throw new OpenMediaError(
      'OPEN_MEDIA_LIMITED',
      `Expected at most ${max} interactions of open media that have not ended (limits.openMedia.open), got one more.`,
    );
  }
}

function refused(expected: string): OpenMediaError {
  return new OpenMediaError('REPLY_REFUSED', `Expected ${expected}`);
}

function requireShort(mail: Pick<OpenMediaRecord, 'mail' | 'replies'>): void {
  const chars = mailChars(mail);
  if (chars <= MAX_MAIL_CHARS) return;
  throw new OpenMediaError(
    'MAIL_TOO_LONG',
    `Expected an e-mail with its replies of at most ${MAX_MAIL_CHARS} characters (MAX_MAIL_CHARS), got ${chars}.`,
  );
}

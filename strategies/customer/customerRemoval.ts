import { createHmac } from 'node:crypto';
import { type Durable, joinBatches, removeNamingBatch } from '../../engine/durable/index.ts';
import type { AdministeredSessions } from '../../engine/host/index.ts';
import type { Ids, Log, SessionId } from '../../engine/ports/index.ts';
import type { Actor, AuditLog } from '../audit/index.ts';
import type { Services } from '../callback/index.ts';
import type { ChatRecord, Chats, FormerAgents } from '../chat/index.ts';
import type { ChatFiles } from '../files/index.ts';
import type { CustomerProperty, ServiceInstance } from '../instances/index.ts';
import type { Interactions } from '../interaction/index.ts';
import type { Notifications } from '../notification/index.ts';
import type { OpenMedia, OpenMediaRecord } from '../openMedia/index.ts';
import type { Routing } from '../routing/index.ts';
import type { StorageAreas } from '../storage/index.ts';

/** Numbers of removed things. */
export type RemovedData = Readonly<Record<(typeof KINDS)[number], number>>;

const KINDS = [
  'serviceInstances',
  'sessions',
  'storageAreas',
  'files',
  'chats',
  'openMedia',
  'queueEntries',
  'subscriptions',
  'notices',
] as const;

const NOTHING = Object.fromEntries(KINDS.map((kind) => [kind, 0])) as RemovedData;
const REASON = 'The data of its customer are removed.';
/** Times that a removal looks for instances that a customer creates meanwhile. */
const MAX_ROUNDS = 100;

const TABLE = 'customer';
const DIGEST_KEY = 'digestKey';

/** Everything of a customer that is found by a property. */
interface Found {
  readonly instances: readonly ServiceInstance[];
  readonly chats: readonly ChatRecord[];
  readonly openMedia: readonly OpenMediaRecord[];
}

/**
 * Removes all data of one customer. Their service instances, chats, open media and e-mails, found by a
 * property, lead to the rest: sessions and those that came from them, storage areas, interactions, calls,
 * subscriptions and notices.
 *
 * CR1. Everything that runs for the customer is ended before it is removed.
 * CR2. The records of service instances, sessions, chats, open media and e-mails, and the entry in the audit
 *      log, are the last commit. After an interruption they still lead to the rest, so the removal can be
 *      repeated.
 */
export class CustomerRemoval {
  readonly #durable: Durable;
  readonly #ids: Ids;
  readonly #log: Log;
  readonly #sessions: AdministeredSessions;
  readonly #services: Services;
  readonly #storage: StorageAreas;
  readonly #chats: Chats;
  readonly #openMedia: OpenMedia;
  readonly #formerAgents: FormerAgents;
  readonly #chatFiles: ChatFiles;
  readonly #interactions: Interactions;
  readonly #routing: Routing;
  readonly #notifications: Notifications;
  readonly #audit: AuditLog;

  constructor(deps: {
    readonly durable: Durable;
    readonly ids: Ids;
    readonly log: Log;
    readonly sessions: AdministeredSessions;
    readonly services: Services;
    readonly storage: StorageAreas;
    readonly chats: Chats;
    readonly openMedia: OpenMedia;
    readonly formerAgents: FormerAgents;
    readonly chatFiles: ChatFiles;
    readonly interactions: Interactions;
    readonly routing: Routing;
    readonly notifications: Notifications;
    readonly audit: AuditLog;
  }) {
    this.#durable = deps.durable;
    this.#ids = deps.ids;
    this.#log = deps.log;
    this.#sessions = deps.sessions;
    this.#services = deps.services;
    this.#storage = deps.storage;
    this.#chats = deps.chats;
    this.#openMedia = deps.openMedia;
    this.#formerAgents = deps.formerAgents;
    this.#chatFiles = deps.chatFiles;
    this.#interactions = deps.interactions;
    this.#routing = deps.routing;
    this.#notifications = deps.notifications;
    this.#audit = deps.audit;
  }

  /** Resolves when the data are removed, with their numbers and the object of the audit log. */
  async remove(
    customer: CustomerProperty,
    actor: Actor,
  ): Promise<{ readonly removed: RemovedData; readonly object: string }> {
    const object = `customer:${customer.name}:${await this.#digest(customer.value)}`;
    let removed = NOTHING;
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const found = await this.#find(customer);
      const isNothing = [found.instances, found.chats, found.openMedia].every(({ length }) => length === 0);
      if (isNothing && round > 0) break;
      removed = sum(removed, await this.#removeAll(found, { ...actor, object }));
      await this.#durable.commit(this.#formerAgents.forgetBatch(propertiesOf(customer, found)));
    }
    this.#log.info({ object, ...removed }, 'The data of a customer were removed.');
    return { removed, object };
  }

  /** A chat may be kept longer than its service, and a service may have got the property after its chat. */
  async #find(customer: CustomerProperty): Promise<Found> {
    const ofCustomer = await this.#chats.ofCustomer(customer);
    const instances = this.#services.ofCustomer(customer);
    const ofServices = instances.flatMap(({ id }) => this.#chats.byService(id) ?? []);
    const chats = new Map([...ofCustomer, ...ofServices].map((chat) => [chat.id, chat]));
    const openMedia = await this.#openMedia.ofCustomer(customer);
    return { instances, chats: [...chats.values()], openMedia };
  }

  async #removeAll(found: Found, entry: Actor & { readonly object: string }): Promise<RemovedData> {
    const { instances } = found;
    const { family, queueEntries } = await this.#end(found);
    const ids = new Set<string>([
      ...instances.flatMap(({ id, dataId }) => [id, dataId]),
      ...found.chats.flatMap(({ id, serviceId }) => [id, ...(serviceId === undefined ? [] : [serviceId])]),
      ...found.openMedia.map(({ id }) => id),
      ...family,
    ]);
    // Also those that had a chat for a while and gave it to another session.
    const sessions = [...new Set([...family, ...(await this.#sessions.endedNaming(ids))])];
    const owned = [...instances, ...found.chats, ...found.openMedia];
    const users = new Set(owned.flatMap(({ gmsUser }) => gmsUser ?? []));
    const notified = await this.#notifications.forget(users, ids);
    const naming = joinBatches(
      await removeNamingBatch(this.#durable, ids),
      await this.#sessions.removeEventsNamingBatch(ids),
      await this.#interactions.forgetEventsBatch(ids),
    );
    const contents = instances.map(({ dataId }) => this.#storage.contentsOf(dataId));
    const withFiles = [...found.chats, ...found.openMedia];
    const ofChats = withFiles.map(({ id }) => this.#chatFiles.filesOf(id));
    const removed: RemovedData = {
      serviceInstances: instances.length,
      sessions: sessions.length,
      storageAreas: instances.filter(({ dataId }) => this.#storage.get(dataId) !== undefined).length,
      files: sumOfFiles([...contents, ...ofChats]),
      chats: found.chats.length,
      openMedia: found.openMedia.length,
      queueEntries,
      ...notified,
    };
    // One after the other, because the areas of one user share counts.
    for (const { dataId } of instances) await this.#durable.commit(this.#storage.removeBatch(dataId));
    for (const { id } of withFiles) await this.#durable.commit(this.#chatFiles.removeBatch(id));
    await this.#durable.commit(
      joinBatches(
        this.#services.removeBatch(instances),
        found.chats.map((chat) => this.#chats.removeBatch(chat)),
        found.openMedia.map(({ id }) => this.#openMedia.removeBatch(id)),
        withFiles.map(({ id }) => this.#interactions.removeBatch(id)),
        this.#sessions.removeBatch(sessions),
        naming,
        this.#audit.batch({ ...entry, action: 'customer.removed', details: removed }),
      ),
    );
    await this.#storage.removeBlobs(contents.flatMap(({ blobs }) => blobs));
    await this.#chatFiles.removeBlobs(ofChats.flatMap(({ blobs }) => blobs));
    return removed;
  }

  /** CR1. Resolves with the sessions, all of which have ended, and the number of calls that left a queue. */
  async #end({
    instances,
    chats,
    openMedia,
  }: Found): Promise<{ readonly family: readonly SessionId[]; readonly queueEntries: number }> {
    await this.#durable.commit(this.#services.cancelledBatch(instances));
    // Chats first: an interaction whose session ends would enter its queue again.
    for (const { id } of chats) await this.#chats.disconnect(id);
    for (const { id } of openMedia) await this.#durable.commit(this.#interactions.endBatch(id, 'customer'));
    const roots = [
      ...instances.flatMap(({ sessionId }) => sessionId ?? []),
      ...[...chats, ...openMedia].flatMap(({ id }) => this.#interactions.get(id)?.sessionId ?? []),
    ];
    const ofServices = await this.#routing.removeOfServices(new Set(instances.map(({ id }) => id)));
    const ofSessions = roots.flatMap((sessionId) => this.#routing.ofSession(sessionId)).length;
    const family = await this.#sessions.endFamily(roots, REASON);
    return { family, queueEntries: ofServices + ofSessions };
  }

  /** Keyed, because the digest of a phone number alone is found by trying all numbers. */
  async #digest(value: string): Promise<string> {
    let key = this.#durable.get<string>(TABLE, DIGEST_KEY);
    if (key === undefined) {
      key = this.#ids.hex(64);
      await this.#durable.commit({ put: [{ table: TABLE, key: DIGEST_KEY, value: key }] });
    }
    return createHmac('sha256', key).update(value).digest('hex').slice(0, 32);
  }
}

/** Each with a former agent of its own. */
function propertiesOf(
  { name, value }: CustomerProperty,
  { instances, chats, openMedia }: Found,
): readonly Readonly<Record<string, string>>[] {
  const others = [...chats, ...openMedia].map(({ lookup }) => lookup ?? {});
  return [{ [name]: value }, ...instances.map(({ lookup }) => lookup), ...others];
}

function sumOfFiles(contents: readonly { readonly files: number }[]): number {
  return contents.reduce((sum, { files }) => sum + files, 0);
}

function sum(a: RemovedData, b: RemovedData): RemovedData {
  return Object.fromEntries(KINDS.map((kind) => [kind, a[kind] + b[kind]])) as RemovedData;
}

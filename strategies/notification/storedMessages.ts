import type { Batch, Durable } from '../../engine/durable/index.ts';
import type { Json } from '../../engine/ports/index.ts';
import type { Notice, QueuedNotice } from './cometChannel.ts';

/** Longer messages are stored once for all deliveries of their event; shorter ones go with each delivery. */
const MIN_SHARED_BYTES = 1_024;
/** How long the message of an event is kept for the deliveries that have not happened. */
const MESSAGE_TTL_MS = 2 * 86_400_000;

/** Key: the id of the event. */
const MESSAGES = 'notification.message';
/** Keys: the id of the event and a user of its message. */
const USES = 'notification.messageUse';

/**
 * The messages of events with several deliveries. A message is one record, however many deliveries it has.
 * Each delivery that has not happened is a use of it; the record is removed with its last use.
 */
export class StoredMessages {
  readonly #durable: Durable;

  constructor(durable: Durable) {
    this.#durable = durable;
  }

  /** True when it costs less to store the message once than with each of its deliveries. */
  pays(message: Json, deliveries: number): boolean {
    return deliveries > 1 && messageBytes(message) >= MIN_SHARED_BYTES;
  }

  /** Stores the message of an event, with its first use. */
  putBatch(id: string, { message, use, now }: Use & { readonly message: Json }): Batch {
    const expiresAt = now + MESSAGE_TTL_MS;
    return {
      put: [
        { table: MESSAGES, key: id, value: { message }, expiresAt },
        { table: USES, key: useKey(id, use), value: null, expiresAt },
      ],
    };
  }

  /** One more use; empty when the message has expired. Does not read the message, which may be long. */
  useBatch(id: string, { use, now }: Use): Batch {
    const expiresAt = now + MESSAGE_TTL_MS;
    return this.#durable.has(MESSAGES, id)
      ? { put: [{ table: USES, key: useKey(id, use), value: null, expiresAt }] }
      : {};
  }

  /** Ends a use, and the message with its last use. Commit the batch before the next call for the event. */
  releaseBatch(id: string, use: string): Batch {
    const key = useKey(id, use);
    const isUsed = [...this.#durable.scan(USES, { prefix: prefixOf(id), limit: 2 })].some(
      (other) => other.key !== key,
    );
    const remove = [{ table: USES, key }];
    return { remove: isUsed ? remove : [...remove, { table: MESSAGES, key: id }] };
  }

  /** Undefined when the message has expired. */
  read(id: string): Json | undefined {
    return this.#durable.get<{ readonly message: Json }>(MESSAGES, id)?.message;
  }

  /** A notice with its message; undefined when the message has expired. */
  notice({ id, tag, message }: QueuedNotice): Notice | undefined {
    const found = message ?? this.read(id);
    return found === undefined ? undefined : { id, message: structured(found), tag };
  }
}

interface Use {
  readonly use: string;
  /** ms since epoch. */
  readonly now: number;
}

/** Bytes of a message as JSON text. */
export function messageBytes(message: Json): number {
  return Buffer.byteLength(typeof message === 'string' ? message : JSON.stringify(message));
}

/**
 * gms-api 8.2: the message of `service.agentavailable` is published as JSON text and arrives as an object.
 */
export function structured(message: Json): Json {
  if (typeof message !== 'string' || !/^\s*[{[]/.test(message)) return message;
  try {
    return JSON.parse(message) as Json;
  } catch {
    // Text that only begins like JSON stays text: messages may have any content.
    return message;
  }
}

/** Ids are hexadecimal digits. */
function prefixOf(id: string): string {
  return `${id} `;
}

function useKey(id: string, use: string): string {
  return `${prefixOf(id)}${use}`;
}

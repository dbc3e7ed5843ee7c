import { decodeRecord, EXPIRY, encodeRecord, expiryKey, type PutRecord } from '../../engine/durable/index.ts';
import { defined } from '../../engine/ports/index.ts';
import {
  ARRIVALS,
  arrivalsRecord,
  BLOCK,
  blockKey,
  CALL,
  CALLS_IN_BLOCK,
  ENTRY,
  entryKey,
  entryRecord,
  nextRevision,
  QUEUE,
  type QueuedCall,
  ROUTABLE,
  revisionRecord,
  SERIAL,
  type VirtualInteraction,
  type VirtualQueueEntry,
} from '../../strategies/routing/index.ts';

/** An entry of the store, as text. */
export interface StoredEntry {
  readonly table: string;
  readonly key: string;
  readonly text: string;
}

/** The part of an id that holds the number of the copy. */
const DIGITS = 8;
/** Larger than every counter of the template's tasks. It separates the counters of the copies. */
const SEQUENCE_STEP = 100_000;
/** A sequence number of a task: the start of the process and a counter, anywhere in a key. */
const TASK_TABLES = /^_(?:task|lane)/;
const SEQUENCE = /(?<!\d)(\d{8})(\d{12})(?!\d)/g;
/** Ids of the customer's storage area and call. Their records do not always name the session. */
const MORE_IDS = /\\*"(?:dataId|_data_id|connectionId)\\*":\\*"([^"\\]{16,})\\*"/g;

/** Copies the one customer who waits in the store. No other call waits in the queue of their call. */
export class CustomerCopies {
  /** Ids in the records of the template. */
  readonly #ids: readonly string[];
  /** Records of the template. */
  readonly #records: readonly StoredEntry[];
  readonly #call: VirtualInteraction;
  readonly #entry: VirtualQueueEntry;
  /** Revision of the queue. */
  readonly #revision: number;

  constructor(all: readonly StoredEntry[], templateIds: readonly string[]) {
    const more = thoseOf(all, templateIds).flatMap(({ text }) =>
      [...text.matchAll(MORE_IDS)].map(([, id]) => id!),
    );
    this.#ids = [...new Set([...templateIds, ...more])];
    this.#records = thoseOf(all, this.#ids);
    const record = this.#records.find(({ table }) => table === CALL);
    if (record === undefined) throw new Error('Expected the template to have a call that waits, got none.');
    const call = decodeRecord<VirtualInteraction>(record.text).value;
    const arrivals = read<number>(all, ARRIVALS, call.vq);
    if (arrivals !== 1) throw new Error(`Expected the template to be alone in its queue, got ${arrivals}.`);
    this.#call = call;
    this.#entry = read<VirtualQueueEntry>(all, ENTRY, entryKey(call));
    this.#revision = read<{ revision: number }>(all, QUEUE, call.vq).revision;
  }

  /** The virtual queue in which they wait. */
  get vq(): string {
    return this.#call.vq;
  }

  /** The id of copy `number` (from 1) for an id of the template. */
  idOf(id: string, number: number): string {
    return id.slice(0, -DIGITS) + number.toString(16).padStart(DIGITS, '0').slice(-DIGITS);
  }

  copy(number: number): readonly StoredEntry[] {
    const position = this.#positionOf(number);
    return [
      ...this.#records.map((one) => this.#copyOf(one, number)),
      ...stored(entryRecord(position, { ...this.#entry, serial: position.serial })),
    ];
  }

  /** The stored records of their queue when `copies` of them wait in it. */
  queueRecords(copies: number): readonly StoredEntry[] {
    const last = this.#positionOf(copies);
    const { vq, enteredAt } = last;
    const blocks = Array.from({ length: last.block + 1 }, (_, block) => {
      const newest = Math.min(copies, (block + 1) * CALLS_IN_BLOCK - 1);
      const value = nextRevision(this.#revision + newest, [this.#positionOf(newest)], undefined);
      return revisionRecord(BLOCK, blockKey({ vq, block }), value);
    });
    const queue = nextRevision(this.#revision + copies, [last], undefined);
    return [
      ...blocks,
      revisionRecord(QUEUE, vq, queue),
      // The template waits in the queue too.
      arrivalsRecord(vq, copies + 1, enteredAt),
      { table: SERIAL, key: 'last', value: last.serial },
    ].flatMap(stored);
  }

  #positionOf(number: number): QueuedCall {
    const { vq, enteredAt, serial } = this.#call;
    return { vq, enteredAt, serial: serial + number, block: Math.floor(number / CALLS_IN_BLOCK) };
  }

  #copyOf({ table, key, text }: StoredEntry, number: number): StoredEntry {
    const own = (value: string): string => {
      const named = this.#ids.reduce((result, id) => result.replaceAll(id, this.idOf(id, number)), value);
      return TASK_TABLES.test(table) ? moveSequence(named, number) : named;
    };
    return { table, key: own(key), text: inQueue(table, own(text), this.#positionOf(number)) };
  }
}

function read<T>(all: readonly StoredEntry[], table: string, key: string): T {
  const found = all.find((one) => one.table === table && one.key === key);
  if (found === undefined) throw new Error(`Expected ${table} '${key}' of the template, got none.`);
  return decodeRecord<T>(found.text).value;
}

function thoseOf(all: readonly StoredEntry[], ids: readonly string[]): readonly StoredEntry[] {
  return all.filter(({ key, text }) => ids.some((id) => key.includes(id) || text.includes(id)));
}

/** The sequence number of a task makes its due key unique. */
function moveSequence(text: string, number: number): string {
  return text.replace(SEQUENCE, (_, start: string, counter: string) => {
    return start + String(Number(counter) + number * SEQUENCE_STEP).padStart(counter.length, '0');
  });
}

/** The records of the call name its position. */
function inQueue(table: string, text: string, { serial, block }: QueuedCall): string {
  if (table !== CALL && table !== ROUTABLE) return text;
  const { value, expiresAt } = decodeRecord<object>(text);
  return encodeRecord(
    { ...value, serial, ...defined({ block: table === CALL ? block : undefined }) },
    expiresAt,
  );
}

/** A record, and its entry in the index of expiry. */
function stored({ table, key, value, expiresAt }: PutRecord): readonly StoredEntry[] {
  const record = { table, key, text: encodeRecord(value, expiresAt) };
  if (expiresAt === undefined) return [record];
  return [record, { table: EXPIRY, key: expiryKey(table, key, expiresAt), text: '' }];
}

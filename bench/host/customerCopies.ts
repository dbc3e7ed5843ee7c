import { decodeRecord, encodeRecord } from '../../engine/durable/index.ts';
import { CALL, SERIAL, type VirtualInteraction } from '../../strategies/routing/index.ts';

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
/** Ids of the customer's storage area. Its records do not name the session. */
const MORE_IDS = /\\*"(?:dataId|_data_id)\\*":\\*"([^"\\]{16,})\\*"/g;

/** Copies the one customer who waits in the store. No other call waits in the queue of their call. */
export class CustomerCopies {
  /** Ids in the records of the template. */
  readonly #ids: readonly string[];
  /** Records of the template. */
  readonly #records: readonly StoredEntry[];
  readonly #call: VirtualInteraction;

  constructor(all: readonly StoredEntry[], templateIds: readonly string[]) {
    const more = thoseOf(all, templateIds).flatMap(({ table, key, text }) => [
      ...[...text.matchAll(MORE_IDS)].map(([, id]) => id!),
      ...(table === CALL ? [key] : []),
    ]);
    this.#ids = [...new Set([...templateIds, ...more])];
    this.#records = thoseOf(all, this.#ids);
    const record = this.#records.find(({ table }) => table === CALL);
    if (record === undefined) throw new Error('Expected the template to have a call that waits, got none.');
    this.#call = decodeRecord<VirtualInteraction>(record.text).value;
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
    return this.#records.map((one) => this.#copyOf(one, number));
  }

  /** The stored number of arrivals when there are `copies` of them. */
  arrivals(copies: number): readonly StoredEntry[] {
    return [{ table: SERIAL, key: 'last', text: encodeRecord(this.#call.serial + copies) }];
  }

  #copyOf({ table, key, text }: StoredEntry, number: number): StoredEntry {
    const own = (value: string): string => {
      const named = this.#ids.reduce((result, id) => result.replaceAll(id, this.idOf(id, number)), value);
      return TASK_TABLES.test(table) ? moveSequence(named, number) : named;
    };
    return { table, key: own(key), text: inQueue(table, own(text), this.#call.serial + number) };
  }
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

/** The record of the call has its number of arrival. */
function inQueue(table: string, text: string, serial: number): string {
  if (table !== CALL) return text;
  const { value, expiresAt } = decodeRecord<object>(text);
  return encodeRecord({ ...value, serial }, expiresAt);
}

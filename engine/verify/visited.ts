import { hash } from 'node:crypto';
import { ResourceTable } from './resources.ts';

const NO_PARENT = 0xffffffff;
const FIRST_CAPACITY = 1 << 14;
/** Part of the table that is filled at most. */
const FULL = 0.6;

/** The hash of the text of a state, in two halves. */
export type Digest = readonly [low: number, high: number];

export function digestOf(text: string): Digest {
  const digest = hash('md5', text, 'buffer');
  return [digest.readUInt32LE(0), digest.readUInt32LE(4)];
}

/** The identity of a state. */
export interface StateKey {
  /** A hash of the text of the state. */
  readonly digest: Digest;
  /** Text of the resources of the state (resources.ts). */
  readonly resources: string;
}

/** How a state was first reached. */
export interface Arrival {
  /** Undefined: a start. */
  readonly parent: number | undefined;
  /** Number of the move among the moves of the parent, or of the start. */
  readonly move: number;
}

/**
 * The states that were found, by a hash of 64 bits, in the order in which they were found. A state takes
 * about 40 bytes. Two states with the same hash count as one: for ten million states the probability that
 * this happens at all is 3 in 1,000,000. A state is not added when one with the same hash has all of its
 * resources: everything that can follow it can follow that one.
 */
export class Visited {
  /** Number of the last state with a hash, plus one, at the place of the hash; 0: the place is free. */
  #table = new Uint32Array(FIRST_CAPACITY);
  #hashes = new Uint32Array(FIRST_CAPACITY * 2);
  /** Number of the state before with the same hash, plus one; 0: there is none. */
  #before = new Uint32Array(FIRST_CAPACITY);
  #resources = new Uint32Array(FIRST_CAPACITY);
  #parents = new Uint32Array(FIRST_CAPACITY);
  #moves = new Uint16Array(FIRST_CAPACITY);
  readonly #resourceTable = new ResourceTable();
  #size = 0;
  #hashCount = 0;

  get size(): number {
    return this.#size;
  }

  /** Bytes of its tables. */
  get bytes(): number {
    const columns = [this.#hashes, this.#before, this.#resources, this.#parents, this.#moves];
    return columns.reduce((sum, { byteLength }) => sum + byteLength, this.#table.byteLength);
  }

  /** Number of a state that covers this one. */
  find({ digest: [low, high], resources }: StateKey): number | undefined {
    return this.#covering(this.#table[this.#placeOf(low, high)]!, this.#resourceTable.numberOf(resources));
  }

  /** Adds a state. Returns its number, or that of the state that covers it, and whether it is new. */
  add(
    { digest: [low, high], resources }: StateKey,
    { parent, move }: Arrival,
  ): { readonly state: number; readonly isNew: boolean } {
    const place = this.#placeOf(low, high);
    const last = this.#table[place]!;
    const own = this.#resourceTable.numberOf(resources);
    const known = this.#covering(last, own);
    if (known !== undefined) return { state: known, isNew: false };
    const state = this.#size;
    if (state === this.#parents.length) this.#growStates();
    this.#hashes[state * 2] = low;
    this.#hashes[state * 2 + 1] = high;
    this.#before[state] = last;
    this.#resources[state] = own;
    this.#parents[state] = parent ?? NO_PARENT;
    this.#moves[state] = move;
    this.#table[place] = state + 1;
    this.#size = state + 1;
    if (last === 0) this.#hashCount += 1;
    if (this.#hashCount > this.#table.length * FULL) this.#growTable();
    return { state, isNew: true };
  }

  /** `last`: number of the last state with the hash, plus one. */
  #covering(last: number, resources: number): number | undefined {
    for (let at = last; at !== 0; at = this.#before[at - 1]!) {
      if (this.#resourceTable.covers(this.#resources[at - 1]!, resources)) return at - 1;
    }
    return undefined;
  }

  arrivalAt(state: number): Arrival {
    const parent = this.#parents[state]!;
    return { parent: parent === NO_PARENT ? undefined : parent, move: this.#moves[state]! };
  }

  #placeOf(low: number, high: number): number {
    const mask = this.#table.length - 1;
    let place = (low ^ Math.imul(high, 0x9e3779b1)) & mask;
    for (;;) {
      const known = this.#table[place]!;
      if (known === 0) return place;
      if (this.#hashes[known * 2 - 2] === low && this.#hashes[known * 2 - 1] === high) return place;
      place = (place + 1) & mask;
    }
  }

  #growTable(): void {
    this.#table = new Uint32Array(this.#table.length * 2);
    for (let state = 0; state < this.#size; state++) {
      const place = this.#placeOf(this.#hashes[state * 2]!, this.#hashes[state * 2 + 1]!);
      this.#table[place] = state + 1;
    }
  }

  #growStates(): void {
    const capacity = this.#parents.length * 2;
    this.#hashes = grown(this.#hashes, new Uint32Array(capacity * 2));
    this.#before = grown(this.#before, new Uint32Array(capacity));
    this.#resources = grown(this.#resources, new Uint32Array(capacity));
    this.#parents = grown(this.#parents, new Uint32Array(capacity));
    this.#moves = grown(this.#moves, new Uint16Array(capacity));
  }
}

function grown<T extends Uint32Array | Uint16Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

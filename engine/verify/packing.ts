import type { Snapshot } from '../interpreter/index.ts';
import type { Outside } from './outside.ts';
import { Zone } from './zone.ts';

/** A state that can be explored. */
export interface Node {
  readonly snapshot: Snapshot;
  readonly zone: Zone;
  readonly outside: Outside;
  /** Keys of the timers that may be the first that is due. */
  readonly dueFirst: readonly string[];
}

/**
 * Writes states that wait to be explored as bytes. Most of a snapshot is data that never change, such as
 * texts and functions: the beginning and the end that the data share with those of the first state are not
 * kept.
 */
export class Packing {
  readonly #first: string;

  constructor(first: Node) {
    this.#first = dataOf(first.snapshot);
  }

  pack({ snapshot, zone, outside, dueFirst }: Node): Buffer {
    const data = dataOf(snapshot);
    const [head, tail] = sharedParts(this.#first, data);
    const rest = { ...snapshot, execution: { ...snapshot.execution, data: null } };
    const text = JSON.stringify([head, tail, rest, zone.toJson(), outside, dueFirst]);
    return Buffer.from(`${text}\n${data.slice(head, data.length - tail)}`);
  }

  unpack(bytes: Uint8Array): Node {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
    const end = text.indexOf('\n');
    const [head, tail, rest, zone, outside, dueFirst] = JSON.parse(text.slice(0, end)) as [
      number,
      number,
      Snapshot,
      ReturnType<Zone['toJson']>,
      Outside,
      readonly string[],
    ];
    const first = this.#first;
    const data = first.slice(0, head) + text.slice(end + 1) + first.slice(first.length - tail);
    const snapshot = { ...rest, execution: { ...rest.execution, data } };
    return { snapshot, zone: Zone.fromJson(zone), outside, dueFirst };
  }
}

/** Lengths of the beginning and of the end that two texts share, without overlap. */
function sharedParts(a: string, b: string): readonly [head: number, tail: number] {
  const length = Math.min(a.length, b.length);
  let head = 0;
  while (head < length && a.charCodeAt(head) === b.charCodeAt(head)) head++;
  let tail = 0;
  const isEqual = (): boolean => a.charCodeAt(a.length - 1 - tail) === b.charCodeAt(b.length - 1 - tail);
  while (tail < length - head && isEqual()) tail++;
  return [head, tail];
}

function dataOf(snapshot: Snapshot): string {
  return String(snapshot.execution.data);
}

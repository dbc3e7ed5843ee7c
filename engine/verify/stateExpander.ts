import { type CanonicalText, requestText } from './canonical.ts';
import type { Expansion, Taken } from './expansion.ts';
import type { Found } from './findings.ts';
import type { Move } from './moves.ts';
import type { Outside } from './outside.ts';
import { type Node, Packing } from './packing.ts';
import { resourcesText } from './resources.ts';
import { timersOf } from './timers.ts';
import { digestOf, type StateKey } from './visited.ts';

/** A state after a move, as far as the search needs it. */
export interface Arrived {
  /** Number of the move. */
  readonly move: number;
  readonly key: StateKey;
  /** Absent: the state is known, or the session has ended. */
  readonly bytes?: Uint8Array;
  /** Present when the move may be part of a loop in which a property never becomes true (loops.ts). */
  readonly round?: Round;
}

export interface Round {
  /** Names of the requests and timers that stay open and armed. */
  readonly kept: readonly string[];
  /** Numbers of the properties that have to become true. */
  readonly pending: readonly number[];
}

/** All moves of a state. */
export interface Expanded {
  /** Moves that were tried. */
  readonly steps: number;
  /** Findings, with the number of the move that shows them, if it is one. */
  readonly found: readonly (readonly [found: readonly Found[], move: number | undefined])[];
  readonly arrived: readonly Arrived[];
}

/** Takes all moves of states. */
export class StateExpander {
  readonly #expansion: Expansion;
  readonly #packing: Packing | undefined;

  constructor(expansion: Expansion) {
    this.#expansion = expansion;
    const { node } = expansion.start(0);
    this.#packing = node && new Packing(node);
  }

  start(start: number): Expanded {
    const { found, node, text } = this.#expansion.start(start);
    return { steps: 0, found: [[found, start]], arrived: [this.#arrived(node, text, start, isNew)] };
  }

  /** `isKnown`: the state need not be written again. */
  expand(bytes: Uint8Array, isKnown: (key: StateKey) => boolean): Expanded {
    const node = this.#packing!.unpack(bytes);
    const text = this.#expansion.textOf(node);
    let isLeft = node.dueFirst.length > 0;
    let steps = 0;
    const found: (readonly [readonly Found[], number | undefined])[] = [];
    const arrived: Arrived[] = [];
    this.#expansion.moves(node).forEach((move, index) => {
      const taken = this.#expansion.take(node, move);
      if (!taken) return;
      steps += 1;
      if (taken.found.length > 0) found.push([taken.found, index]);
      const changes = taken.text.document !== text.document;
      isLeft ||= changes && move.kind !== 'terminate';
      // An event that changes nothing does not count as one that came, and a request that the document has
      // forgotten stays open: the state before the move covers the one after it.
      const isSame = !changes && taken.text.outside === text.outside;
      const round = this.#roundOf(node, move, taken);
      if (isSame && (!round || isForgotten(node, taken))) return;
      arrived.push({ ...this.#arrived(taken.node, taken.text, index, isKnown), ...(round && { round }) });
    });
    if (!isLeft && !this.#leavesLater(node, text)) found.push([this.#expansion.deadEnd(node), undefined]);
    return { steps, found, arrived };
  }

  #arrived(
    node: Node | undefined,
    text: CanonicalText,
    move: number,
    isKnown: (key: StateKey) => boolean,
  ): Arrived {
    const key = keyOf(text, node?.outside);
    return node && !isKnown(key) ? { move, key, bytes: this.#packing!.pack(node) } : { move, key };
  }

  /** Undefined for a move that is part of no loop. */
  #roundOf(node: Node, move: Move, { node: after, text }: Taken): Round | undefined {
    if (!after || !comesInTheEnd(move)) return undefined;
    const { watches, model } = this.#expansion;
    const pending = watches.pending(after.outside.watches);
    if (pending.length === 0) return undefined;
    const open = new Set(node.outside.open.map(({ requestId }) => requestId));
    const armed = new Set(timersOf(node.snapshot).map(({ key }) => key));
    const requests = after.outside.open
      .filter(({ requestId }) => open.has(requestId))
      .map((request) => requestText(model, request))
      .filter((name) => !text.forgotten.includes(name));
    const timers = timersOf(after.snapshot)
      .filter(({ key }) => armed.has(key))
      .map(({ event }) => `timer ${event}`);
    return { kept: [...new Set([...requests, ...timers])].sort(), pending };
  }

  /** True when an event that came often enough would leave the state. */
  #leavesLater(node: Node, text: CanonicalText): boolean {
    const fresh = { ...node, outside: { ...node.outside, used: node.outside.used.map(() => 0) } };
    const events = this.#expansion.moves(fresh).filter((move: Move) => move.kind === 'event');
    return events.some((move) => {
      const taken = this.#expansion.take(fresh, move);
      return taken !== undefined && taken.text.document !== text.document;
    });
  }
}

function isNew(): boolean {
  return false;
}

/** True for answers and timers, which come in the end. */
function comesInTheEnd({ kind }: Move): boolean {
  return kind === 'reply' || kind === 'done' || kind === 'error' || kind === 'timer';
}

/** True for the answer to a request that the document has forgotten, if it changes nothing. */
function isForgotten(before: Node, { node: after }: Taken): boolean {
  return after !== undefined && after.outside.open.length < before.outside.open.length;
}

/** `surroundings`: undefined when the session has ended. */
function keyOf({ document, outside, forgotten }: CanonicalText, surroundings: Outside | undefined): StateKey {
  if (!surroundings) return { digest: digestOf(document), resources: '' };
  const { used } = surroundings;
  return { digest: digestOf(`${document}\n${outside}`), resources: resourcesText({ used, forgotten }) };
}

import { nextMacrotask } from '../ports/index.ts';
import { type Bounds, DEFAULT_BOUNDS } from './bounds.ts';
import type { CanonicalText } from './canonical.ts';
import type { Expansion, Taken } from './expansion.ts';
import type { Found } from './findings.ts';
import type { Move } from './moves.ts';
import type { Outside } from './outside.ts';
import { type Node, Packing } from './packing.ts';
import { StateQueue } from './stateQueue.ts';
import { Visited } from './visited.ts';

/** States that are explored before other code of the process runs. */
const STATES_PER_TURN = 20;

/** A finding with the way to it. */
export interface FoundAt {
  readonly found: Found;
  /** The state before the move that shows it. Undefined: the start shows it. */
  readonly state: number | undefined;
  /** Number of the move among those of the state, or of the start. Undefined: the state itself shows it. */
  readonly move: number | undefined;
}

export interface Progress {
  readonly states: number;
  readonly steps: number;
  readonly depth: number;
  /** States that wait to be explored. */
  readonly waiting: number;
  readonly bytes: number;
  readonly findings: number;
}

export interface ExploreOptions {
  readonly bounds: Partial<Bounds>;
  /** ms on a clock that never stops. */
  readonly elapsed: () => number;
  /** True: stop now. */
  readonly isStopped?: () => boolean;
  readonly onProgress?: (progress: Progress) => void;
}

/** Explores the states of a document, breadth first, so that the first way to a finding is the shortest. */
export class Explorer {
  readonly visited = new Visited();
  readonly #expansion: Expansion;
  readonly #bounds: Bounds;
  readonly #options: ExploreOptions;
  #packing: Packing | undefined;
  readonly #queue = new StateQueue();
  readonly #found = new Map<string, FoundAt>();
  readonly #startedAt: number;
  #steps = 0;
  #depth = 0;
  #depthEnd = 1;

  constructor(expansion: Expansion, options: ExploreOptions) {
    this.#expansion = expansion;
    this.#options = options;
    this.#bounds = { ...DEFAULT_BOUNDS, ...options.bounds };
    this.#startedAt = options.elapsed();
  }

  get progress(): Progress {
    return {
      states: this.visited.size,
      steps: this.#steps,
      depth: this.#depth,
      waiting: this.#queue.size,
      bytes: this.visited.bytes + this.#queue.bytes,
      findings: this.#found.size,
    };
  }

  get found(): readonly FoundAt[] {
    return [...this.#found.values()];
  }

  /** Explores until all states are known. Returns the bound that stopped it before, or 'stopped'. */
  async run(): Promise<keyof Bounds | 'stopped' | undefined> {
    for (const index of this.#expansion.model.surroundings.starts.keys()) {
      const start = this.#expansion.start(index);
      this.#note(start.found, undefined, index);
      this.#arrive(start, undefined, index);
    }
    this.#depthEnd = this.visited.size;
    for (;;) {
      for (let count = 0; count < STATES_PER_TURN; count++) {
        const next = this.#queue.shift();
        if (!next) return undefined;
        if (next.state >= this.#depthEnd) {
          this.#depth += 1;
          this.#depthEnd = this.visited.size;
          if (this.#depth >= this.#bounds.MAX_DEPTH) return this.#stoppedAt(next, 'MAX_DEPTH');
        }
        this.#expand(next.state, this.#packing!.unpack(next.bytes));
      }
      const bound = this.#reachedBound();
      if (bound) return bound;
      this.#options.onProgress?.(this.progress);
      await nextMacrotask();
      if (this.#options.isStopped?.()) return 'stopped';
    }
  }

  #stoppedAt(next: { readonly state: number; readonly bytes: Buffer }, bound: keyof Bounds): keyof Bounds {
    this.#queue.push(next.state, next.bytes);
    return bound;
  }

  #reachedBound(): keyof Bounds | undefined {
    const { states, steps, bytes, findings } = this.progress;
    const bounds = this.#bounds;
    if (states >= bounds.MAX_STATES) return 'MAX_STATES';
    if (steps >= bounds.MAX_STEPS) return 'MAX_STEPS';
    if (bytes >= bounds.MAX_BYTES) return 'MAX_BYTES';
    if (findings >= bounds.MAX_FINDINGS) return 'MAX_FINDINGS';
    return this.#options.elapsed() - this.#startedAt >= bounds.MAX_TIME_MS ? 'MAX_TIME_MS' : undefined;
  }

  #expand(state: number, node: Node): void {
    const text = this.#expansion.textOf(node);
    let isLeft = node.dueFirst.length > 0 || node.outside.open.length > 0;
    this.#expansion.moves(node).forEach((move, index) => {
      const taken = this.#expansion.take(node, move);
      if (!taken) return;
      this.#steps += 1;
      this.#note(taken.found, state, index);
      const changes = taken.text.document !== text.document;
      isLeft ||= changes && move.kind !== 'terminate';
      // An event that changes nothing does not count as one that came.
      if (move.kind === 'event' && !changes && taken.text.outside === text.outside) return;
      this.#arrive(taken, state, index);
    });
    if (isLeft || this.#leavesLater(node, text)) return;
    this.#note(this.#expansion.deadEnd(node), state, undefined);
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

  #arrive({ node, text }: Taken, parent: number | undefined, move: number): void {
    const key = node ? keyOf(text, node.outside) : text.document;
    const { state, isNew } = this.visited.add(key, { parent, move });
    if (!isNew || !node) return;
    this.#packing ??= new Packing(node);
    this.#queue.push(state, this.#packing.pack(node));
  }

  #note(found: readonly Found[], state: number | undefined, move: number | undefined): void {
    for (const one of found) {
      const key = `${one.kind} ${one.key}`;
      if (!this.#found.has(key)) this.#found.set(key, { found: one, state, move });
    }
  }
}

function keyOf({ document, outside }: CanonicalText, { used }: Outside): string {
  return `${document}\n${outside}\n${used.join()}`;
}

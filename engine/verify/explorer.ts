import { nextMacrotask } from '../ports/index.ts';
import { type Bounds, DEFAULT_BOUNDS } from './bounds.ts';
import { type Crew, OwnThread } from './crew.ts';
import type { Expansion } from './expansion.ts';
import type { Found } from './findings.ts';
import { type Loop, Loops } from './loops.ts';
import { type Expanded, StateExpander } from './stateExpander.ts';
import { StateQueue } from './stateQueue.ts';
import { Visited } from './visited.ts';

/** States that are explored before other code of the process runs. */
const STATES_PER_BATCH = 20;
/** An exploration that takes longer gets threads of its own. */
const ALONE_MS = 5_000;

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
  readonly #expander: StateExpander;
  readonly #bounds: Bounds;
  readonly #options: ExploreOptions;
  readonly #openThreads: (() => Crew) | undefined;
  readonly #queue = new StateQueue();
  readonly #loops = new Loops();
  readonly #found = new Map<string, FoundAt>();
  readonly #startedAt: number;
  /** Batches that are explored, in the order of their states. */
  readonly #inFlight: {
    readonly states: readonly number[];
    readonly result: Promise<readonly Expanded[]>;
  }[] = [];
  #crew: Crew;
  #isAlone = true;
  #steps = 0;
  #depth = 0;
  #depthEnd = 1;

  /** `openThreads`: for an exploration that takes long. */
  constructor(expansion: Expansion, options: ExploreOptions, openThreads?: () => Crew) {
    this.#expansion = expansion;
    this.#expander = new StateExpander(expansion);
    this.#options = options;
    this.#openThreads = openThreads;
    this.#bounds = { ...DEFAULT_BOUNDS, ...options.bounds };
    this.#startedAt = options.elapsed();
    this.#crew = new OwnThread(this.#expander, this.visited);
  }

  get progress(): Progress {
    const inFlight = this.#inFlight.reduce((sum, { states }) => sum + states.length, 0);
    return {
      states: this.visited.size,
      steps: this.#steps,
      depth: this.#depth,
      waiting: this.#queue.size + inFlight,
      bytes: this.visited.bytes + this.#queue.bytes + this.#loops.bytes,
      findings: this.#found.size,
    };
  }

  get found(): readonly FoundAt[] {
    return [...this.#found.values()];
  }

  /** A loop for each property that is missed in one, and nowhere else. */
  get loops(): readonly Loop[] {
    const { properties } = this.#expansion.model.surroundings;
    const others = [...properties.keys()].filter(
      (index) => !this.#found.has(`property ${properties[index]!.name}`),
    );
    return this.#loops.find(others);
  }

  /** Explores until all states are known. Returns the bound that stopped it before, or 'stopped'. */
  async run(): Promise<keyof Bounds | 'stopped' | undefined> {
    for (const index of this.#expansion.model.surroundings.starts.keys()) {
      this.#add(this.#expander.start(index), undefined);
    }
    this.#depthEnd = this.visited.size;
    try {
      return await this.#search();
    } finally {
      await this.#crew.close();
    }
  }

  async #search(): Promise<keyof Bounds | 'stopped' | undefined> {
    for (;;) {
      while (this.#inFlight.length < this.#crew.width && this.#sendBatch());
      const first = this.#inFlight[0];
      if (!first) return this.#queue.size > 0 ? 'MAX_DEPTH' : undefined;
      const results = await first.result;
      this.#inFlight.shift();
      for (const [index, expanded] of results.entries()) this.#add(expanded, first.states[index]);
      const bound = this.#reachedBound();
      if (bound) return bound;
      this.#options.onProgress?.(this.progress);
      await nextMacrotask();
      if (this.#options.isStopped?.()) return 'stopped';
      this.#callThreads();
    }
  }

  /** Sends the next states of one depth to the crew. False when there are none, or others must come first. */
  #sendBatch(): boolean {
    const { next } = this.#queue;
    if (next === undefined) return false;
    if (next >= this.#depthEnd) {
      // The states of a depth are all known when those of the depth before are explored.
      if (this.#inFlight.length > 0 || this.#depth + 1 >= this.#bounds.MAX_DEPTH) {
        if (this.#inFlight.length === 0) this.#depth = this.#bounds.MAX_DEPTH;
        return false;
      }
      this.#depth += 1;
      this.#depthEnd = this.visited.size;
    }
    const states: number[] = [];
    const batch: Uint8Array[] = [];
    while (
      states.length < STATES_PER_BATCH &&
      (this.#queue.next ?? Number.POSITIVE_INFINITY) < this.#depthEnd
    ) {
      const { state, bytes } = this.#queue.shift()!;
      states.push(state);
      batch.push(bytes);
    }
    const result = this.#crew.expand(batch);
    // A batch that nobody waits for any more may fail.
    result.catch(() => undefined);
    this.#inFlight.push({ states, result });
    return true;
  }

  #callThreads(): void {
    const isLong = this.#options.elapsed() - this.#startedAt >= ALONE_MS;
    if (!this.#isAlone || !this.#openThreads || !isLong || this.#inFlight.length > 0) return;
    this.#isAlone = false;
    this.#crew = this.#openThreads();
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

  #add({ steps, found, arrived }: Expanded, parent: number | undefined): void {
    this.#steps += steps;
    for (const [all, move] of found) this.#note(all, parent, move);
    for (const { move, key, bytes, round } of arrived) {
      const { state, isNew } = this.visited.add(key, { parent, move });
      if (round && parent !== undefined) {
        this.#loops.add({ from: parent, to: state, move }, round.kept, round.pending);
      }
      if (isNew && bytes) this.#queue.push(state, bytes);
    }
  }

  #note(found: readonly Found[], state: number | undefined, move: number | undefined): void {
    for (const one of found) {
      const key = `${one.kind} ${one.key}`;
      if (!this.#found.has(key)) this.#found.set(key, { found: one, state, move });
    }
  }
}

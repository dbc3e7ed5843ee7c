import type { Installation } from '../../interpreter/index.ts';
import type { Clock, Log } from '../../ports/index.ts';
import {
  type ChildLimits,
  ChildLink,
  type ChildProgram,
  type Death,
  type PendingExecution,
  type PendingLoad,
  type PendingRequest,
} from './childLink.ts';
import type { DeathReason, SpawnChild } from './childProcess.ts';
import {
  MAX_PREPARED_PROGRAMS,
  MAX_START_FAILURES,
  MAX_WAITING_LOADS,
  SMALL_LOAD_CHARS,
  START_PAUSE_MS,
} from './limits.ts';

/** A crash may come from outside: a request is blamed for one only after this many crashes before. */
const CRASHES_AS_PROOF = 2;

export interface ChildPoolDeps {
  readonly spawn: SpawnChild;
  /** Real time, also where sessions have a simulated clock. */
  readonly clock: Clock;
  readonly log: Log;
  /** Children, beside the spare child, the quarantine child and the two loaders. */
  readonly size: number;
  readonly limits: ChildLimits;
  /** Lists, options and special days that sessions read. */
  readonly installation?: Installation | undefined;
}

interface Slot {
  readonly number: number;
  /**
   * Its child has one request at a time, so that a death has one possible cause. Suspects are repeated there.
   */
  readonly isAlone: boolean;
  link: ChildLink | undefined;
  /** Children in a row that did not become ready. */
  startFailures: number;
  /** ms since epoch until which no child is started. */
  pausedUntil: number;
}

/**
 * Engine children: as many as configured, a spare child, a quarantine child for suspects, and two loaders.
 *
 * P1. A session stays with its child until that child dies. The spare child is started in advance and
 *     replaces it.
 * P2. A request is blamed for a death only when nothing else can be the cause: it did not end in time and was
 *     the only request of its child; or it was alone in the quarantine child, and not for the first time if
 *     the child crashed.
 * P3. After a death all requests without an answer are repeated: steps are pure, and no step without an
 *     answer was committed. The oldest one (LK1) is the suspect and goes to the quarantine child; the others
 *     go to the next child. A request that has seen two deaths goes to quarantine too: several requests may
 *     kill their children.
 * P4. A session that was blamed stays in quarantine, where it can delay only other suspects.
 * P5. Loaders read documents and run no code of documents: a document that takes long delays no session, and
 *     code that breaks out of its realm reads and changes no document of others. Long documents have a loader
 *     of their own, so that short ones do not wait for them.
 */
export class ChildPool {
  readonly #deps: ChildPoolDeps;
  readonly #slots: readonly Slot[];
  readonly #quarantine: Slot;
  readonly #spare: Slot;
  readonly #loaders: { readonly small: Slot; readonly large: Slot };
  /** Compiled in the next spare child in advance; least recently compiled first. */
  readonly #compiled = new Set<ChildProgram>();
  readonly #deaths: Record<DeathReason, number> = { deadline: 0, memory: 0, crash: 0 };
  #isClosed = false;
  #isSparePlanned = false;
  #lastIdle = -1;

  constructor(deps: ChildPoolDeps) {
    this.#deps = deps;
    const { size } = deps;
    this.#quarantine = newSlot(size, { isAlone: true });
    this.#spare = newSlot(size + 1);
    this.#loaders = {
      small: newSlot(size + 2, { isAlone: true }),
      large: newSlot(size + 3, { isAlone: true }),
    };
    const others = Array.from({ length: size }, (_, number) => newSlot(number));
    this.#slots = [...others, this.#quarantine, this.#spare, this.#loaders.small, this.#loaders.large];
  }

  /** Children that ended unexpectedly since the start of the process. */
  get deaths(): Readonly<Record<DeathReason, number>> {
    return this.#deaths;
  }

  run(pending: PendingExecution): void {
    const { placement } = pending;
    placement.slot ??= this.#leastLoaded();
    this.#runIn(this.#slots[placement.slot]!, pending);
  }

  /** P5. `chars`: the length of the document's files. */
  load(pending: PendingLoad, chars: number): void {
    const slot = chars <= SMALL_LOAD_CHARS ? this.#loaders.small : this.#loaders.large;
    if ((slot.link?.load ?? 0) >= MAX_WAITING_LOADS) pending.refused();
    else this.#runIn(slot, pending);
  }

  /** Ends all children. Requests without an answer are refused, and so are all later ones. */
  close(): void {
    this.#isClosed = true;
    for (const { link } of this.#slots) link?.close();
  }

  #runIn(slot: Slot, pending: PendingRequest): void {
    if (this.#isClosed || this.#deps.clock.now() < slot.pausedUntil) {
      pending.refused();
      return;
    }
    if (slot.link === undefined) this.#fill(slot);
    slot.link?.run(pending);
    this.#planSpare();
  }

  /** The slot with the fewest requests. Idle slots are used one after the other. */
  #leastLoaded(): number {
    const loads = this.#slots.slice(0, this.#deps.size).map(({ link }) => link?.load ?? 0);
    const least = Math.min(...loads);
    if (least > 0) return loads.indexOf(least);
    do this.#lastIdle = (this.#lastIdle + 1) % loads.length;
    while (loads[this.#lastIdle] !== 0);
    return this.#lastIdle;
  }

  /** P1. A loader has no use for the programs of the spare child. */
  #fill(slot: Slot): void {
    const spare = this.#isLoader(slot) ? undefined : this.#spare.link;
    if (spare !== undefined) this.#spare.link = undefined;
    slot.link = spare ?? this.#startLink();
    if (slot.isAlone) slot.link.takeOneAtATime();
  }

  #isLoader(slot: Slot): boolean {
    return slot === this.#loaders.small || slot === this.#loaders.large;
  }

  /** Later, because the start of a process takes time: requests are sent first. */
  #planSpare(): void {
    if (this.#spare.link !== undefined || this.#isSparePlanned) return;
    this.#isSparePlanned = true;
    setImmediate(() => this.#startSpare());
  }

  #startSpare(): void {
    this.#isSparePlanned = false;
    const spare = this.#spare;
    if (this.#isClosed || spare.link !== undefined || this.#deps.clock.now() < spare.pausedUntil) return;
    spare.link = this.#startLink();
    for (const program of this.#compiled) spare.link.prepare(program);
  }

  #startLink(): ChildLink {
    const { spawn, clock, limits, installation } = this.#deps;
    const link: ChildLink = new ChildLink({
      spawn,
      clock,
      limits,
      installation,
      onCompiled: (program) => this.#noteCompiled(link, program),
      onDeath: (death) => this.#afterDeath(this.#slots.find((slot) => slot.link === link)!, death),
    });
    return link;
  }

  /** Prepares only documents that a child has compiled, so never a document that ended its child. */
  #noteCompiled(link: ChildLink, program: ChildProgram): void {
    this.#compiled.delete(program);
    this.#compiled.add(program);
    if (link !== this.#spare.link) this.#spare.link?.prepare(program);
    for (const oldest of this.#compiled) {
      if (this.#compiled.size <= MAX_PREPARED_PROGRAMS) return;
      this.#compiled.delete(oldest);
    }
  }

  #afterDeath(slot: Slot, death: Death): void {
    slot.link = undefined;
    if (slot === this.#spare) this.#compiled.clear();
    const { reason, message, unanswered, waiting } = death;
    if (this.#isClosed) {
      for (const pending of [...unanswered, ...waiting]) pending.refused();
      return;
    }
    this.#deaths[reason]++;
    this.#deps.log.warn(
      { child: slot.number, reason, inFlight: unanswered.length, err: new Error(message) },
      'An engine child ended unexpectedly.',
    );
    this.#replace(slot, death);
    const blamed = this.#blamed(slot, death);
    if (blamed !== undefined) {
      this.#runAll(slot, waiting);
      if (blamed.kind === 'execution') blamed.placement.slot = this.#quarantine.number;
      blamed.lost({ reason, message });
      return;
    }
    const suspects = suspectsOf(death);
    this.#runAll(slot, [...unanswered.filter((pending) => !suspects.includes(pending)), ...waiting]);
    // Later, because the quarantine child may have to be started: the others leave first.
    setImmediate(() => this.#runAll(slot.isAlone ? slot : this.#quarantine, suspects));
  }

  #runAll(slot: Slot, all: readonly PendingRequest[]): void {
    for (const pending of all) this.#runIn(slot, pending);
  }

  /**
   * Starts a child at once, so that the next request does not wait for it, unless the lost child had no
   * request.
   */
  #replace(slot: Slot, { wasReady, wasUsed }: Death): void {
    slot.startFailures = wasReady ? 0 : slot.startFailures + 1;
    if (slot.startFailures >= MAX_START_FAILURES) {
      slot.startFailures = 0;
      slot.pausedUntil = this.#deps.clock.now() + START_PAUSE_MS;
    } else if (wasUsed) {
      this.#fill(slot);
      this.#planSpare();
    }
  }

  /** P2. */
  #blamed(slot: Slot, { reason, unanswered }: Death): PendingRequest | undefined {
    const [only] = unanswered;
    if (only === undefined || unanswered.length > 1) return undefined;
    return reason === 'deadline' || (slot.isAlone && isProof(reason, only)) ? only : undefined;
  }
}

function isProof(reason: DeathReason, { seen }: PendingRequest): boolean {
  return reason === 'memory' || seen.crashes >= CRASHES_AS_PROOF;
}

/** P3, in the order in which they run in quarantine: the oldest request, the likeliest cause, runs last. */
function suspectsOf({ reason, unanswered }: Death): readonly PendingRequest[] {
  const [oldest, ...others] = unanswered;
  if (oldest === undefined) return [];
  for (const { seen } of unanswered) seen.deaths++;
  if (reason === 'crash') oldest.seen.crashes++;
  return [...others.filter(({ seen }) => seen.deaths > 1), oldest];
}

function newSlot(number: number, { isAlone }: { readonly isAlone: boolean } = { isAlone: false }): Slot {
  return { number, isAlone, link: undefined, startFailures: 0, pausedUntil: 0 };
}

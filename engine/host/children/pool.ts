import type { Clock, Log } from '../../ports/index.ts';
import type { DeathReason, SpawnChild } from './childProcess.ts';
import { MAX_IN_FLIGHT, MAX_PREPARED_PROGRAMS, MAX_START_FAILURES, START_PAUSE_MS } from './limits.ts';
import { type Call, type ChildLimits, type ChildProgram, createLink, type Death, type Link } from './link.ts';

/** Crashes under one call before the last one, alone in the quarantine child, counts as its doing. */
const CRASHES_AS_PROOF = 2;

/** Child processes, as many as configured, a spare one, and one for what is under suspicion. */
export interface Pool {
  run(call: Call): void;
  /** Ends all children. Calls not answered are refused, and so is every later one. */
  close(): void;
}

export interface PoolDeps {
  readonly spawn: SpawnChild;
  /** Real time: what hangs does so on no simulated clock. */
  readonly clock: Clock;
  readonly log: Log;
  /** Children, beside the spare one and the one for suspects. */
  readonly size: number;
  readonly limits: ChildLimits;
}

interface Slot {
  readonly number: number;
  link: Link | undefined;
  /** Children in a row that did not get ready. */
  startFailures: number;
  /** ms since epoch until which no child is started. */
  pausedUntil: number;
}

/**
 * P1. A session stays with its child until that dies. One more child is started ahead, as a spare: whoever needs a
 *     child gets it, in the first place the sessions of one that died.
 * P2. A call is blamed for a death only when nothing else can be: it did not end in time and was the only one
 *     under way, or it was alone in the quarantine child, and that not for the first time if it crashed.
 * P3. After a death every call under way is done again: steps are pure, and nothing of one not answered was
 *     committed. What the child was at goes to the quarantine child, alone; the others, which were done already
 *     or not begun, go to the next child at once. Who has seen two deaths goes to quarantine too: several may be
 *     at it. There the likeliest comes last.
 * P4. Who was blamed once stays in quarantine, where it delays its like only.
 */
export function createPool(deps: PoolDeps): Pool {
  const { clock, log } = deps;
  const slots: Slot[] = Array.from({ length: deps.size + 2 }, (_, number) => newSlot(number));
  const quarantine = slots[deps.size]!;
  const spare = slots[deps.size + 1]!;
  /** To be compiled ahead in the next spare child, least recently compiled first. */
  const compiled = new Set<ChildProgram>();
  let isClosed = false;
  let isSparePlanned = false;

  function run(call: Call): void {
    const { placement } = call;
    placement.slot ??= leastLoaded();
    const slot = slots[placement.slot]!;
    runIn(slot, slot === quarantine ? inQuarantine(call) : call);
  }

  function runIn(slot: Slot, call: Call): void {
    if (isClosed || clock.now() < slot.pausedUntil) {
      call.refused();
      return;
    }
    slot.link ??= takeLink();
    slot.link.run(call);
    planSpare();
  }

  function leastLoaded(): number {
    let best = 0;
    for (let number = 1; number < deps.size; number++) {
      if (loadOf(number) < loadOf(best)) best = number;
    }
    if (loadOf(best) > 0) return best;
    // Of idle ones each in turn.
    turn = (turn + 1) % deps.size;
    return loadOf(turn) > 0 ? best : turn;
  }
  let turn = -1;

  function loadOf(number: number): number {
    return slots[number]!.link?.load ?? 0;
  }

  /** P1. */
  function takeLink(): Link {
    const ready = spare.link;
    spare.link = undefined;
    return ready ?? startLink();
  }

  /** To start a process takes a while, in which what was asked leaves first. */
  function planSpare(): void {
    if (spare.link !== undefined || isSparePlanned) return;
    isSparePlanned = true;
    setImmediate(renewSpare);
  }

  function renewSpare(): void {
    isSparePlanned = false;
    if (isClosed || spare.link !== undefined || clock.now() < spare.pausedUntil) return;
    spare.link = startLink();
    for (const program of compiled) spare.link.prepare(program);
  }

  /** What one child has compiled another one can: what it cannot compile takes no spare with it. */
  function noteCompiled(link: Link, program: ChildProgram): void {
    compiled.delete(program);
    compiled.add(program);
    if (link !== spare.link) spare.link?.prepare(program);
    for (const oldest of compiled) {
      if (compiled.size <= MAX_PREPARED_PROGRAMS) return;
      compiled.delete(oldest);
    }
  }

  function startLink(): Link {
    const link: Link = createLink({
      ...{ spawn: deps.spawn, clock, limits: deps.limits },
      window: () => (link === quarantine.link ? 1 : MAX_IN_FLIGHT),
      onCompiled: (program) => noteCompiled(link, program),
      onDeath: (death) => bury(slots.find((slot) => slot.link === link)!, death),
    });
    return link;
  }

  function bury(slot: Slot, death: Death): void {
    slot.link = undefined;
    if (slot === spare) compiled.clear();
    const { reason, message, wasReady, wasUsed, sent, waiting } = death;
    if (isClosed) {
      for (const call of [...sent, ...waiting]) call.refused();
      return;
    }
    log.warn(
      { child: slot.number, reason, inFlight: sent.length, err: new Error(message) },
      'An engine child died.',
    );
    slot.startFailures = wasReady ? 0 : slot.startFailures + 1;
    if (slot.startFailures >= MAX_START_FAILURES) {
      slot.startFailures = 0;
      slot.pausedUntil = clock.now() + START_PAUSE_MS;
    }
    // At once, so that whoever comes next does not wait for its start; but for one that died of nothing.
    else if (wasUsed) {
      slot.link = takeLink();
      planSpare();
    }
    const [first] = sent;
    const isBlamed = first !== undefined && sent.length === 1 && isProof(slot, reason, first);
    const suspects = isBlamed ? sent : suspectsOf(death);
    for (const call of sent) if (!suspects.includes(call)) runIn(slot, call);
    for (const call of waiting) runIn(slot, call);
    if (isBlamed) {
      // P4.
      first.placement.slot = quarantine.number;
      first.lost(reason, message);
      return;
    }
    // For the reason of planSpare: there may be no child there yet.
    setImmediate(() => {
      for (const call of suspects) runIn(quarantine, inQuarantine(call));
    });
  }

  /** P3, in the order in which they go to quarantine. */
  function suspectsOf({ reason, sent, suspects }: Death): readonly Call[] {
    for (const { seen } of sent) seen.deaths++;
    if (reason === 'crash') for (const { seen } of suspects) seen.crashes++;
    const others = sent.filter((call) => call.seen.deaths > 1 && !suspects.includes(call));
    return [...others, ...suspects.toReversed()];
  }

  /** P2. A crash may have come from outside, and may have taken all children: it has to come again. */
  function isProof(slot: Slot, reason: DeathReason, { seen }: Call): boolean {
    if (reason === 'deadline') return true;
    return slot === quarantine && (reason === 'memory' || seen.crashes >= CRASHES_AS_PROOF);
  }

  /** Leaves nothing behind: the next one there is judged on its own. */
  function inQuarantine(call: Call): Call {
    return {
      ...call,
      answered(answer) {
        quarantine.link?.forget(call.execution);
        call.answered(answer);
      },
    };
  }

  return {
    run,
    close() {
      isClosed = true;
      for (const { link } of slots) link?.close();
    },
  };
}

function newSlot(number: number): Slot {
  return { number, link: undefined, startFailures: 0, pausedUntil: 0 };
}

import type { Clock, Log } from '../ports.ts';
import type { SpawnChild } from './childProcess.ts';
import { MAX_IN_FLIGHT, MAX_START_FAILURES, START_PAUSE_MS } from './limits.ts';
import { type Call, type ChildLimits, createLink, type Death, type DeathReason, type Link } from './link.ts';

/** Crashes under one call before the last one, alone in the quarantine child, counts as its doing. */
const CRASHES_AS_PROOF = 2;

/** Child processes, as many as configured, and one more for what is under suspicion. */
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
  /** Children, beside the one for suspects. */
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
 * P1. A session stays with its child until that dies; children start when first needed, the one for suspects
 *     with the first of them, and again at once after a death.
 * P2. A call is blamed for a death only when nothing else can be: it did not end in time and was the only one
 *     under way, or it was alone in the quarantine child, and that not for the first time if it crashed.
 * P3. Of several suspects each is done again, alone, in the quarantine child: steps are pure, and nothing of
 *     one not answered was committed. The last asked goes first, as the first was likeliest the one that hung.
 * P4. Who was blamed once stays in quarantine, where it delays its like only.
 */
export function createPool(deps: PoolDeps): Pool {
  const { clock, log } = deps;
  const quarantine = deps.size;
  const slots: Slot[] = Array.from({ length: deps.size + 1 }, (_, number) => newSlot(number));
  /** Children that crashed under an execution whose call is not answered yet. */
  const crashes = new Map<number, number>();
  let isClosed = false;

  function run(call: Call): void {
    const { placement } = call;
    placement.slot ??= leastLoaded();
    runIn(slots[placement.slot]!, placement.slot === quarantine ? inQuarantine(call) : call);
  }

  function runIn(slot: Slot, call: Call): void {
    if (isClosed || clock.now() < slot.pausedUntil) {
      call.refused();
      return;
    }
    slot.link ??= startLink(slot);
    slot.link.run(call);
    // P1: suspects should not wait for a start on top of what they waited already.
    const spare = slots[quarantine]!;
    if (clock.now() >= spare.pausedUntil) spare.link ??= startLink(spare);
  }

  function leastLoaded(): number {
    let best = 0;
    for (const { number, link } of slots) {
      if (number === quarantine) continue;
      if ((link?.load ?? 0) < (slots[best]!.link?.load ?? 0)) best = number;
    }
    if ((slots[best]!.link?.load ?? 0) > 0) return best;
    // Of idle ones each in turn.
    turn = (turn + 1) % deps.size;
    return slots[turn]!.link?.load ? best : turn;
  }
  let turn = -1;

  function startLink(slot: Slot): Link {
    return createLink({
      ...{ spawn: deps.spawn, clock, limits: deps.limits },
      window: slot.number === quarantine ? 1 : MAX_IN_FLIGHT,
      onDeath: (death) => bury(slot, death),
    });
  }

  function bury(slot: Slot, death: Death): void {
    slot.link = undefined;
    const { reason, message, wasReady, wasUsed, sent, waiting } = death;
    if (isClosed) {
      for (const call of [...sent, ...waiting]) call.refused();
      return;
    }
    if (reason !== 'closed') {
      log.warn(
        { child: slot.number, reason, inFlight: sent.length, err: new Error(message) },
        'An engine child died.',
      );
    }
    slot.startFailures = wasReady ? 0 : slot.startFailures + 1;
    if (slot.startFailures >= MAX_START_FAILURES) {
      slot.startFailures = 0;
      slot.pausedUntil = clock.now() + START_PAUSE_MS;
    }
    // At once, so that whoever comes next does not wait for its start; but for one that died of nothing.
    else if (wasUsed) slot.link = startLink(slot);
    for (const call of waiting) runIn(slot, call);
    const only = sent.length === 1 ? sent[0] : undefined;
    if (only !== undefined && reason !== 'closed' && isProof(slot, reason, only)) {
      // P4.
      only.placement.slot = quarantine;
      only.lost(reason, message);
      return;
    }
    for (const call of sent.toReversed()) {
      if (reason === 'crash') crashes.set(call.execution, (crashes.get(call.execution) ?? 0) + 1);
      runIn(slots[quarantine]!, inQuarantine(call));
    }
  }

  /** P2. A crash may have come from outside, and may have taken all children: it has to come again. */
  function isProof(slot: Slot, reason: DeathReason, { execution }: Call): boolean {
    if (reason === 'deadline') return true;
    if (slot.number !== quarantine) return false;
    return reason === 'memory' || (crashes.get(execution) ?? 0) >= CRASHES_AS_PROOF;
  }

  /** Leaves nothing behind: the next one there is judged on its own. */
  function inQuarantine(call: Call): Call {
    return {
      ...call,
      answered(answer) {
        slots[quarantine]!.link?.forget(call.execution);
        crashes.delete(call.execution);
        call.answered(answer);
      },
      lost(reason, message) {
        crashes.delete(call.execution);
        call.lost(reason, message);
      },
      refused() {
        crashes.delete(call.execution);
        call.refused();
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

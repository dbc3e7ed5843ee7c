import type { Target } from '../targets/index.ts';
import type { FreeAgent } from './agentRecord.ts';
import type { DemandClass } from './demandClass.ts';
import type { Lane } from './lane.ts';
import type { WaitingCall } from './waitingCall.ts';

/** Something whose version differs after each change. */
export interface Versioned {
  readonly version: number;
}

/** The versions of the things that a value depends on. */
export class Reads {
  readonly #read: (readonly [source: Versioned, version: number])[] = [];

  add(source: Versioned): void {
    this.#read.push([source, source.version]);
  }

  /** Whether nothing of it has changed since. */
  get isCurrent(): boolean {
    return this.#read.every(([source, version]) => source.version === version);
  }
}

/** A class whose conditions were evaluated. */
export interface JudgedClass {
  /** The things on which the conditions depend. */
  readonly reads: Reads;
  /** The targets whose conditions hold. */
  readonly targets: readonly Target[];
  /** The version of the class for which the agents were found. */
  readonly version: number;
  /** The free agents who match one of the targets, if its threshold holds. */
  readonly agents: readonly FreeAgent[];
}

/**
 * A search for calls at one moment, without other work in between: only the index itself may change. It
 * remembers the classes that it judged (RC2 of callRoutes.ts).
 */
export class Look {
  readonly now: number;
  readonly judged = new Map<DemandClass<WaitingCall>, JudgedClass>();
  /** Calls that no free agent may take, though they match: by lane, how many of its next calls. */
  readonly passed = new Map<Lane<WaitingCall>, number>();

  constructor(now: number) {
    this.now = now;
  }

  /** The next call of the lane gets none of the agents. */
  passOver(lane: Lane<WaitingCall>): void {
    this.passed.set(lane, (this.passed.get(lane) ?? 0) + 1);
  }
}

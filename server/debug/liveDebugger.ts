import type { Readable } from 'node:stream';
import type { Breakpoint } from '../../engine/debugger/index.ts';
import type { DebugEvent, DebuggedSession, DebuggedState } from '../../engine/host/index.ts';
import type { Clock } from '../../engine/ports/index.ts';
import { type DebuggerEvent, KeptEvents } from './keptEvents.ts';
import { hitReply, stepReply } from './stepWire.ts';

/** Steps of a session that its debugger can list. */
export const MAX_LISTED_STEPS = 100;
/** Characters of the steps of a session that are kept for a debugger or for watchers, as JSON. */
export const MAX_KEPT_CHARS = 2_000_000;

export type DebuggerPhase = 'waiting' | 'stopped' | 'running' | 'ended';

/** The owner and the aim of a debugger. */
export interface DebuggerFacts {
  readonly id: string;
  /** As the audit log names them. */
  readonly who: string;
  /** The document whose next session is waited for. */
  readonly nextOf?: string;
}

/** A debugger of one session, and its connection. */
export class LiveDebugger {
  readonly facts: DebuggerFacts;
  readonly events = new KeptEvents();
  readonly #clock: Clock;
  readonly #lostMs: number;
  readonly #lost: () => void;
  readonly #maxPauseMs: number;
  readonly #overdue: () => void;
  readonly #steps = new KeptEvents({ most: MAX_LISTED_STEPS, maxChars: MAX_KEPT_CHARS });
  #session: DebuggedSession | undefined;
  #hasEnded = false;
  #streams = 0;
  #stopWatch: () => void = () => {};
  #endPause: () => void = () => {};

  /**
   * `lost`: the debugger has neither an open stream nor sent a request for `lostMs`. `overdue`: its session
   * is stopped for `maxPauseMs`.
   */
  constructor(
    facts: DebuggerFacts,
    deps: {
      readonly clock: Clock;
      readonly lostMs: number;
      readonly lost: () => void;
      readonly maxPauseMs: number;
      readonly overdue: () => void;
    },
  ) {
    this.facts = facts;
    this.#clock = deps.clock;
    this.#lostMs = deps.lostMs;
    this.#lost = deps.lost;
    this.#maxPauseMs = deps.maxPauseMs;
    this.#overdue = deps.overdue;
    this.seen();
  }

  get session(): DebuggedSession | undefined {
    return this.#session;
  }

  get phase(): DebuggerPhase {
    if (this.#hasEnded) return 'ended';
    if (this.#session === undefined) return 'waiting';
    return this.#session.isStopped ? 'stopped' : 'running';
  }

  /** The last steps, the oldest first. */
  get steps(): readonly DebuggerEvent[] {
    return this.#steps.list;
  }

  /** As they were given last, also for the session that it waits for. */
  breakpoints: readonly Breakpoint[] = [];

  get maxPauseSeconds(): number {
    return this.#maxPauseMs / 1000;
  }

  attached(session: DebuggedSession): void {
    this.#session = session;
    // It left while the session started.
    if (this.#hasLeft) void session.detach();
  }

  readonly tell = (event: DebugEvent): void => {
    if (event.kind === 'step') this.#steps.add(stepReply(event.step));
    if (event.kind === 'ended') this.#hasEnded = true;
    this.#watchPause(event);
    this.events.add(streamed(event));
  };

  /** Resolves with undefined while no session has started. */
  async state(): Promise<DebuggedState | undefined> {
    return this.#session?.state();
  }

  /** The debugger is there. */
  seen(): void {
    this.#stopWatch();
    if (this.#streams > 0) return;
    this.#stopWatch = this.#clock.at(this.#clock.now() + this.#lostMs, this.#lost);
  }

  /** A pause lasts until the session is told to go on. */
  #watchPause({ kind }: DebugEvent): void {
    if (kind !== 'stopped' && kind !== 'continued' && kind !== 'ended') return;
    this.#endPause();
    if (kind === 'stopped') {
      this.#endPause = this.#clock.at(this.#clock.now() + this.#maxPauseMs, this.#overdue);
    }
  }

  opened(stream: Readable): void {
    this.#streams += 1;
    this.seen();
    stream.once('close', () => {
      this.#streams -= 1;
      if (!this.#hasLeft) this.seen();
    });
  }

  #hasLeft = false;

  /** Lets the session go. Resolves when it runs as if there had been no debugger. */
  async leave(): Promise<void> {
    this.#hasLeft = true;
    this.#stopWatch();
    this.#endPause();
    this.events.end();
    await this.#session?.detach();
  }
}

/** The details of a step are in the state: a reader who lost its stream would get them all again. */
function streamed(event: DebugEvent): DebuggerEvent {
  switch (event.kind) {
    case 'stopped':
      return { type: 'stopped', reason: event.reason, ...(event.hit && hitReply(event.hit)) };
    case 'step': {
      const {
        lines: _,
        changes: __,
        moreChanges: ___,
        effects: ____,
        moreEffects: _____,
        ...fields
      } = stepReply(event.step);
      return fields;
    }
    default: {
      const { kind, ...fields } = event;
      return { type: kind, ...fields };
    }
  }
}

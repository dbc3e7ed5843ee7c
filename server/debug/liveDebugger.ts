import type { Readable } from 'node:stream';
import type { DebugEvent, DebuggedSession, DebuggedState } from '../../engine/host/index.ts';
import type { Clock } from '../../engine/ports/index.ts';
import { type DebuggerEvent, KeptEvents } from './keptEvents.ts';
import { type Fields, hitReply, stepReply } from './stepWire.ts';

/** Steps of a session that its debugger can list. */
export const MAX_LISTED_STEPS = 100;

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
  readonly #steps: Fields[] = [];
  #session: DebuggedSession | undefined;
  #hasEnded = false;
  #streams = 0;
  #stopWatch: () => void = () => {};

  /** `lost`: the debugger has neither an open stream nor sent a request for `lostMs`. */
  constructor(
    facts: DebuggerFacts,
    deps: { readonly clock: Clock; readonly lostMs: number; readonly lost: () => void },
  ) {
    this.facts = facts;
    this.#clock = deps.clock;
    this.#lostMs = deps.lostMs;
    this.#lost = deps.lost;
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
  get steps(): readonly Fields[] {
    return this.#steps;
  }

  attached(session: DebuggedSession): void {
    this.#session = session;
  }

  readonly tell = (event: DebugEvent): void => {
    if (event.kind === 'step') {
      this.#steps.push(stepReply(event.step));
      if (this.#steps.length > MAX_LISTED_STEPS) this.#steps.shift();
    }
    if (event.kind === 'ended') this.#hasEnded = true;
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
    this.events.add({ type: 'removed' });
    await this.#session?.detach();
  }
}

/** The lines of a step are in the state: a reader who lost its stream would get them all again. */
function streamed(event: DebugEvent): DebuggerEvent {
  switch (event.kind) {
    case 'stopped':
      return { type: 'stopped', reason: event.reason, ...(event.hit && hitReply(event.hit)) };
    case 'step': {
      const { kind: input, lines: _, ...fields } = stepReply(event.step);
      return { ...fields, type: 'step', kind: input };
    }
    default: {
      const { kind, ...fields } = event;
      return { type: kind, ...fields };
    }
  }
}

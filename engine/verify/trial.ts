import {
  createSessionDirectory,
  type Effect,
  type InProcessSession,
  newSession,
  restoredSession,
  type Session,
  type SessionOptions,
  type Snapshot,
  type StepRecord,
  VirtualClock,
} from '../interpreter/index.ts';
import { MAX_RESTLESS_STEPS } from './bounds.ts';
import type { Model } from './model.ts';
import type { Sent } from './moves.ts';
import type { Fields } from './surroundings.ts';
import { withTimerDue } from './timers.ts';

/** The clock of an exploration begins here. */
export const START_TIME = Date.UTC(2026, 0, 5, 9, 0, 0);
/** Id of the explored session. */
export const SESSION_ID = 'STEPPER';

/** Base URL of the server that the document sees. */
export const BASE_URL = 'http://orsay.test';

/** The part of a move that a session takes. */
export type Act =
  | { readonly kind: 'start'; readonly params: Fields }
  | { readonly kind: 'events'; readonly events: Sent['events'] }
  | { readonly kind: 'timer'; readonly key: string }
  | { readonly kind: 'terminate' };

/** The result of a move. */
export interface Trial {
  readonly records: readonly (readonly [StepRecord, Session])[];
  /** Requests and answers of the session, in their order. */
  readonly effects: readonly (readonly [Effect, Session])[];
  readonly status: Session['status'];
  readonly reason: string | undefined;
  readonly configuration: readonly string[];
  /** Undefined: the session does not rest, or its state cannot be stored. */
  readonly snapshot: Snapshot | undefined;
  /** Why there is no snapshot. */
  readonly fault: string | undefined;
  readonly now: number;
  /** Number of the events that came before the session ended. */
  readonly delivered: number;
}

/** Runs moves of a document, each from a snapshot. */
export class Trials {
  readonly #model: Model;
  readonly #options: Omit<SessionOptions, 'clock' | 'ports'>;

  constructor(model: Model) {
    this.#model = model;
    this.#options = {
      id: SESSION_ID,
      seed: 1,
      baseUrl: BASE_URL,
      limits: { MAX_MICROSTEPS_PER_MACROSTEP: MAX_RESTLESS_STEPS, MAX_EVENTS_PER_STEP: 1 },
    };
  }

  /** `elapsedMs`: time since the start. */
  run(snapshot: Snapshot | undefined, act: Act, elapsedMs: number): Trial {
    const clock = new VirtualClock(START_TIME + elapsedMs);
    const records: [StepRecord, Session][] = [];
    const effects: [Effect, Session][] = [];
    let steps = 0;
    const options: SessionOptions = {
      ...this.#options,
      ...(act.kind === 'start' && { params: act.params }),
      clock,
      ports: {
        documentOf: this.#model.documentOf,
        sessions: createSessionDirectory(),
        perform: (effect, of) => {
          const answer = effect.kind === 'module' ? this.#model.promptAnswer(effect) : undefined;
          if (answer) of.send(answer);
        },
        isHeld: () => ++steps > MAX_RESTLESS_STEPS,
      },
    };
    const { document } = this.#model;
    const from = snapshot && act.kind === 'timer' ? withTimerDue(snapshot, act.key) : snapshot;
    const session = from ? restoredSession(document, from, options) : newSession(document, options);
    session.onRecord((record, of) => records.push([record, of]));
    session.onEffect((effect, of) => effects.push([effect, of]));
    if (from) session.resume(from);
    const delivered = perform(session, act, clock);
    const isRestless = session.inbox.length > 0 || steps > MAX_RESTLESS_STEPS;
    const stored = isRestless ? { fault: 'it does not rest' } : store(session);
    return {
      records,
      effects,
      status: session.status,
      reason: session.reason,
      configuration: [...session.configuration],
      snapshot: stored.snapshot,
      fault: stored.fault,
      now: clock.now(),
      delivered,
    };
  }
}

/** Returns the number of the events that came before the session ended. */
function perform(session: InProcessSession, act: Act, clock: VirtualClock): number {
  switch (act.kind) {
    case 'start':
      session.start();
      return 0;
    case 'events': {
      let delivered = 0;
      for (const [id, event] of act.events) {
        if (session.status === 'running') delivered += 1;
        session.reach(id)?.take({ kind: 'event', event });
      }
      return delivered;
    }
    case 'timer':
      clock.fireNext(clock.now());
      return 0;
    case 'terminate':
      session.terminate();
      return 0;
  }
}

function store(session: Session): { readonly snapshot?: Snapshot; readonly fault?: string } {
  try {
    return { snapshot: session.snapshot() };
  } catch (error) {
    // The data of the document hold a value that no snapshot carries: a server could not store it either.
    return { fault: error instanceof Error ? error.message : String(error) };
  }
}

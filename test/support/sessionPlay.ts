import type { Document } from '../../engine/interpreter/document/model.ts';
import type { Session, SessionOptions, Snapshot } from '../../engine/interpreter/session/contract.ts';
import type { InProcessSession } from '../../engine/interpreter/session/inProcessSession.ts';
import { newSession, restoredSession } from '../../engine/interpreter/session/session.ts';
import { createSessionDirectory } from '../../engine/interpreter/session/sessionDirectory.ts';
import { VirtualClock } from '../../engine/interpreter/session/virtualClock.ts';
import type { Json } from '../../engine/ports/json.ts';

/** One input of a session: an event, or time that passes (ms). */
export type Play =
  | { readonly kind: 'event'; readonly name: string; readonly data?: Json }
  | { readonly kind: 'advance'; readonly ms: number };

/** The records of a session and of the sessions that it invoked, by session, and the present state. */
export interface Played {
  readonly records: { readonly [session: string]: readonly string[] };
  readonly status: string;
  readonly configuration: readonly string[];
  readonly donedata: Json;
  readonly data: Json;
  /** The snapshot at the end. */
  readonly snapshot: Snapshot;
}

export const START_MS = Date.UTC(2026, 0, 5, 9, 0, 0);

/**
 * A session that processes one external event in each step, so that a test can stop it after every macrostep.
 */
export class PlayedSession {
  readonly clock: VirtualClock;
  readonly #session: InProcessSession;
  #records = new Map<string, string[]>();

  private constructor(session: InProcessSession, clock: VirtualClock) {
    this.clock = clock;
    this.#session = session;
    session.onRecord((record, from) => this.#note(from, record));
    session.onEffect((effect, from) => this.#note(from, effect));
  }

  static create(document: Document): PlayedSession {
    const clock = new VirtualClock(START_MS);
    const session = newSession(document, { id: 'PLAYED', seed: 7, ...optionsOf(clock) }, { autorun: false });
    const played = new PlayedSession(session, clock);
    session.start();
    return played;
  }

  static restore(document: Document, snapshot: Snapshot, now: number): PlayedSession {
    const clock = new VirtualClock(now);
    const session = restoredSession(document, snapshot, optionsOf(clock), { autorun: false });
    const played = new PlayedSession(session, clock);
    session.resume(snapshot);
    return played;
  }

  get snapshot(): Snapshot {
    return this.#session.snapshot();
  }

  /** Numbers of records so far, by session. A later comparison begins there. */
  counts(): { readonly [session: string]: number } {
    return Object.fromEntries([...this.#records].map(([id, lines]) => [id, lines.length]));
  }

  /** Processes the waiting events, one macrostep at a time. */
  async drain(afterEach: () => void = () => undefined): Promise<void> {
    await this.#session.settled();
    while (this.#session.takeNext()) {
      afterEach();
      await this.#session.settled();
    }
  }

  async play(play: Play, afterEach?: () => void): Promise<void> {
    if (play.kind === 'event') {
      this.#session.send({ name: play.name, ...(play.data !== undefined && { data: play.data }) });
      return this.drain(afterEach);
    }
    const until = this.clock.now() + play.ms;
    await this.drain(afterEach);
    while (this.clock.fireNext(until)) await this.drain(afterEach);
    this.clock.moveTo(until);
  }

  played(): Played {
    const { status, configuration, donedata } = this.#session;
    return {
      records: Object.fromEntries(this.#records),
      status,
      configuration: [...configuration],
      donedata: donedata ?? null,
      data: this.#session.data(),
      snapshot: this.#session.snapshot(),
    };
  }

  #note(from: Session, entry: unknown): void {
    const lines = this.#records.get(from.id) ?? [];
    lines.push(JSON.stringify(entry));
    this.#records.set(from.id, lines);
  }
}

function optionsOf(clock: VirtualClock): SessionOptions {
  return { clock, limits: { MAX_EVENTS_PER_STEP: 1 }, ports: { sessions: createSessionDirectory() } };
}

import type { Readable } from 'node:stream';
import type { DebuggableSessions, DebuggedState } from '../../engine/host/index.ts';
import { type Clock, defined, type SessionId } from '../../engine/ports/index.ts';
import { WireError } from '../errors/index.ts';
import { KeptEvents } from './keptEvents.ts';
import { MAX_KEPT_CHARS } from './liveDebugger.ts';
import { stepReply } from './stepWire.ts';

export interface LiveWatchesDeps {
  readonly debuggable: DebuggableSessions;
  readonly clock: Clock;
  /** Streams at the same time, and sessions that they watch. */
  readonly maxStreams: number;
  /** A session whose last stream has closed is watched for this time, so that a reader can resume. */
  readonly keptMs: number;
}

/** A watched session, for all its readers. */
interface Watch {
  readonly events: KeptEvents;
  /** Resolves with the function that ends the watch. */
  readonly begun: Promise<() => void>;
  streams: number;
  hasEnded: boolean;
  /** Ends the wait for a reader. */
  keep: () => void;
}

/** A stream that begins. */
export interface WatchStream {
  readonly events: KeptEvents;
  /** The reader gets all events after it. */
  readonly position: number;
  /** The session at that position. Absent: the reader resumes. */
  readonly state?: DebuggedState;
  /** Tells the stream, which counts until it closes. */
  readonly opened: (stream: Readable) => void;
}

/** Those who watch sessions and hold none of them. All readers of a session share its events. */
export class LiveWatches {
  readonly #deps: LiveWatchesDeps;
  /** Those without a reader for the longest time first. */
  readonly #watches = new Map<SessionId, Watch>();
  #streams = 0;

  constructor(deps: LiveWatchesDeps) {
    this.#deps = deps;
  }

  /**
   * `lastEventId`: of a reader that lost its stream. Rejects with SERVER_BUSY, and as
   * DebuggableSessions.watch() does.
   */
  async begin(sessionId: SessionId, lastEventId: number | undefined): Promise<WatchStream> {
    const { maxStreams } = this.#deps;
    if (this.#streams >= maxStreams) {
      throw new WireError('SERVER_BUSY', {
        message: `Expected at most ${maxStreams} streams of watched sessions (debug.watchers), got one more.`,
      });
    }
    const kept = this.#watches.get(sessionId);
    const last =
      kept && lastEventId !== undefined && kept.events.isComplete(lastEventId) ? lastEventId : undefined;
    if (kept?.hasEnded === true && last === kept.events.present) this.#forget(sessionId, kept);
    const watch = this.#watches.get(sessionId) ?? this.#open(sessionId);
    this.#took(sessionId, watch);
    try {
      await watch.begun;
      const start =
        last !== undefined && watch === kept ? { position: last } : await this.#present(sessionId, watch);
      return {
        events: watch.events,
        ...start,
        opened: (stream) => void stream.once('close', () => this.#left(sessionId, watch)),
      };
    } catch (error) {
      this.#left(sessionId, watch);
      throw error;
    }
  }

  /** The mailbox of the session tells the state between two steps: no step is missed or told twice. */
  async #present(sessionId: SessionId, { events }: Watch): Promise<Pick<WatchStream, 'position' | 'state'>> {
    let position = 0;
    let state: DebuggedState | undefined;
    const stop = await this.#deps.debuggable.watch(sessionId, (event) => {
      if (event.kind !== 'state') return;
      state = event.state;
      position = events.present;
    });
    stop();
    return { position, ...defined({ state }) };
  }

  #open(sessionId: SessionId): Watch {
    const { debuggable, clock, maxStreams } = this.#deps;
    for (const [id, watch] of this.#watches) {
      if (this.#watches.size < maxStreams) break;
      if (watch.streams === 0) this.#forget(id, watch);
    }
    // The ids of an earlier watch, also of an earlier process, are before those of this one.
    const events = new KeptEvents({ maxChars: MAX_KEPT_CHARS, first: clock.now() });
    const begun = debuggable.watch(sessionId, (event) => {
      if (event.kind === 'step') {
        // Also of a session that was set aside, and retried.
        watch.hasEnded = false;
        events.add(stepReply(event.step));
      }
      if (event.kind !== 'ended') return;
      const { kind, ...fields } = event;
      events.add({ type: kind, ...fields });
      watch.hasEnded = true;
      events.end();
    });
    const watch: Watch = { events, begun, streams: 0, hasEnded: false, keep: () => {} };
    begun.catch(() => this.#forget(sessionId, watch));
    this.#watches.set(sessionId, watch);
    return watch;
  }

  #took(sessionId: SessionId, watch: Watch): void {
    this.#streams += 1;
    watch.streams += 1;
    watch.keep();
    this.#watches.delete(sessionId);
    this.#watches.set(sessionId, watch);
  }

  #left(sessionId: SessionId, watch: Watch): void {
    const { clock, keptMs } = this.#deps;
    this.#streams -= 1;
    watch.streams -= 1;
    if (watch.streams > 0 || this.#watches.get(sessionId) !== watch) return;
    watch.keep = clock.at(clock.now() + keptMs, () => this.#forget(sessionId, watch));
  }

  #forget(sessionId: SessionId, watch: Watch): void {
    watch.keep();
    if (this.#watches.get(sessionId) === watch) this.#watches.delete(sessionId);
    // It is logged by the reader who began it.
    void watch.begun.then((stop) => stop()).catch(() => {});
  }
}

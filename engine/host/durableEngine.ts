import type { Durable } from '../durable/index.ts';
import type { AdministeredSessions } from './sessions.ts';

/**
 * The contract of an engine that makes sessions last, whatever it stands on (lmdb here; a database or a
 * distributed engine elsewhere). Every implementation passes test/engine/host/contract unchanged.
 *
 * It was first drawn as four calls, deliver, read, start and stop, around a pure step. Building it showed two
 * layers, so that the other parts of the server keep their data in the same commits:
 *
 * | drawn as                | is                                                                               |
 * | ----------------------- | -------------------------------------------------------------------------------- |
 * | deliver(sid, ev)        | `sessions.publish` and `sessions.request`; ev.id is PublishedEvent.id, SessionRequest.id |
 * | read(sid)               | `sessions.query`                                                                 |
 * | step: snapshot, reply   | HostEngine: a step is a pure function of snapshot and input; ws:response is its reply |
 * | step: arm, cancel, send | Effect: timers and effects are tasks of `durable`, in the commit of their step   |
 * | effect(url, ev, key)    | HttpClient and `sessions.onModule`; the key is Effect.key, the same at each try  |
 * | start, stop             | `durable.start`, `durable.stop`                                                  |
 *
 * Promised:
 *
 * C1. Acknowledged is durable: what a call resolved with is there after a crash at any moment.
 * C2. Steps of one session happen one after the other, in the order in which they were delivered.
 * C3. One event id changes a session once; its repetitions get the same answer, also at the same time and after
 *     a crash, for Retention.eventIdMs.
 * C4. A step that cannot be committed has not happened; its caller hears STORE_UNAVAILABLE.
 * C5. Timers fire once, not before they are due, also when they became due while nothing ran; a replaced or
 *     cancelled one does not.
 * C6. Effects leave after their step is durable, at least once, with the same key; what one brings back changes
 *     the session once. What a session sends to one other session arrives in the order of sending.
 * C7. A fault of one session is no fault of another.
 */
export interface DurableEngine {
  readonly sessions: AdministeredSessions;
  readonly durable: Durable;
}

import type { Durable } from '../durable/index.ts';
import type { AdministeredSessions } from './sessions.ts';

/**
 * The contract of an engine with durable sessions. This implementation uses lmdb in one process; another one
 * can use a database or a distributed engine. Every implementation passes test/engine/host/contract
 * unchanged.
 *
 * The first design had four calls (deliver, read, start, stop) and a pure step. It became two layers, so that
 * the other parts of the server can put their data into the same commits:
 *
 * | first design            | now                                                                                      |
 * | ----------------------- | ---------------------------------------------------------------------------------------- |
 * | deliver(sid, ev)        | `sessions.publish` and `sessions.request`; ev.id is PublishedEvent.id, SessionRequest.id |
 * | read(sid)               | `sessions.query`                                                                         |
 * | step: snapshot, reply   | HostEngine: a step is a pure function of snapshot and input; <ws:response> is its reply  |
 * | step: arm, cancel, send | Effect: timers and effects are tasks of `durable`, in the commit of their step           |
 * | effect(url, ev, key)    | HttpClient and `sessions.onModule`; the key is Effect.key, the same at each attempt      |
 * | start, stop             | `durable.start`, `durable.stop`                                                          |
 *
 * C1. An acknowledgement is durable: after a crash at any moment, the result of a resolved call is still
 *     there.
 * C2. Steps of one session happen one after the other, in the order of delivery.
 * C3. One event id changes a session once. Repetitions get the same answer, also at the same time and after a
 *     crash, for Retention.eventIdMs.
 * C4. A step that cannot be committed changes nothing. Its caller gets STORE_UNAVAILABLE.
 * C5. Timers fire once and not before they are due, also when they became due while no process ran. A timer
 *     that was replaced or cancelled does not fire.
 * C6. Effects leave after their step is durable, at least once, with the same key. The result of an effect
 *     changes the session once. Events from one session to one other session arrive in the order of sending.
 * C7. A fault of one session does not affect other sessions.
 */
export interface DurableEngine {
  readonly sessions: AdministeredSessions;
  readonly durable: Durable;
}

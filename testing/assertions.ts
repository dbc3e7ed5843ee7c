import type { Json } from '../engine/ports/index.ts';
import {
  checkAccepts,
  checkAnswered,
  checkAsked,
  checkConfiguration,
  checkData,
  checkEnded,
  checkFault,
  checkIn,
  checkSent,
  type FieldValues,
} from './checks.ts';
import type { TestSession } from './testSession.ts';

/**
 * Each throws a StepperAssertion, an AssertionError of node:assert, with the last actions of the session and
 * their places in the document.
 */

/** All of these states are active, and maybe others. */
export function assertIn(session: TestSession, ...states: readonly string[]): void {
  must(session, checkIn(session, states).positive);
}

/** None of these states is active. */
export function assertNotIn(session: TestSession, ...states: readonly string[]): void {
  must(session, checkIn(session, states).negative);
}

/** These states are active and no others. */
export function assertConfiguration(session: TestSession, ...states: readonly string[]): void {
  must(session, checkConfiguration(session, states).positive);
}

/** A transition of an active state waits for the event, whatever its condition. */
export function assertAccepts(session: TestSession, event: string): void {
  must(session, checkAccepts(session, event).positive);
}

export function assertNotAccepts(session: TestSession, event: string): void {
  must(session, checkAccepts(session, event).negative);
}

/**
 * The session has made a request: 'queue.submit' of a module, or a fetch: a part of its URL, 'PUT /part', or a
 * RegExp. `fields`: at least these attributes; of a fetch: parameters and members of the content. `times`: so
 * often; absent: at least once.
 */
export function assertAsked(
  session: TestSession,
  what: string | RegExp,
  fields?: FieldValues,
  times?: number,
): void {
  must(session, checkAsked(session, what, { ...(fields && { fields }), times }).positive);
}

export function assertNotAsked(session: TestSession, what: string | RegExp, fields?: FieldValues): void {
  must(session, checkAsked(session, what, fields && { fields }).negative);
}

/** The session has sent an event to another session or to a URL. `data`: at least these fields. */
export function assertSent(session: TestSession, event: string, data?: FieldValues): void {
  must(session, checkSent(session, event, data).positive);
}

export function assertNotSent(session: TestSession, event: string, data?: FieldValues): void {
  must(session, checkSent(session, event, data).negative);
}

/** The value of an expression of the data model: 'price', '_data.order.items[0]'. */
export function assertData(session: TestSession, expression: string, expected: Json | undefined): void {
  must(session, checkData(session, expression, expected).positive);
}

export function assertEnded(session: TestSession): void {
  must(session, checkEnded(session).positive);
}

export function assertRunning(session: TestSession): void {
  must(session, checkEnded(session).negative);
}

/** The document had this fault, which the option `allowFaults` allows. */
export function assertFault(session: TestSession, event: string): void {
  must(session, checkFault(session, event).positive);
}

/** No fetch, and no request to a module, waits for its answer. */
export function assertAnswered(session: TestSession): void {
  must(session, checkAnswered(session).positive);
}

function must(session: TestSession, difference: ReturnType<typeof checkIn>['positive']): void {
  if (difference) session.fail(difference);
}

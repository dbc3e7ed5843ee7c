import { isDeepStrictEqual } from 'node:util';
import { describesEvent, type SendEffect } from '../engine/interpreter/index.ts';
import {
  activeStates,
  type Difference,
  missingStates,
  otherStates,
  otherValue,
  unknownStates,
} from '../engine/interpreter/stepper/index.ts';
import type { Json } from '../engine/ports/index.ts';
import { describeRequest, fieldsOfRequest, isRequestOf } from './requests.ts';
import type { TestSession } from './testSession.ts';

/** The outcome of a check, both ways. */
export interface Check {
  /** Why it does not hold. Undefined: it holds. */
  readonly positive: Difference | undefined;
  /** Why its opposite does not hold. */
  readonly negative: Difference | undefined;
}

export type FieldValues = Readonly<Record<string, Json>>;

/** All of these states are active. The opposite: none of them is. */
export function checkIn(session: TestSession, ids: readonly string[]): Check {
  const { configuration } = session;
  return withKnown(session, ids, {
    positive: missingStates(configuration, ids),
    negative: activeStates(configuration, ids),
  });
}

/** These states are active and no others. */
export function checkConfiguration(session: TestSession, ids: readonly string[]): Check {
  return withKnown(
    session,
    ids,
    check(otherStates(session.configuration, ids), 'Expected another configuration.'),
  );
}

/** A transition of an active state waits for the event, whatever its condition. */
export function checkAccepts(session: TestSession, event: string): Check {
  const accepted = session.isRunning ? session.accepts() : [];
  const got = session.isRunning ? `it accepts ${list(accepted)}` : `it has ended: ${session.status}`;
  const isAccepted = accepted.some((descriptor) => describesEvent(descriptor, event));
  return check(
    isAccepted ? undefined : { message: `Expected the session to accept '${event}', ${got}.` },
    `Expected the session not to accept '${event}', ${got}.`,
  );
}

/**
 * The session has made a request: 'queue.submit' of a module, or a fetch, as a part of its URL ('/urs/call'), that with
 * the method before it ('PUT /callback'), or a RegExp for the URL. `fields`: at least these attributes; of a fetch:
 * parameters of the query, and members of the content. `times`: so often; absent: at least once.
 */
export function checkAsked(
  session: TestSession,
  what: string | RegExp,
  { fields = {}, times }: { readonly fields?: FieldValues; readonly times?: number | undefined } = {},
): Check {
  const alike = session.requests.filter((request) => isRequestOf(request, what));
  const found = alike.filter((request) => hasFields(fieldsOfRequest(request), fields));
  const wanted = `${what}${Object.keys(fields).length === 0 ? '' : ` with ${textOf(fields)}`}`;
  const count = times === undefined ? 'a request' : `${times} requests`;
  const shown = (alike.length > 0 ? alike : session.requests).map(describeRequest);
  const holds = times === undefined ? found.length > 0 : found.length === times;
  return check(
    holds
      ? undefined
      : {
          message: `Expected ${count} for ${wanted}, got ${found.length === 0 ? 'none' : found.length}. The session asked for ${list(shown)}.`,
          ...(alike.length === 1 && { values: { actual: fieldsOfRequest(alike[0]!), expected: fields } }),
        },
    `Expected no request for ${wanted}, got ${found.length}.`,
  );
}

/** The session has sent an event to another session or to a URL. `data`: at least these fields. */
export function checkSent(session: TestSession, event: string, data?: FieldValues): Check {
  const sent = session.lines.flatMap(({ record }): readonly SendEffect[] => {
    const effect = record.effect as unknown as SendEffect | undefined;
    return record.kind === 'effect' && effect?.kind === 'send' ? [effect] : [];
  });
  const alike = sent.filter((effect) => effect.event.name === event);
  const holds = alike.some((effect) => data === undefined || hasFields(effect.event.data, data));
  const wanted = `'${event}'${data === undefined ? '' : ` with ${textOf(data)}`}`;
  const shown = sent.map((effect) => `${effect.event.name} to ${effect.target}`);
  return check(
    holds
      ? undefined
      : {
          message: `Expected the session to have sent ${wanted}. It sent ${list(shown)}.`,
          ...(alike.length === 1 && { values: { actual: alike[0]!.event.data, expected: data } }),
        },
    `Expected the session not to have sent ${wanted}.`,
  );
}

/** The value of an expression of the data model. */
export function checkData(session: TestSession, expression: string, expected: Json | undefined): Check {
  let actual: Json | undefined;
  try {
    actual = session.get(expression);
  } catch (error) {
    const mistake = { message: `'${expression}' has no value: ${(error as Error).message}` };
    return { positive: mistake, negative: mistake };
  }
  return check(
    otherValue(expression, actual, expected),
    `Expected ${expression} not to be ${textOf(expected)}.`,
  );
}

export function checkEnded(session: TestSession): Check {
  const { status, isRunning, configuration } = session;
  const reason = session.reason === undefined ? '' : ` (${session.reason})`;
  return check(
    isRunning
      ? { message: `Expected the session to have ended, it is in ${list([...configuration])}.` }
      : undefined,
    `Expected the session to go on, but it has ended: ${status}${reason}.`,
  );
}

/** The document had a fault that it did not handle. Only with the option `allowFaults`. */
export function checkFault(session: TestSession, event: string): Check {
  const names = session.faults.map((fault) => fault.event);
  return check(
    names.includes(event) ? undefined : { message: `Expected the fault '${event}', got ${list(names)}.` },
    `Expected no fault '${event}'.`,
  );
}

/** No fetch, and no request to a module, waits for its answer. */
export function checkAnswered(session: TestSession): Check {
  const open = session.open.map(describeRequest);
  return check(
    open.length === 0
      ? undefined
      : { message: `Expected every request to be answered, these wait: ${list(open)}.` },
    'Expected a request that waits for its answer.',
  );
}

/** An id that no state has is a mistake of the test, both ways. */
function withKnown({ document }: TestSession, ids: readonly string[], found: Check): Check {
  const unknown = unknownStates(document.stateById, ids);
  return unknown === undefined ? found : { positive: unknown, negative: unknown };
}

function check(positive: Difference | undefined, opposite: string): Check {
  return { positive, negative: positive === undefined ? { message: opposite } : undefined };
}

function list(items: readonly string[]): string {
  return items.length === 0 ? 'nothing' : items.map((item) => `'${item}'`).join(', ');
}

/** The value has these fields, and maybe others. */
function hasFields(value: unknown, fields: FieldValues): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const given = value as Readonly<Record<string, unknown>>;
  return Object.entries(fields).every(([name, field]) => isDeepStrictEqual(given[name], field));
}

function textOf(value: unknown): string {
  return JSON.stringify(value) ?? 'undefined';
}

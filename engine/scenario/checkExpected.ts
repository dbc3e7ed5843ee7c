import { isDeepStrictEqual } from 'node:util';
import {
  activeStates,
  brokenSequence,
  missingStates,
  otherLines,
  otherStates,
  presentLine,
  type Difference as StepperDifference,
  unknownStates,
} from '../interpreter/stepper/index.ts';
import type { Json } from '../ports/index.ts';
import { fitsText, hasFields, isAsExpected, patternOf, textOf } from './compareValues.ts';
import type { Expected, ExpectedReply, FieldPath, TextPattern } from './contract.ts';
import type { Watched } from './watched.ts';

/** An expectation that does not hold. `path`: its field in the step. */
export interface Difference {
  readonly path: FieldPath;
  readonly message: string;
  readonly expected?: unknown;
  readonly actual?: unknown;
}

/** A session as an expectation sees it. */
export interface SeenSession {
  readonly configuration: ReadonlySet<string>;
  readonly status: string;
  /** Ids of the states of its document. Absent: not known. */
  readonly stateIds?: ReadonlySet<string>;
  /** Throws for an expression that is wrong. */
  get(expression: string): Json | undefined;
}

export interface SeenReply {
  readonly positive: boolean;
  readonly resultCode?: string | undefined;
  readonly body: Json;
}

/** The course of the first session and of those that it invoked. */
export interface SeenCourse {
  /** `ignored`: why no transition took the event of the line. */
  readonly lines: readonly { readonly text: string; readonly ignored?: string }[];
  /** The lines of the last action. */
  readonly lastLines: readonly string[];
  /** Timers that are armed. */
  readonly timers: readonly { readonly event: string }[];
  /** Requests to modules that are not answered. */
  readonly open: readonly { readonly name: string }[];
  readonly reason?: string | undefined;
  readonly donedata?: Json | undefined;
}

/** Where the present values of the other expectations come from. */
export interface SeenRun {
  readonly session: SeenSession;
  child(name: string): SeenSession | undefined;
  replyTo(name: string): SeenReply | undefined;
  /** Number of answers to the request so far. */
  answersTo(name: string): number;
  readonly course?: SeenCourse;
  readonly watched?: Watched;
}

/** The first difference, in the order of the fields of an expectation; undefined when all of it holds. */
export function firstDifference(expected: Expected, run: SeenRun): Difference | undefined {
  const session = expected.child === undefined ? run.session : run.child(expected.child);
  if (session === undefined) return childDifference(expected);
  const { course } = run;
  return (
    statesDifference(expected, session) ??
    statusDifference(expected, session) ??
    dataDifference(expected, session) ??
    repliesDifference(expected, run) ??
    answeredDifference(expected, run) ??
    (course && (lineDifference(expected, course) ?? outcomeDifference(expected, course))) ??
    (run.watched && watchedDifference(expected, run.watched)) ??
    alternativesDifference(expected, run)
  );
}

function alternativesDifference({ any }: Expected, run: SeenRun): Difference | undefined {
  if (any === undefined) return undefined;
  const differences = any.map((alternative) => firstDifference(alternative, run));
  if (differences.includes(undefined)) return undefined;
  const messages = differences.map((difference) => difference!.message);
  return { path: ['any'], message: `None of these holds: ${messages.join(' - ')}` };
}

function watchedDifference(
  { eventually = [], leadsTo = [] }: Expected,
  watched: Watched,
): Difference | undefined {
  for (const [index, condition] of eventually.entries()) {
    if (watched.wasTrue(condition)) continue;
    const message = `Expected ${condition} to have been true after a step, it never was.`;
    return { path: ['eventually', index], message };
  }
  for (const [index, pair] of leadsTo.entries()) {
    if (watched.hasCome(pair)) continue;
    const message = `Expected ${pair.to} to be true after ${pair.after}, it was not.`;
    return { path: ['leadsTo', index], message };
  }
  return undefined;
}

/** An invoked session that has ended is gone. */
function childDifference({ child, ended, ...others }: Expected): Difference | undefined {
  const wantsMore = Object.keys(others).length > 0;
  if (ended === true && !wantsMore) return undefined;
  return { path: ['child'], message: `Expected a running invoked session '${child}', got none.` };
}

function statesDifference(expected: Expected, session: SeenSession): Difference | undefined {
  const { configuration: active, stateIds } = session;
  for (const field of ['in', 'notIn', 'configuration'] as const) {
    const unknown = stateIds && firstFault(field, expected[field], (ids) => unknownStates(stateIds, ids));
    if (unknown) return unknown;
  }
  const { configuration } = expected;
  return (
    firstFault('in', expected.in, (ids) => missingStates(active, ids)) ??
    firstFault('notIn', expected.notIn, (ids) => activeStates(active, ids)) ??
    (configuration && at(['configuration'], otherStates(active, configuration)))
  );
}

/** The difference at the first item of a list that makes the check fail. */
function firstFault<T>(
  field: string,
  items: readonly T[] = [],
  check: (items: readonly T[]) => StepperDifference | undefined,
): Difference | undefined {
  if (check(items) === undefined) return undefined;
  const index = items.findIndex((_item, last) => check(items.slice(0, last + 1)) !== undefined);
  return at([field, index], check(items));
}

function at(path: FieldPath, difference: StepperDifference | undefined): Difference | undefined {
  return difference && { path, message: difference.message, ...difference.values };
}

function statusDifference({ status, ended }: Expected, session: SeenSession): Difference | undefined {
  if (status !== undefined && status !== session.status) {
    const message = `Expected the status '${status}', got '${session.status}'.`;
    return { path: ['status'], message, expected: status, actual: session.status };
  }
  const hasEnded = session.status !== 'running';
  if (ended === undefined || ended === hasEnded) return undefined;
  const wanted = ended ? 'to have ended' : 'to run';
  return { path: ['ended'], message: `Expected the session ${wanted}, its status is '${session.status}'.` };
}

function dataDifference({ data = {} }: Expected, session: SeenSession): Difference | undefined {
  for (const [expression, expected] of Object.entries(data)) {
    const path = ['data', expression];
    let actual: Json | undefined;
    try {
      actual = session.get(expression);
    } catch (error) {
      return { path, message: `'${expression}' has no value: ${(error as Error).message}` };
    }
    if (isAsExpected(actual, expected)) continue;
    const message = `Expected ${expression} to be ${textOf(expected)}, got ${textOf(actual)}.`;
    return { path, message, expected, actual };
  }
  return undefined;
}

function repliesDifference({ replies = {} }: Expected, run: SeenRun): Difference | undefined {
  for (const [name, expected] of Object.entries(replies)) {
    const path = ['replies', name];
    const reply = run.replyTo(name);
    if (expected === null) {
      if (reply === undefined) continue;
      return { path, message: `Expected no answer to the request '${name}' yet, got ${textOf(reply)}.` };
    }
    const difference = replyDifference(expected, reply, name);
    if (difference) return { ...difference, path: [...path, ...difference.path] };
  }
  return undefined;
}

export function replyDifference(
  expected: ExpectedReply,
  reply: SeenReply | undefined,
  request: string,
): Difference | undefined {
  if (reply === undefined) {
    return { path: [], message: `Expected an answer to the request '${request}', got none.` };
  }
  const { positive, resultCode, body, bodyHas } = expected;
  if (positive !== undefined && positive !== reply.positive) {
    const words = (is: boolean): string => (is ? 'positive' : 'negative');
    const message = `Expected a ${words(positive)} answer to the request '${request}', got ${textOf(reply)}.`;
    return { path: ['positive'], message, expected: positive, actual: reply.positive };
  }
  if (resultCode !== undefined && resultCode !== reply.resultCode) {
    const message = `Expected the result code '${resultCode}', got ${textOf(reply.resultCode)}.`;
    return { path: ['resultCode'], message, expected: resultCode, actual: reply.resultCode };
  }
  const isBody = body === undefined || isAsExpected(reply.body, body);
  if (isBody && (bodyHas === undefined || hasFields(reply.body, bodyHas))) return undefined;
  const [field, wanted] = isBody ? ['bodyHas', bodyHas] : ['body', body];
  const message = `Expected another body of the answer to the request '${request}'.`;
  return { path: [String(field)], message, expected: wanted, actual: reply.body };
}

function lineDifference(expected: Expected, course: SeenCourse): Difference | undefined {
  const { lastLines } = course;
  return (
    firstFault('sequence', expected.sequence?.map(patternOf), (items) =>
      brokenSequence(course.lines, items),
    ) ??
    ignoredDifference(expected, course) ??
    firstFault('noLines', expected.noLines?.map(patternOf), (items) => presentLine(lastLines, items)) ??
    (expected.lines && at(['lines'], otherLines(lastLines, expected.lines.map(patternOf))))
  );
}

function ignoredDifference({ notIgnored }: Expected, course: SeenCourse): Difference | undefined {
  const { lines, lastLines } = course;
  const last = lines.slice(lines.length - lastLines.length);
  const found = last.find(({ text, ignored }) => ignored !== undefined && isOneOf(text, notIgnored));
  if (found === undefined) return undefined;
  const message = `Expected a transition for '${found.text}', got none: ${found.ignored}.`;
  return { path: ['notIgnored'], message };
}

function isOneOf(line: string, events: readonly string[] = []): boolean {
  return events.some((name) => line === `event ${name}`);
}

function answeredDifference({ answered = {} }: Expected, run: SeenRun): Difference | undefined {
  for (const [name, expected] of Object.entries(answered)) {
    const actual = run.answersTo(name);
    if (actual === expected) continue;
    const message = `Expected ${counted(expected, 'answer')} to the request '${name}', got ${actual}.`;
    return { path: ['answered', name], message, expected, actual };
  }
  return undefined;
}

function timersDifference({ timers = {} }: Expected, course: SeenCourse): Difference | undefined {
  for (const [name, expected] of Object.entries(timers)) {
    const actual = course.timers.filter(({ event }) => event === name).length;
    if (actual === expected) continue;
    const message = `Expected ${counted(expected, 'armed timer')} for '${name}', got ${actual}.`;
    return { path: ['timers', name], message, expected, actual };
  }
  return undefined;
}

function outcomeDifference(expected: Expected, course: SeenCourse): Difference | undefined {
  const { open, reason, donedata } = expected;
  const timers = timersDifference(expected, course);
  if (timers) return timers;
  const actual = course.open.map(({ name }) => name);
  if (open !== undefined && !isDeepStrictEqual([...open].sort(), [...actual].sort())) {
    const message = `Expected ${list(open)} to be open, got ${list(actual)}.`;
    return { path: ['open'], message, expected: [...open].sort(), actual: [...actual].sort() };
  }
  if (reason !== undefined && !fitsText(reason, course.reason ?? '')) {
    const message = `Expected the reason ${patternText(reason)}, got ${textOf(course.reason)}.`;
    return { path: ['reason'], message, expected: patternText(reason), actual: course.reason };
  }
  if (donedata === undefined || isAsExpected(course.donedata, donedata)) return undefined;
  const message = `Expected the donedata ${textOf(donedata)}, got ${textOf(course.donedata)}.`;
  return { path: ['donedata'], message, expected: donedata, actual: course.donedata };
}

function counted(count: number, name: string): string {
  return `${count} ${name}${count === 1 ? '' : 's'}`;
}

function patternText(pattern: TextPattern): string {
  return typeof pattern === 'string' ? `'${pattern}'` : `/${pattern.$matches}/`;
}

function list(names: readonly string[]): string {
  return names.length === 0 ? 'no request' : names.map((name) => `'${name}'`).join(', ');
}

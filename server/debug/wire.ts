import { z } from 'zod';
import type { Breakpoint, InspectedValue, PlacedBreakpoint } from '../../engine/debugger/index.ts';
import { type DebuggedState, parseSessionId, type SessionDocument } from '../../engine/host/index.ts';
import { defined, type Json } from '../../engine/ports/index.ts';
import { WireError } from '../errors/index.ts';
import type { LiveDebugger } from './liveDebugger.ts';
import type { DebuggerTarget } from './liveDebuggers.ts';
import { type Fields, instant, waitingReply } from './stepWire.ts';

/** Characters of a URL of a document. */
const MAX_URL_CHARS = 8_192;
/** Every reply about a session says what a stop means for others. */
export const NOTE =
  'While the session is stopped, its inputs are stored and wait, and its timers do not fire. Requests to it that need its answer end by their usual time-out. Other sessions go on.';

/** Characters of an expression, an id or a name. */
export const MAX_EXPRESSION_CHARS = 4_096;
/** Characters of a value, as JSON. */
const MAX_SHOWN_VALUE_CHARS = 1_000_000;

const expressionSchema = z.string().min(1).max(MAX_EXPRESSION_CHARS);
const condition = expressionSchema.optional();
export const BREAKPOINT = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('state'), id: expressionSchema, condition }),
  z.strictObject({ kind: z.literal('event'), name: expressionSchema, condition }),
  z.strictObject({
    kind: z.literal('line'),
    file: expressionSchema.describe('URL of a file of the document.'),
    line: z.number().int().positive(),
    condition,
  }),
  z.strictObject({ kind: z.literal('condition'), condition: expressionSchema }),
]);

/** The body of a new debugger: `session`, or `nextOf`. */
export function readTarget(body: Json | undefined): DebuggerTarget {
  const { session, nextOf } = fieldsOf(body);
  if ((session === undefined) === (nextOf === undefined)) {
    throw invalid('session or nextOf, and not both', session ?? null);
  }
  if (session !== undefined) return { session: parseSessionId(session) };
  if (typeof nextOf === 'string' && /^[0-9a-f]{64}$/.test(nextOf)) return { nextOf };
  if (typeof nextOf === 'string' && nextOf.length <= MAX_URL_CHARS && URL.canParse(nextOf)) {
    return { nextOf: new URL(nextOf).href };
  }
  throw invalid(
    'nextOf to be an absolute URL, or the hash of a version (64 hexadecimal digits)',
    nextOf ?? null,
  );
}

function fieldsOf(body: Json | undefined): Fields {
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as Fields;
  throw invalid('a JSON object', body ?? null);
}

function invalid(expected: string, got: Json): WireError {
  const shown = JSON.stringify(got).slice(0, 80);
  return new WireError('PARAMETER_INVALID', { message: `Expected ${expected}, got ${shown}.` });
}

/** The body with all breakpoints of a debugger. */
export function readBreakpoints(body: Json | undefined, most: number): readonly Breakpoint[] {
  const { breakpoints } = fieldsOf(body);
  if (!Array.isArray(breakpoints)) throw invalid('breakpoints to be a list', breakpoints ?? null);
  if (breakpoints.length > most) {
    throw invalid(`at most ${most} breakpoints (debug.breakpointsOfSession)`, breakpoints.length);
  }
  return breakpoints.map((one: Json) => {
    const read = BREAKPOINT.safeParse(one);
    if (read.success) return read.data as Breakpoint;
    throw invalid('a breakpoint of kind state (id), event (name), line (file, line) or condition', one);
  });
}

/** Characters of the name of an event. */
export const MAX_EVENT_NAME_CHARS = 1_024;
export const EVENT_NAME = z.string().max(MAX_EVENT_NAME_CHARS).regex(/^\S+$/);

/** The event that a person sends to a session. */
export function readEvent(body: Json | undefined): { readonly name: string; readonly data?: Json } {
  const { name, data } = fieldsOf(body);
  const read = EVENT_NAME.safeParse(name);
  if (read.success) return { name: read.data, ...defined({ data }) };
  throw invalid(`name to be a text of 1 to ${MAX_EVENT_NAME_CHARS} characters without spaces`, name ?? null);
}

export function placedReply(placed: readonly PlacedBreakpoint[]): Json {
  return {
    breakpoints: placed.map((one) =>
      'breakpoint' in one ? { verified: true, ...one.breakpoint } : { verified: false, message: one.refused },
    ),
  };
}

export function readExpression(body: Json | undefined): string {
  const { expression } = fieldsOf(body);
  if (isExpression(expression)) return expression;
  throw invalid(`expression to be a text of 1 to ${MAX_EXPRESSION_CHARS} characters`, expression ?? null);
}

function isExpression(value: Json | undefined): value is string {
  return typeof value === 'string' && value !== '' && value.length <= MAX_EXPRESSION_CHARS;
}

/** A value whose JSON is not too long to be sent. */
export function valueReply(found: InspectedValue): Json {
  if ('refused' in found) throw new WireError('PARAMETER_INVALID', { message: found.refused });
  if (found.value === undefined) return {};
  const { length } = JSON.stringify(found.value);
  if (length <= MAX_SHOWN_VALUE_CHARS) return { value: found.value };
  throw new WireError('PARAMETER_INVALID', {
    message: `Expected a value of at most ${MAX_SHOWN_VALUE_CHARS} characters as JSON, got ${length}.`,
  });
}

/** A debugger in the list. */
export function debuggerReply({ facts, session, phase }: LiveDebugger): Fields & { readonly id: string } {
  const { id, who, nextOf } = facts;
  return { id, who, state: phase, ...defined({ nextOf, session: session?.sessionId }) };
}

/** A debugger with the state of its session. */
export function stateReply(one: LiveDebugger, state: DebuggedState | undefined): Json {
  return {
    ...debuggerReply(one),
    note: NOTE,
    maxPauseSeconds: one.maxPauseSeconds,
    breakpoints: one.breakpoints.map((breakpoint) => ({ ...breakpoint })),
    steps: [...one.steps],
    ...(state && sessionFields(state)),
  } as Json;
}

/** The state of a session that is watched. */
export function watchedReply(state: DebuggedState): Fields & { readonly session: string } {
  const { sessionId, status, startedAt, documentHash } = state.view;
  return {
    session: sessionId,
    status,
    startedAt: instant(startedAt),
    documentHash,
    isStopped: state.isStopped,
    ...sessionFields(state),
  };
}

export function documentReply({ url, hash, dialect, sources }: SessionDocument): Json {
  return { url, hash, dialect, sources: sources.map((source) => ({ url: source.url, text: source.text })) };
}

export function timersReply({ timers }: DebuggedState): Json {
  return timers.map(timerReply);
}

function timerReply({ key, event, sendid, dueAt }: DebuggedState['timers'][number]): Json {
  return { key, event, sendid, dueAt: instant(dueAt) };
}

/** The active states with their places, and the timers. */
export function placeFields({ states, timers }: Pick<DebuggedState, 'states' | 'timers'>): Fields {
  return { states: states.map(({ id, at }) => ({ id, ...at })), timers: timers.map(timerReply) };
}

function sessionFields({ view, waiting, waitingCount, ...places }: DebuggedState): Fields {
  const { src, configuration, data } = view;
  return {
    document: src,
    configuration: [...configuration],
    data,
    ...placeFields(places),
    waiting: waiting.map(waitingReply),
    waitingCount,
  };
}

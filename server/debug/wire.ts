import {
  type DebuggedState,
  parseSessionId,
  type TakenStep,
  type WaitingInput,
} from '../../engine/host/index.ts';
import { defined, type Json } from '../../engine/ports/index.ts';
import { WireError } from '../errors/index.ts';
import type { LiveDebugger } from './liveDebugger.ts';
import type { DebuggerTarget } from './liveDebuggers.ts';

/** Characters of a URL of a document. */
const MAX_URL_CHARS = 8_192;
/** Characters of data of an input, as JSON. Longer data are left out. */
const MAX_INPUT_CHARS = 10_000;

/** Every reply about a session says what a stop means for others. */
export const NOTE =
  'While the session is stopped, its inputs are stored and wait, and its timers do not fire. Requests to it that need its answer end by their usual time-out. Other sessions go on.';

type Fields = { readonly [name: string]: Json | undefined };

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
    steps: one.steps.map(stepReply),
    ...(state && sessionFields(state)),
  } as Json;
}

function sessionFields({ view, timers, waiting, waitingCount }: DebuggedState): Fields {
  const { src, configuration, data } = view;
  return {
    document: src,
    configuration: [...configuration],
    data,
    timers: timers.map(({ key, event, sendid, dueAt }) => ({ key, event, sendid, dueAt: instant(dueAt) })),
    waiting: waiting.map(waitingReply),
    waitingCount,
  };
}

function waitingReply({ kind, name, data, since }: WaitingInput): Json {
  return { kind, name, since: instant(since), ...shownData(data) };
}

export function stepReply({ input, at, configuration }: TakenStep): Json {
  const name = input.kind === 'event' ? input.event.name : input.kind === 'timer' ? input.key : '';
  const data = input.kind === 'event' ? input.event.data : undefined;
  return {
    kind: input.kind,
    name,
    at: instant(at),
    ...shownData(data),
    ...defined({ configuration: configuration && [...configuration] }),
  };
}

function shownData(data: Json | undefined): Fields {
  if (data === undefined) return {};
  return JSON.stringify(data).length <= MAX_INPUT_CHARS ? { data } : { dataOmitted: true };
}

function instant(ms: number): string {
  return new Date(ms).toISOString();
}

import type { InspectedLine } from '../../engine/debugger/index.ts';
import type { BreakpointHit, TakenStep, WaitingInput } from '../../engine/host/index.ts';
import type { Effect } from '../../engine/interpreter/index.ts';
import { defined, type Json } from '../../engine/ports/index.ts';

/** Characters of data of an input or of an effect, as JSON. Longer data are left out. */
const MAX_INPUT_CHARS = 10_000;
/** Effects of a step that are shown. */
const MAX_SHOWN_EFFECTS = 100;

export type Fields = { readonly [name: string]: Json | undefined };
type StepInput = TakenStep['input'];

export function waitingReply({ kind, name, data, since }: WaitingInput): Json {
  return { kind, name, since: instant(since), ...shownData(data) };
}

/** A step: an event of a stream, and a row of a list. */
export function stepReply(step: TakenStep): Fields & { readonly type: 'step' } {
  const { input, at, configuration, effects, lines = [], changes = [], moreChanges } = step;
  const more = effects.length - MAX_SHOWN_EFFECTS;
  return {
    type: 'step',
    ...inputReply(input),
    at: instant(at),
    lines: lines.map(lineReply),
    changes: changes.map((change) => ({ ...change })),
    effects: effects.slice(0, MAX_SHOWN_EFFECTS).map(effectReply),
    ...defined({
      moreChanges,
      moreEffects: more > 0 ? more : undefined,
      configuration: configuration && [...configuration],
    }),
  };
}

/** A breakpoint before which a session has stopped, and the step that comes to it. */
export function hitReply({ breakpoint, input, lines, line }: BreakpointHit): Fields {
  const { name = '' } = inputReply(input);
  return { breakpoint: { ...breakpoint }, input: name, lines: lines.map(lineReply), line };
}

function inputReply(input: StepInput): Fields & { readonly name: string } {
  const { kind } = input;
  switch (input.kind) {
    case 'event': {
      const { name, data, sendid, invokeid, origin } = input.event;
      const ids = defined({ sendid, invokeid, origin, resultOf: resultOf(input.event) });
      return { kind, name, ...ids, ...shownData(data) };
    }
    case 'timer':
      return { kind, name: input.key, resultOf: input.key };
    case 'terminate':
      return { kind, name: input.reason };
    default:
      return { kind, name: '' };
  }
}

/** The id of the effect whose result the event is. */
function resultOf({
  name,
  data,
  sendid,
  invokeid,
}: Extract<StepInput, { kind: 'event' }>['event']): string | undefined {
  if (invokeid !== undefined) return invokeid;
  const requestid =
    typeof data === 'object' && data !== null && 'requestid' in data ? data.requestid : undefined;
  if (typeof requestid === 'string') return requestid;
  return name.startsWith('error.') ? sendid : undefined;
}

/** `id`: the step with the result of the effect has it in `resultOf`. */
function effectReply(effect: Effect): Json {
  switch (effect.kind) {
    case 'send': {
      const { type, target, event, sendId } = effect;
      const ids = defined({ id: sendId ?? event.sendid });
      return { kind: 'send', ...ids, type, target, name: event.name, ...shownData(event.data) } as Json;
    }
    case 'arm':
      return { kind: 'timer', id: effect.key, dueAt: instant(effect.dueAt) };
    case 'disarm':
      return { kind: 'timerCancelled', id: effect.key };
    case 'invoke': {
      const { invokeId, invokedId, src, params } = effect;
      return {
        kind: 'invoke',
        id: invokeId,
        session: invokedId,
        ...defined({ src }),
        ...shownData(params),
      } as Json;
    }
    case 'uninvoke':
      return { kind: 'uninvoke', id: effect.invokeId, session: effect.invokedId };
    case 'module': {
      const { module, action, requestId, attributes, params, content } = effect;
      const data = { ...attributes, ...params, ...defined({ content }) };
      return { kind: 'module', id: requestId, name: `${module}.${action}`, ...shownData(data) } as Json;
    }
    case 'respond': {
      const { requestId, positive, resultCode, body } = effect;
      return {
        kind: 'answer',
        id: requestId,
        positive,
        ...defined({ resultCode }),
        ...shownData(body),
      } as Json;
    }
    case 'log': {
      const { label, level, text } = effect;
      return { kind: 'log', ...defined({ label, level }), ...shownData(text) } as Json;
    }
  }
}

function lineReply({ text, at }: InspectedLine): Json {
  return { text, ...at };
}

function shownData(data: Json | undefined | { readonly [name: string]: Json | undefined }): Fields {
  if (data === undefined) return {};
  return JSON.stringify(data).length <= MAX_INPUT_CHARS ? { data: data as Json } : { dataOmitted: true };
}

export function instant(ms: number): string {
  return new Date(ms).toISOString();
}

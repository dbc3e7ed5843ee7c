import type { InspectedLine } from '../../engine/debugger/index.ts';
import type { BreakpointHit, TakenStep, WaitingInput } from '../../engine/host/index.ts';
import { defined, type Json } from '../../engine/ports/index.ts';

/** Characters of data of an input, as JSON. Longer data are left out. */
const MAX_INPUT_CHARS = 10_000;

export type Fields = { readonly [name: string]: Json | undefined };

export function waitingReply({ kind, name, data, since }: WaitingInput): Json {
  return { kind, name, since: instant(since), ...shownData(data) };
}

export function stepReply({ input, at, configuration, lines = [] }: TakenStep): Fields {
  const { name, data } = inputOf(input);
  return {
    kind: input.kind,
    name,
    at: instant(at),
    ...shownData(data),
    lines: lines.map(lineReply),
    ...defined({ configuration: configuration && [...configuration] }),
  };
}

/** A breakpoint before which a session has stopped, and the step that comes to it. */
export function hitReply({ breakpoint, input, lines, line }: BreakpointHit): Fields {
  const { name } = inputOf(input);
  return { breakpoint: { ...breakpoint }, input: name, lines: lines.map(lineReply), line };
}

/** Name of an event or key of a timer, and the data. */
function inputOf(input: TakenStep['input']): { readonly name: string; readonly data: Json | undefined } {
  if (input.kind === 'event') return { name: input.event.name, data: input.event.data };
  return { name: input.kind === 'timer' ? input.key : '', data: undefined };
}

function lineReply({ text, at }: InspectedLine): Json {
  return { text, ...at };
}

function shownData(data: Json | undefined): Fields {
  if (data === undefined) return {};
  return JSON.stringify(data).length <= MAX_INPUT_CHARS ? { data } : { dataOmitted: true };
}

export function instant(ms: number): string {
  return new Date(ms).toISOString();
}

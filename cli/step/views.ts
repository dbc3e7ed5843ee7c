import { type OutlineRow, outlineOf, type Stop } from '../../engine/debugger/index.ts';
import type { Document, SourceLocation } from '../../engine/interpreter/index.ts';
import type { StepLine } from '../../engine/interpreter/stepper/index.ts';
import type { Json } from '../../engine/ports/index.ts';
import type { Debugged } from './actions.ts';
import { breakText } from './breaks.ts';

/** Characters of a value. */
const MAX_VALUE = 100;

/** Texts of a session, for the screen and for plain output. Each is a list of lines. */

export function statusLine({ stepper }: Debugged): string {
  const { status, reason } = stepper;
  const time = new Date(stepper.now).toISOString();
  const waiting = stepper.waiting.length > 0 ? `, waiting: ${stepper.waiting.join(', ')}` : '';
  return `${time} ${status}${reason === undefined ? '' : ` (${reason})`}${waiting}`;
}

/** The atomic states that are active. */
export function activeText(document: Document, { stepper }: Debugged): string {
  const { configuration } = stepper;
  const atomic = document.states.filter(
    ({ id, children }) =>
      configuration.has(id) && !children.some((child) => configuration.has(document.states[child]!.id)),
  );
  return atomic.map(nameOf).join(', ') || '(not started)';
}

/** The outline of the chart: '*' marks active states. */
export function chartLines(document: Document, { stepper }: Debugged): readonly string[] {
  return outlineOf(document, stepper.configuration).map(
    (row) =>
      `${row.isActive ? '*' : ' '} ${'  '.repeat(row.depth)}${nameOf(row)}${kindText(row)}  :${row.at.line}`,
  );
}

function nameOf({ id, kind }: Pick<OutlineRow, 'id' | 'kind'>): string {
  // No document can write an id that begins with '#'.
  return id.startsWith('#') ? `(${kind} without id)` : id;
}

function kindText({ kind }: OutlineRow): string {
  return kind === 'atomic' || kind === 'compound' ? '' : ` [${kind}]`;
}

/** Lines of the source around a place, with their numbers: '>' marks the place. */
export function sourceLines(
  document: Document,
  at: SourceLocation,
  { count, isMarked }: { readonly count: number; readonly isMarked: (line: number) => boolean },
): readonly string[] {
  const text = document.sources.find(({ url }) => url === at.file)?.text ?? '';
  const lines = text.split('\n');
  const first = Math.max(0, Math.min(at.line - 1 - Math.floor(count / 3), lines.length - count));
  const width = String(first + count).length;
  return lines.slice(first, first + count).map((line, index) => {
    const number = first + index + 1;
    const mark = number === at.line ? '>' : isMarked(number) ? 'o' : ' ';
    return `${mark} ${String(number).padStart(width)}  ${line.replaceAll('\t', '  ')}`;
  });
}

export function lineText({ text, ignored }: StepLine): string {
  return ignored === undefined ? text : `${text}  (no effect: ${ignored})`;
}

export function timerLines({ stepper }: Debugged): readonly string[] {
  return stepper.timers.map(({ event, dueAt, sendid, session }, index) => {
    const of = session === stepper.id ? '' : ` of ${session}`;
    return `${index + 1}  ${event} in ${seconds(dueAt - stepper.now)} (${sendid})${of}`;
  });
}

export function openLines({ stepper }: Debugged): readonly string[] {
  return stepper.open.map(({ name, effect }, index) => {
    const { requestid: _own, ...attributes } = effect.attributes;
    return `${index + 1}  ${name} ${cut(JSON.stringify({ ...attributes, ...effect.params }))}`;
  });
}

export function changeLines({ debugger: d }: Debugged): readonly string[] {
  return d.changes().map(({ path, before, after }) => `${path}: ${value(before)} -> ${value(after)}`);
}

export function breakLines({ debugger: d }: Debugged): readonly string[] {
  return d.breakpoints.map((breakpoint, index) => `${index + 1}  ${breakText(breakpoint)}`);
}

/** Undefined: there is nothing to say. */
export function stopText({ reason, breakpoint }: Stop): string | undefined {
  switch (reason) {
    case 'breakpoint':
      return `stopped at the breakpoint ${breakText(breakpoint!)}`;
    case 'idle':
      return 'no input waits';
    case 'ended':
      return 'the session has ended';
    case 'endless':
      return 'stopped: the session does not come to rest';
    default:
      return undefined;
  }
}

function seconds(ms: number): string {
  return `${ms / 1000}s`;
}

function value(json: Json | undefined): string {
  return json === undefined ? '(none)' : cut(JSON.stringify(json));
}

function cut(text: string): string {
  return text.length > MAX_VALUE ? `${text.slice(0, MAX_VALUE - 1)}…` : text;
}

import type { SourceLocation } from '../engine/interpreter/index.ts';
import type { StepLine } from '../engine/interpreter/stepper/index.ts';
import { defined } from '../engine/ports/index.ts';

/** An error event of a document that no transition took, or the failure of its session. */
export interface DocumentFault {
  /** 'error.execution' ...; of a session that failed: 'failed'. */
  readonly event: string;
  readonly message: string;
  /** The place in the document that caused it. */
  readonly at?: SourceLocation;
  /** The session: the opened one, or one that it invoked. */
  readonly session: string;
}

const NOT_HANDLED = 'Not handled: ';
/** ORS answers the <cancel> of a timer that has fired by these. Documents cancel on exit without a thought. */
const ANSWERS_TO_CANCEL: ReadonlySet<string> = new Set(['error.notallowed', 'error.cancel.notallowed']);

/** The faults in the lines from one on. */
export function faultsIn(lines: readonly StepLine[], from: number): readonly DocumentFault[] {
  return lines.slice(from).flatMap((line, offset) => {
    const fault = faultOf(line);
    if (fault === undefined) return [];
    return [
      { ...fault, session: line.session, ...placeOf(lines.slice(0, from + offset), line, fault.event) },
    ];
  });
}

function faultOf({ record }: StepLine): Pick<DocumentFault, 'event' | 'message'> | undefined {
  if (record.kind === 'failed') return { event: 'failed', message: String(record.reason) };
  if (record.kind !== 'log') return undefined;
  const [event, text] = [String(record.label ?? ''), String(record.text)];
  const isUnhandled = event.startsWith('error.') && text.startsWith(NOT_HANDLED);
  if (!isUnhandled || ANSWERS_TO_CANCEL.has(event)) return undefined;
  return { event, message: text.slice(NOT_HANDLED.length) };
}

/** The place that raised the event; otherwise the last one that the session passed. */
function placeOf(
  before: readonly StepLine[],
  { session }: StepLine,
  event: string,
): { readonly at?: SourceLocation } {
  const own = before.filter((line) => line.session === session && line.at !== undefined);
  const raised = own.findLast(({ record }) => record.kind === 'exec_error' && record.event === event);
  return defined({ at: (raised ?? own.at(-1))?.at });
}

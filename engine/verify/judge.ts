import type { Document, Session, SourceLocation, StepRecord } from '../interpreter/index.ts';
import type { Json } from '../ports/index.ts';
import type { Found } from './findings.ts';
import type { ArmedTimer } from './timers.ts';
import type { Trial } from './trial.ts';

/** Error events of code that throws (ors-dialect 2.6; W3C 5.10.2). */
const THROWN = new Set([
  'error.illegalcond',
  'error.illegalloc',
  'error.illegalvalue',
  'error.script',
  'error.illegaldata',
  'error.execution',
]);

/** The findings in the records of a move. `fired`: the event of the timer that fired. */
export function judgeTrial(trial: Trial, fired: string | undefined): readonly Found[] {
  const found: Found[] = [];
  for (const [record, session] of trial.records) {
    if (record.kind === 'event_ignored') found.push(...ignored(record, session, fired));
    if (record.kind === 'exec_error' && THROWN.has(String(record.event))) found.push(thrown(record));
    if (record.kind === 'failed') found.push(failed(String(record.reason)));
  }
  if (trial.fault === undefined) return found;
  const isRestless = trial.fault === 'it does not rest';
  if (isRestless && trial.status === 'failed') return found;
  const message = isRestless
    ? 'the session sends itself events without a pause'
    : `the state of the session cannot be stored: ${trial.fault}`;
  return [...found, { kind: isRestless ? 'restless' : 'failed', key: trial.fault, message }];
}

function ignored(record: StepRecord, session: Session, fired: string | undefined): readonly Found[] {
  const name = String(record.name);
  const at = activeState(session.document, record.configuration as readonly string[]);
  const states = (record.configuration as readonly string[]).join(' ');
  // The code that threw is a finding already.
  if (THROWN.has(name)) return [];
  if (name.startsWith('error.')) {
    const message = `no transition takes '${name}' in the states ${states}`;
    return [{ kind: 'unhandledError', key: `${name} ${at?.id ?? ''}`, message, ...(at && { at: at.at }) }];
  }
  if (name !== fired) return [];
  const message = `the timer '${name}' fires, and no transition takes it in the states ${states}`;
  return [{ kind: 'timerOutlives', key: name, subject: name, message, ...(at && { at: at.at }) }];
}

function thrown({ event, data }: StepRecord): Found {
  const { description, document, linenumber, column, code } = (data ?? {}) as FaultData;
  const at = placeOf(code) ?? placeOf({ document, linenumber, column });
  const message = `${String(event)}: ${String(description ?? JSON.stringify(data))}`;
  return { kind: 'fault', key: at ? `${at.file}:${at.line}` : message, message, ...(at && { at }) };
}

interface FaultPlace {
  readonly document?: Json | undefined;
  readonly linenumber?: Json | undefined;
  readonly column?: Json | undefined;
}

interface FaultData extends FaultPlace {
  readonly description?: Json;
  readonly code?: FaultPlace;
}

function placeOf({ document, linenumber, column }: FaultPlace = {}): SourceLocation | undefined {
  if (typeof document !== 'string' || typeof linenumber !== 'number') return undefined;
  return { file: document, line: linenumber, column: typeof column === 'number' ? column : 1 };
}

function failed(reason: string): Found {
  const limit = /^[A-Z_]+/.exec(reason)?.[0] ?? '';
  const isRestless = limit === 'MAX_MICROSTEPS_PER_MACROSTEP' || limit === 'MAX_INTERNAL_EVENTS';
  return { kind: isRestless ? 'restless' : 'failed', key: limit, message: `the session fails: ${reason}` };
}

/** The innermost active state. */
function activeState(
  { states, stateById }: Document,
  configuration: readonly string[],
): { readonly id: string; readonly at: SourceLocation } | undefined {
  const index = stateById.get(configuration.at(-1) ?? '');
  return index === undefined ? undefined : states[index];
}

/** Timers for the same event that are armed at the same time: the older one was not cancelled. */
export function doubleTimers(before: readonly ArmedTimer[], after: readonly ArmedTimer[]): readonly Found[] {
  const known = new Set(before.map(({ key }) => key));
  const old = new Set(before.map(({ session, event }) => `${session} ${event}`));
  const still = new Set(
    after.filter(({ key }) => known.has(key)).map(({ session, event }) => `${session} ${event}`),
  );
  return after
    .filter(({ key, session, event }) => {
      const name = `${session} ${event}`;
      return !known.has(key) && old.has(name) && still.has(name);
    })
    .map(({ event, name }) => ({
      kind: 'timerOutlives',
      key: `${event} twice`,
      subject: name,
      message: `the timer '${event}' is armed while an older one still runs`,
    }));
}

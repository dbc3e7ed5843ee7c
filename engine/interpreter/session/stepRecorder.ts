import { defined, type Json } from '../../ports/index.ts';
import type { StepRecord } from '../execution.ts';
import type { Session } from './contract.ts';
import { whyIgnored } from './whyIgnored.ts';

/** The macrostep of one event in one session, with its microsteps in order. */
export interface RecordedStep {
  readonly session: string;
  /** Absent for the start. */
  readonly event?: { readonly name: string; readonly data?: Json };
  readonly microsteps: readonly RecordedMicrostep[];
  readonly logs: readonly Json[];
  readonly errors: readonly Json[];
  readonly effects: readonly Json[];
  /** Events that no transition took, each with the reason. Absent when there are none. */
  readonly ignored?: readonly { readonly event: string; readonly why: string }[];
  /** The reason of the failure, when the session failed. */
  readonly failed?: string;
}

export interface RecordedMicrostep {
  /** Name of its event. Absent for eventless transitions and for the entry of the initial states. */
  readonly event?: string;
  readonly exited: readonly string[];
  readonly transitions: readonly {
    readonly source: string;
    readonly targets: readonly string[];
    readonly line: number;
  }[];
  readonly entered: readonly string[];
}

interface Draft {
  session: string;
  event?: { name: string; data?: Json };
  microsteps: MicrostepDraft[];
  logs: Json[];
  errors: Json[];
  effects: Json[];
  ignored?: { event: string; why: string }[];
  failed?: string;
}

interface MicrostepDraft {
  event?: string;
  exited: string[];
  transitions: { source: string; targets: string[]; line: number }[];
  entered: string[];
}

/** Collects the records of a session into steps. `onStep` gets each step when it is complete. */
export class StepRecorder<Observed extends Pick<Session, 'id' | 'document'> = Session> {
  readonly #onStep: (step: RecordedStep, session: Observed) => void;
  #open: { readonly draft: Draft; readonly session: Observed } | undefined;

  constructor(onStep: (step: RecordedStep, session: Observed) => void) {
    this.#onStep = onStep;
  }

  /** A RecordListener. */
  readonly record = (record: StepRecord, session: Observed): void => {
    const begins = record.kind === 'event_processed' && record.type === 'external';
    if (begins || this.#open?.session !== session) this.#begin(session);
    add(this.#open!.draft, record, session);
  };

  /** Completes the last step. */
  flush(): void {
    const open = this.#open;
    this.#open = undefined;
    if (open) this.#onStep(open.draft, open.session);
  }

  #begin(session: Observed): void {
    this.flush();
    const draft = { session: session.id, microsteps: [], logs: [], errors: [], effects: [] };
    this.#open = { draft, session };
  }
}

function add(draft: Draft, record: StepRecord, { document }: Pick<Session, 'document'>): void {
  switch (record.kind) {
    case 'event_processed':
      addEvent(draft, record);
      return;
    case 'state_exit':
      microstep(draft, 'exited').exited.push(String(record.name));
      return;
    case 'transition':
      microstep(draft, 'transitions').transitions.push({
        source: String(record.source),
        targets: (record.targets as readonly string[]).map(String),
        line: Number(record.line),
      });
      return;
    case 'state_enter':
      microstep(draft, 'entered').entered.push(String(record.name));
      return;
    case 'log':
      draft.logs.push(defined({ label: record.label, text: record.text ?? '' }));
      return;
    case 'exec_error':
      draft.errors.push({ event: record.event, data: record.data });
      return;
    case 'effect':
      draft.effects.push(record.effect ?? null);
      return;
    case 'event_ignored':
      draft.ignored ??= [];
      draft.ignored.push({ event: String(record.name), why: whyIgnored(record, document) });
      return;
    case 'failed':
      draft.failed = String(record.reason);
      return;
    default:
    // Other kinds are not part of a step.
  }
}

function addEvent(draft: Draft, { name, type, data }: StepRecord): void {
  const event = defined({ name: String(name), data });
  if (type === 'external' && draft.event === undefined && draft.microsteps.length === 0) draft.event = event;
  draft.microsteps.push({ event: event.name, exited: [], transitions: [], entered: [] });
}

/** The microstep of a record: a microstep exits states, then executes transitions, then enters states. */
function microstep(draft: Draft, part: 'exited' | 'transitions' | 'entered'): MicrostepDraft {
  const last = draft.microsteps.at(-1);
  const isOver =
    last === undefined ||
    (part !== 'entered' && last.entered.length > 0) ||
    (part === 'exited' && last.transitions.length > 0);
  if (!isOver) return last;
  const next = { exited: [], transitions: [], entered: [] };
  draft.microsteps.push(next);
  return next;
}

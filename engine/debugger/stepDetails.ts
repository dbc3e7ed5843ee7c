import {
  type Document,
  type Execution,
  type SourceLocation,
  type StepInput,
  type StepOptions,
  type StepOutcome,
  type StepRecord,
  stepLine,
} from '../interpreter/index.ts';
import { defined, type Json } from '../ports/index.ts';
import { changesOf } from './changes.ts';

/** Lines of a step that are shown. */
const MAX_INSPECTED_LINES = 200;
/** Characters of a line. */
const MAX_LINE_CHARS = 500;
/** Changes of data of a step that are shown. */
const MAX_SHOWN_CHANGES = 200;
/** Characters of each value of a change, as JSON. */
const MAX_CHANGE_CHARS = 2_000;

export interface InspectedLine {
  /** 'event go', 'exit a', 'transition a -> b', 'enter b' ... */
  readonly text: string;
  readonly at?: SourceLocation;
}

/** A change of data. Values that are too long are left out. */
export interface ShownChange {
  /** 'order.items[0].price' */
  readonly path: string;
  /** Absent: it did not exist. */
  readonly before?: Json;
  /** Absent: it does not exist any more. */
  readonly after?: Json;
  /** The values are too long to be shown. */
  readonly omitted?: true;
}

/** The lines and changes of a step, for people. */
export interface StepDetails {
  readonly lines: readonly InspectedLine[];
  readonly changes: readonly ShownChange[];
  /** Changes that are not listed. Absent: none. */
  readonly moreChanges?: number;
}

export type RecordedLine = InspectedLine & { readonly record: StepRecord };

/** A step that was computed, with its lines. */
export interface DetailedStep {
  readonly outcome: StepOutcome;
  readonly lines: readonly RecordedLine[];
}

/** Computes a step, and writes down its lines. */
export function stepWithLines(
  document: Document,
  execution: Execution,
  step: { readonly input: StepInput; readonly options: StepOptions },
): DetailedStep {
  const { input, options } = step;
  const records: StepRecord[] = [];
  const outcome = execution.step(input, {
    ...options,
    onRecord: (record) => {
      if (records.length < MAX_INSPECTED_LINES) records.push(record);
    },
  });
  const lines = records.flatMap((record) => {
    const line = stepLine(record, document, options.now);
    if (line === undefined) return [];
    return [{ record, text: line.text.slice(0, MAX_LINE_CHARS), ...defined({ at: line.at }) }];
  });
  return { outcome, lines };
}

/** Computes a step, and tells what it did. No details: it asks for figures. */
export function stepWithDetails(
  document: Document,
  execution: Execution,
  step: { readonly input: StepInput; readonly options: StepOptions },
): { readonly outcome: StepOutcome; readonly details?: StepDetails } {
  const before = execution.data();
  const { outcome, lines } = stepWithLines(document, execution, step);
  if (outcome.asks !== undefined) return { outcome };
  const changes = changesOf(before, execution.data());
  const more = changes.length - MAX_SHOWN_CHANGES;
  const details: StepDetails = {
    lines: lines.map(({ record: _, ...line }) => line),
    changes: changes.slice(0, MAX_SHOWN_CHANGES).map(shownChange),
    ...defined({ moreChanges: more > 0 ? more : undefined }),
  };
  return { outcome, details };
}

function shownChange({ path, before, after }: ReturnType<typeof changesOf>[number]): ShownChange {
  const isLong = [before, after].some((value) => (JSON.stringify(value)?.length ?? 0) > MAX_CHANGE_CHARS);
  const shown = path.slice(0, MAX_LINE_CHARS);
  return isLong ? { path: shown, omitted: true } : { path: shown, ...defined({ before, after }) };
}

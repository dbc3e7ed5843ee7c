import type { ReplyOf } from '../../api/operationTypes.ts';

/** A step of a session. */
export type Step = ReplyOf<'POST /genesys/1/admin/debug/sessions/:sid/fork'>['steps'][number];
export type Effect = Step['effects'][number];

/** A step with its number in a list. */
export interface NumberedStep {
  /** From 1. */
  readonly number: number;
  readonly step: Step;
}

export type RowKind = Step['kind'] | Effect['kind'];

/** A row of a time line: a step, or one of its effects. */
export interface TimeRow {
  readonly key: string;
  readonly numbered: NumberedStep;
  readonly kind: RowKind;
  readonly name: string;
  /** The transitions of a step; the target of an effect. */
  readonly text: string;
  readonly data: string;
  readonly isEffect: boolean;
  readonly isFailure: boolean;
}

const rows = new WeakMap<NumberedStep, readonly TimeRow[]>();

/** The row of a step, and those of its effects. */
export function rowsOf(numbered: NumberedStep): readonly TimeRow[] {
  const known = rows.get(numbered);
  if (known !== undefined) return known;
  const made = [
    stepRow(numbered),
    ...numbered.step.effects.map((effect, at) => effectRow(numbered, effect, at)),
  ];
  rows.set(numbered, made);
  return made;
}

export function dataText({ data, dataOmitted }: Pick<Step, 'data' | 'dataOmitted'>): string {
  if (dataOmitted === true) return '…';
  return data === undefined ? '' : JSON.stringify(data);
}

function stepRow(numbered: NumberedStep): TimeRow {
  const { number, step } = numbered;
  const { kind, name, lines } = step;
  return {
    key: `${number}`,
    numbered,
    kind,
    name,
    text: lines.flatMap(({ text }) => transitionIn(text) ?? errorIn(text) ?? []).join(', '),
    data: dataText(step),
    isEffect: false,
    isFailure: isError(name) || lines.some(({ text }) => errorIn(text) !== undefined),
  };
}

function effectRow(numbered: NumberedStep, effect: Effect, at: number): TimeRow {
  const { kind, name, id = '', level } = effect;
  const text = ['target', 'src', 'session', 'dueAt', 'label'].flatMap((field) =>
    typeof effect[field] === 'string' ? [effect[field]] : [],
  );
  return {
    key: `${numbered.number}.${at}`,
    numbered,
    kind,
    name: name ?? id,
    text: text.join(' '),
    data: dataText(effect),
    isEffect: true,
    isFailure: effect.positive === false || isError(name ?? '') || level === 'error',
  };
}

/** `a -> b`, if the line is of a transition. */
function transitionIn(line: string): string | undefined {
  return /^transition (.*)$/s.exec(line)?.[1];
}

function errorIn(line: string): string | undefined {
  return /^(?:error|failed) /.test(line) ? line : undefined;
}

function isError(name: string): boolean {
  return /(?:^|\.)error(?:\.|$)/.test(name);
}

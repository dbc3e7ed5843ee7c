import type { Document } from './document/model.ts';

/** A question of a document: `_genesys.statistic.sData(object, statistic)`. */
export interface FigureQuestion {
  /** In the format of targets: `Billing@.GA`, `VQ_Billing@.Q`. */
  readonly object: string;
  readonly statistic: string;
}

/** The answer to a question. */
export type Figure =
  | {
      /** Null: the value is not known (NaN for the document). */
      readonly value: number | null;
    }
  /** Why there is no such value. */
  | { readonly refusal: string };

/** Reads the value of a statistic at once. Undefined: there is none. */
export type ReadFigure = (object: string, statistic: string) => number | undefined;

/** A question with its answer. */
export interface KnownFigure extends FigureQuestion {
  readonly figure: Figure;
}

/**
 * A step asked for values that it was not given. It has no outcome: the session is computed again from its
 * state before the step, with these values.
 */
export class FiguresMissing extends Error {
  readonly questions: readonly FigureQuestion[];

  constructor(questions: readonly FigureQuestion[]) {
    super('The step asks for values of statistics that it was not given.');
    this.name = 'FiguresMissing';
    this.questions = questions;
  }
}

/**
 * False when no code of the document can name `_genesys.statistic`: its steps need no state to go back to.
 * Code that builds the name of the function at run time gets an error from it.
 */
export function mayAskForFigures({ dialect, expressions }: Document): boolean {
  return dialect === 'ors' && expressions.some(({ source }) => source.includes('statistic'));
}

/** The figures for the realm: JSON of `[object, statistic, value or refusal]`. */
export function figuresText(figures: readonly KnownFigure[]): string {
  return JSON.stringify(
    figures.map(({ object, statistic, figure }) => [
      object,
      statistic,
      'value' in figure ? figure.value : figure.refusal,
    ]),
  );
}

import { type KnownFigure, MAX_FIGURES_PER_STEP, type StepOutcome } from '../interpreter/index.ts';
import { nextMacrotask } from '../ports/index.ts';
import type { StepFacts } from './hostEngine.ts';

/**
 * Computes a step, and again from the same state, until it has all values of statistics that it asks for. The
 * interpreter bounds their number; a hostile engine child that asks for more is stopped here.
 */
export async function stepWithFigures<Outcome extends Pick<StepOutcome, 'asks'>>(
  { readFigure }: Pick<StepFacts, 'readFigure'>,
  step: (figures: readonly KnownFigure[] | undefined) => Promise<Outcome>,
): Promise<Outcome> {
  let figures: readonly KnownFigure[] = [];
  for (;;) {
    const outcome = await step(readFigure === undefined ? undefined : figures);
    if (outcome.asks === undefined) return outcome;
    if (readFigure === undefined || figures.length + outcome.asks.length > MAX_FIGURES_PER_STEP) {
      const most = readFigure === undefined ? 0 : MAX_FIGURES_PER_STEP;
      throw new Error(
        `Expected a step to ask for at most ${most} values of statistics (MAX_FIGURES_PER_STEP).`,
      );
    }
    const found: KnownFigure[] = [];
    for (const asked of outcome.asks) {
      found.push({ ...asked, figure: await readFigure(asked) });
      // One value may be a question about each agent, and a document may ask for many: other work goes on.
      await nextMacrotask();
    }
    figures = [...figures, ...found];
  }
}

import { AssertionError } from 'node:assert';
import type { StepLine } from './contract.ts';

/** A failed assertion shows the last actions, with the last lines of each. */
const SHOWN_ACTIONS = 5;
const SHOWN_LINES = 40;

/** A failed assertion of the stepper. Test runners show the difference between `actual` and `expected`. */
export class StepperAssertion extends AssertionError {
  readonly showDiff: boolean;
  /** The message without the last actions. */
  readonly summary: string;

  constructor(
    message: string,
    facts: {
      /** The last actions as text. */
      readonly actions: string;
      readonly values?: { readonly actual: unknown; readonly expected: unknown };
    },
  ) {
    super({ message: `${message}\n${facts.actions}`, ...facts.values });
    this.summary = message;
    this.name = 'StepperAssertion';
    this.showDiff = facts.values !== undefined;
  }
}

/** The last actions with their lines, each with its location in the document. */
export function lastActions(all: readonly StepLine[], actions: readonly string[]): string {
  if (actions.length === 0) return 'No actions so far: the session is not started.';
  const first = Math.max(0, actions.length - SHOWN_ACTIONS);
  const shown = actions.slice(first).flatMap((action, index) => {
    const number = first + index + 1;
    const lines = all.filter((line) => line.action === number);
    const cut = lines.length - SHOWN_LINES;
    return [
      `  ${number}. ${action}`,
      ...(cut > 0 ? [`       (${cut} more lines)`] : []),
      ...lines.slice(-SHOWN_LINES).map(describe),
    ];
  });
  return ['The last actions:', ...shown].join('\n');
}

function describe({ text, at, ignored }: StepLine): string {
  const why = ignored === undefined ? '' : `: ${ignored}`;
  return at ? `       ${text}  (${at.file}:${at.line}:${at.column})` : `       ${text}${why}`;
}

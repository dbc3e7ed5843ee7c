import type { Debugged } from './actions.ts';
import type { Outcome, StepSession } from './stepSession.ts';
import {
  activeText,
  changeLines,
  chartLines,
  lineText,
  openLines,
  statusLine,
  stopText,
  timerLines,
} from './views.ts';

const CLEAR = '\u001b[2J\u001b[3J\u001b[H';
/** Rows of the lower half. */
const MAX_LOWER = 14;
const MIN_UPPER = 6;

export interface ScreenSize {
  readonly columns: number;
  readonly rows: number;
}

/** The whole screen of a terminal: the chart beside the source, then what happened and what is possible. */
export function screenText(session: StepSession, outcome: Outcome, { columns, rows }: ScreenSize): string {
  const { debugged } = session;
  const { document } = debugged.stepper;
  const head = `${document.url.split('/').at(-1)}  ${statusLine(debugged)}`;
  const lower = lowerLines(debugged, outcome).slice(0, MAX_LOWER);
  const height = Math.max(MIN_UPPER, rows - lower.length - 4);
  const left = Math.min(44, Math.floor(columns * 0.4));
  const chart = windowOf(chartLines(document, debugged), height);
  const source = session.source(height);
  const upper = Array.from({ length: height }, (_, row) => {
    const chartPart = shortened(chart[row] ?? '', left).padEnd(left);
    return `${chartPart} | ${shortened(source[row] ?? '', columns - left - 3)}`;
  });
  const rule = '-'.repeat(columns);
  return `${CLEAR}${[shortened(head, columns), rule, ...upper, rule, ...lower.map((line) => shortened(line, columns))].join('\n')}\n`;
}

function lowerLines(debugged: Debugged, outcome: Outcome): readonly string[] {
  const { document } = debugged.stepper;
  if (outcome.lines.length > 0) return outcome.lines;
  const { debugger: d, stepper } = debugged;
  const said = outcome.stop && stopText(outcome.stop);
  return [
    `in       ${activeText(document, debugged)}${said === undefined ? '' : `   [${said}]`}`,
    `accepts  ${stepper.accepts().join('  ')}`,
    ...labelled('timers', timerLines(debugged), 3),
    ...labelled('open', openLines(debugged), 3),
    ...labelled('lines', d.lastLines.map(lineText).slice(-4), 4),
    ...labelled('data', changeLines(debugged), 3),
  ];
}

function labelled(label: string, lines: readonly string[], count: number): readonly string[] {
  const shown = lines.slice(0, count).map((line, index) => `${(index === 0 ? label : '').padEnd(9)}${line}`);
  const more = lines.length - count;
  return more > 0 ? [...shown, `${' '.repeat(9)}and ${more} more: '${label}' shows them`] : shown;
}

/** The rows around the last active one. */
function windowOf(lines: readonly string[], height: number): readonly string[] {
  const active = lines.findLastIndex((line) => line.startsWith('*'));
  const first = Math.max(0, Math.min(active - Math.floor(height / 2), lines.length - height));
  return lines.slice(first, first + height);
}

function shortened(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, Math.max(0, width - 1))}…` : text;
}

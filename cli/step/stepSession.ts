import { BreakpointRefused, DocumentDebugger, type Stop } from '../../engine/debugger/index.ts';
import type { Document, SourceLocation } from '../../engine/interpreter/index.ts';
import type { Stepper } from '../../engine/interpreter/stepper/index.ts';
import { type CommandIo, urlOf } from '../commandIo.ts';
import { ACTIONS, type Debugged, firstWord, NoSuchCommand } from './actions.ts';
import { addBreak, removeBreak } from './breaks.ts';
import { HELP } from './help.ts';
import {
  activeText,
  breakLines,
  changeLines,
  chartLines,
  lineText,
  openLines,
  sourceLines,
  stopText,
  timerLines,
} from './views.ts';

/** Lines of `source` without a terminal. */
const SOURCE_LINES = 15;

/** Other names of commands. */
const SHORT: ReadonlyMap<string, string> = new Map([
  ['s', 'step'],
  ['m', 'macro'],
  ['r', 'run'],
  ['b', 'back'],
  ['a', 'advance'],
  ['p', 'print'],
  ['h', 'help'],
  ['?', 'help'],
  ['q', 'quit'],
]);

/** The outcome of a command. */
export interface Outcome {
  /** Answers a question, or says what was expected. */
  readonly lines: readonly string[];
  readonly stop?: Stop;
  /** The session took steps, or went back. */
  readonly acted: boolean;
  readonly refused?: true;
  readonly isOver?: true;
}

/** A session in the debugger, with the commands of a person as lines of text. */
export class StepSession {
  readonly debugged: Debugged;
  readonly #document: Document;
  readonly #urlOf: (file: string) => URL;
  /** Commands that show something, or change breakpoints. */
  readonly #views: ReadonlyMap<string, (rest: string) => readonly string[]> = new Map<
    string,
    (rest: string) => readonly string[]
  >([
    ['help', () => HELP],
    ['chart', () => chartLines(this.#document, this.debugged)],
    ['source', (rest) => this.source(SOURCE_LINES, rest)],
    ['accepts', () => this.debugged.stepper.accepts()],
    ['timers', () => timerLines(this.debugged)],
    ['open', () => openLines(this.debugged)],
    ['data', () => JSON.stringify(this.debugged.stepper.data, undefined, 2).split('\n')],
    ['print', (rest) => [JSON.stringify(this.#valueOf(rest)) ?? 'undefined']],
    ['lines', () => this.debugged.stepper.lines.map(lineText)],
    ['changes', () => changeLines(this.debugged)],
    ['break', (rest) => this.#break(rest)],
    ['delete', (rest) => this.#delete(rest)],
  ]);

  constructor(io: CommandIo, stepper: Stepper) {
    const { document } = stepper;
    this.debugged = { stepper, debugger: new DocumentDebugger(stepper, document) };
    this.#document = document;
    this.#urlOf = (file) => (file === '' ? new URL(document.url) : urlOf(io, file));
  }

  /** True when the first word is the name of a command. */
  isCommand(line: string): boolean {
    const [word] = firstWord(line);
    const name = SHORT.get(word) ?? word;
    return name !== 'quit' && (ACTIONS.has(name) || this.#views.has(name));
  }

  /** Performs a command. A mistake of the user is an outcome too. */
  execute(line: string): Outcome {
    const [word, rest] = firstWord(line);
    if (word === '') return { lines: [], acted: false };
    try {
      return this.#perform(SHORT.get(word) ?? word, rest);
    } catch (error) {
      if (!isMistake(error)) throw error;
      return { lines: [(error as Error).message], acted: false, refused: true };
    }
  }

  #perform(name: string, rest: string): Outcome {
    if (name === 'quit') return { lines: [], acted: false, isOver: true };
    const act = ACTIONS.get(name);
    if (act) {
      const stop = act(this.debugged, rest);
      return { lines: [], acted: true, ...(stop && { stop }) };
    }
    const view = this.#views.get(name);
    if (view) return { lines: view(rest), acted: false };
    throw new NoSuchCommand(`Expected a command, got '${name}'. 'help' lists them.`);
  }

  #break(rest: string): readonly string[] {
    if (rest !== '') addBreak(this.debugged, rest, this.#urlOf);
    return breakLines(this.debugged);
  }

  #delete(rest: string): readonly string[] {
    removeBreak(this.debugged, rest);
    return breakLines(this.debugged);
  }

  /** Everything that an outcome shows to a person without a screen. */
  plain({ lines, stop, acted }: Outcome): readonly string[] {
    if (!acted) return lines;
    const said = stop && stopText(stop);
    return [
      ...this.debugged.debugger.lastLines.map((line) => `  ${lineText(line)}`),
      ...changeLines(this.debugged).map((line) => `  data ${line}`),
      ...(said === undefined ? [] : [said]),
      `in ${activeText(this.#document, this.debugged)}`,
    ];
  }

  /** The source around the place where the session stands, or around a state. */
  source(count: number, id = ''): readonly string[] {
    const at = id === '' ? this.#place() : this.#stateAt(id);
    const isActive = this.#activeLines(at.file);
    return sourceLines(this.#document, at, { count, isMarked: (line) => isActive.has(line) });
  }

  #place(): SourceLocation {
    const { stepper, debugger: d } = this.debugged;
    const last = d.lastLines.findLast(({ at, session }) => at !== undefined && session === stepper.id);
    if (last?.at) return last.at;
    const active = this.#document.states.findLast(({ id }) => stepper.configuration.has(id));
    return (active ?? this.#document.states[0]!).at;
  }

  #stateAt(id: string): SourceLocation {
    const index = this.#document.stateById.get(id);
    if (index === undefined) throw new NoSuchCommand(`Expected the id of a state, got '${id}'.`);
    return this.#document.states[index]!.at;
  }

  #activeLines(file: string): ReadonlySet<number> {
    const { configuration } = this.debugged.stepper;
    const active = this.#document.states.filter(({ id, at }) => configuration.has(id) && at.file === file);
    return new Set(active.map(({ at }) => at.line));
  }

  #valueOf(expression: string) {
    try {
      return this.debugged.stepper.get(expression);
    } catch (error) {
      throw new NoSuchCommand((error as Error).message);
    }
  }
}

/** The stepper throws RangeError, TypeError and Error for what does not fit the session. */
function isMistake(error: unknown): boolean {
  return (
    error instanceof NoSuchCommand ||
    error instanceof BreakpointRefused ||
    error instanceof RangeError ||
    (error instanceof Error && /^Expected /.test(error.message))
  );
}

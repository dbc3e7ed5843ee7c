import { basename } from 'node:path';
import type { DebugProtocol } from '@vscode/debugprotocol';
import {
  type Breakpoint,
  type DocumentDebugger,
  type PlacedBreakpoint,
  placedIn,
  type Stop,
} from '../../engine/debugger/index.ts';
import type { Dialect, Document } from '../../engine/interpreter/index.ts';
import { type Stepper, stepper } from '../../engine/interpreter/stepper/index.ts';
import { defined, type Json } from '../../engine/ports/index.ts';
import { ChangedSources } from '../changedSources.ts';
import type { CommandIo } from '../commandIo.ts';
import { readDocument, readInstallation } from '../readDocument.ts';
import { type Outcome, StepSession } from '../step/stepSession.ts';
import { EditorBreakpoints, lineBreakpoints, namedBreakpoint } from './editorBreakpoints.ts';
import { framesOf, sourceOf, urlOfSource } from './places.ts';
import { Variables } from './variables.ts';

/** The arguments of `launch`, as a launch configuration has them. */
export interface Launch {
  /** Path of the document. */
  readonly program?: string;
  readonly params?: { readonly [name: string]: unknown };
  /** Path of a file with lists, options and specialDays. */
  readonly lists?: string;
  readonly dialect?: Dialect;
  /** Stops after the first states are entered. */
  readonly stopOnEntry?: boolean;
}

/** A document that an editor debugs, in the terms of the Debug Adapter Protocol. */
export class DebuggedDocument {
  readonly debugger: DocumentDebugger;
  readonly #stepper: Stepper;
  readonly #document: Document;
  readonly #commands: StepSession;
  readonly #variables = new Variables();
  readonly #stopsOnEntry: boolean;
  readonly #breakpoints = new EditorBreakpoints();
  readonly changed: ChangedSources;

  private constructor(
    io: CommandIo,
    session: Stepper,
    {
      document,
      launch,
      changed,
    }: { readonly document: Document; readonly launch: Launch; readonly changed: ChangedSources },
  ) {
    this.changed = changed;
    this.#stepper = session;
    this.#document = document;
    this.#stopsOnEntry = launch.stopOnEntry === true;
    this.#commands = new StepSession(io, session);
    this.debugger = this.#commands.debugged.debugger;
  }

  /** Rejects with DocumentError, or an Error that says what was expected. */
  static async open(io: CommandIo, launch: Launch): Promise<DebuggedDocument> {
    const { program, params = {}, lists, dialect } = launch;
    if (typeof program !== 'string') {
      throw new Error(`Expected the path of a document as program, got ${program}.`);
    }
    const document = await readDocument(io, program, dialect);
    const installation = await readInstallation(io, lists);
    const session = await stepper(document, { params, ...defined({ installation }) });
    const changed = await ChangedSources.of(io, document);
    return new DebuggedDocument(io, session, { document, launch, changed });
  }

  get name(): string {
    return basename(this.#document.url);
  }

  get isOver(): boolean {
    return this.#stepper.status !== 'running';
  }

  /** The events that the session waits for. */
  get accepts(): string {
    return this.#stepper.accepts().join(', ') || 'no event';
  }

  // ---- breakpoints

  /** Those of one file; those of other files stay. */
  setLines({ source, breakpoints = [] }: DebugProtocol.SetBreakpointsArguments): object {
    const file = urlOfSource(source);
    const { set, shown } = this.#placed(lineBreakpoints(file, breakpoints));
    this.#breakpoints.setLines(file, set);
    this.#setAll();
    return { breakpoints: shown };
  }

  /** Ids of states, names of events, or expressions after `if`. */
  setNames({ breakpoints }: DebugProtocol.SetFunctionBreakpointsArguments): object {
    const isState = (name: string): boolean => this.#document.stateById.has(name);
    const { set, shown } = this.#placed(breakpoints.map((one) => namedBreakpoint(one, isState)));
    this.#breakpoints.setNames(set);
    this.#setAll();
    return { breakpoints: shown };
  }

  setExceptions(exceptions: DebugProtocol.SetExceptionBreakpointsArguments): object {
    this.#breakpoints.setExceptions(exceptions);
    this.#setAll();
    return {};
  }

  /** The breakpoints that will stop, and all of them as an editor marks them. */
  #placed(breakpoints: readonly Breakpoint[]): {
    readonly set: readonly Breakpoint[];
    readonly shown: readonly DebugProtocol.Breakpoint[];
  } {
    const placements = breakpoints.map((breakpoint) => placedIn(this.#document, breakpoint));
    return {
      set: placements.flatMap((one) => ('breakpoint' in one ? [one.breakpoint] : [])),
      shown: placements.map((one) => shownBreakpoint(one)),
    };
  }

  #setAll(): void {
    this.debugger.setBreakpoints(this.#breakpoints.all);
  }

  // ---- steps

  /** Starts the session, and runs to the first stop. */
  begin(): Stop {
    return this.#stopsOnEntry ? this.debugger.microstep() : this.debugger.run();
  }

  /** Runs on; when no input waits, time passes to the next timer. */
  proceed(): Stop {
    const [next] = this.#stepper.timers;
    if (this.#stepper.waiting.length > 0 || !next) return this.debugger.run();
    return this.debugger.advance(Math.max(0, next.dueAt - this.#stepper.now));
  }

  back(commands: number): Stop {
    const count = Math.min(commands, this.debugger.undoable);
    if (count > 0) this.debugger.back(count);
    return { reason: 'step' };
  }

  // ---- data

  frames(): object {
    const { lastLines } = this.debugger;
    const last = lastLines.findLast(({ at, session }) => at !== undefined && session === this.#stepper.id);
    const stackFrames = framesOf(this.#document, this.#stepper.configuration, last?.at);
    return { stackFrames, totalFrames: stackFrames.length };
  }

  scopes(): object {
    this.#variables.clear();
    const { data, timers, open, now } = this.#stepper;
    const waits = timers.map(({ event, dueAt, sendid }) => ({ event, sendid, inMs: dueAt - now }));
    const requests = open.map(({ name, effect }) => ({ name, ...effect.attributes, ...effect.params }));
    const scope = (name: string, value: Json, path?: string) => ({
      name,
      variablesReference: this.#variables.open(value, path),
      expensive: false,
    });
    return {
      scopes: [
        scope('Data', data, ''),
        scope('Timers', waits),
        scope('Open requests', requests as unknown as Json),
      ],
    };
  }

  variables({ variablesReference }: DebugProtocol.VariablesArguments): object {
    return { variables: this.#variables.parts(variablesReference) ?? [] };
  }

  /** `value` is JSON, or an expression. */
  setVariable({ variablesReference, name, value }: DebugProtocol.SetVariableArguments): object {
    const location = this.#variables.location(variablesReference, name);
    if (location === undefined) throw new Error(`Expected data, got '${name}', which cannot be set.`);
    this.debugger.queue((session) => session.setData(location, session.get(`(${value})`)));
    return this.#shown(this.#stepper.get(location), location, 'value');
  }

  evaluate(expression: string): object {
    return this.#shown(this.#stepper.get(expression), undefined, 'result');
  }

  #shown(value: Json | undefined, path: string | undefined, member: string): object {
    const { text, reference } = this.#variables.shown(value, path);
    return { [member]: text, variablesReference: reference };
  }

  // ---- the console

  isCommand(line: string): boolean {
    return this.#commands.isCommand(line);
  }

  /** Performs a command of `orsay step`. Throws an Error that says what was expected. */
  async execute(line: string): Promise<Outcome> {
    const outcome = this.#commands.execute(line);
    if (outcome.refused) throw new Error(outcome.lines.join('\n'));
    await this.#stepper.documentsRead();
    return outcome;
  }
}

function shownBreakpoint(placement: PlacedBreakpoint): DebugProtocol.Breakpoint {
  if ('refused' in placement) return { verified: false, message: placement.refused };
  const { breakpoint } = placement;
  if (breakpoint.kind !== 'line') return { verified: true };
  return { verified: true, line: breakpoint.line, source: sourceOf(breakpoint) };
}

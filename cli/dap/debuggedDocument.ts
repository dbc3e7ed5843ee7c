import { basename } from 'node:path';
import type { DebugProtocol } from '@vscode/debugprotocol';
import {
  type Breakpoint,
  BreakpointRefused,
  DocumentDebugger,
  type Stop,
} from '../../engine/debugger/index.ts';
import type { Dialect, Document } from '../../engine/interpreter/index.ts';
import { type Stepper, stepper } from '../../engine/interpreter/stepper/index.ts';
import { defined, type Json } from '../../engine/ports/index.ts';
import { type CommandIo, urlOf } from '../commandIo.ts';
import { readDocument, readInstallation } from '../readDocument.ts';
import { type Outcome, StepSession } from '../step/stepSession.ts';
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
  #lines: readonly Breakpoint[] = [];
  #names: readonly Breakpoint[] = [];
  #exceptions: readonly Breakpoint[] = [];

  private constructor(
    io: CommandIo,
    session: Stepper,
    { document, launch }: { readonly document: Document; readonly launch: Launch },
  ) {
    this.#stepper = session;
    this.#document = document;
    this.#stopsOnEntry = launch.stopOnEntry === true;
    this.debugger = new DocumentDebugger(session, document);
    const debugged = { stepper: session, debugger: this.debugger };
    this.#commands = new StepSession(debugged, document, (file) =>
      file === '' ? new URL(document.url) : urlOf(io, file),
    );
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
    return new DebuggedDocument(io, session, { document, launch });
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
    const others = this.#lines.filter((known) => known.kind === 'line' && known.file !== file);
    const set = breakpoints.map(({ line, condition }) =>
      this.#placed({ kind: 'line', file, line, ...defined({ condition }) }),
    );
    this.#lines = [...others, ...set.flatMap(({ breakpoint }) => breakpoint ?? [])];
    this.#setAll();
    return { breakpoints: set.map((placed) => shownBreakpoint(placed)) };
  }

  /** Ids of states, names of events, or expressions after `if`. */
  setNames({ breakpoints }: DebugProtocol.SetFunctionBreakpointsArguments): object {
    const set = breakpoints.map(({ name, condition }) => this.#placed(this.#named(name, condition)));
    this.#names = set.flatMap(({ breakpoint }) => breakpoint ?? []);
    this.#setAll();
    return { breakpoints: set.map((placed) => shownBreakpoint(placed)) };
  }

  setExceptions({ filters }: DebugProtocol.SetExceptionBreakpointsArguments): object {
    this.#exceptions = filters.includes('error') ? [{ kind: 'event', name: 'error' }] : [];
    this.#setAll();
    return {};
  }

  #named(name: string, condition: string | undefined): Breakpoint {
    const [kind, rest] = name.split(/\s+(.*)/);
    if (kind === 'if' && rest) return { kind: 'condition', condition: rest };
    if (kind === 'event' && rest) return { kind, name: rest, ...defined({ condition }) };
    if (kind === 'state' && rest) return { kind, id: rest, ...defined({ condition }) };
    const isState = this.#document.stateById.has(name);
    return isState
      ? { kind: 'state', id: name, ...defined({ condition }) }
      : { kind: 'event', name, ...defined({ condition }) };
  }

  #placed(breakpoint: Breakpoint): Placed {
    try {
      return { breakpoint: this.debugger.place(breakpoint) };
    } catch (error) {
      if (error instanceof BreakpointRefused) return { refused: error.message };
      throw error;
    }
  }

  #setAll(): void {
    this.debugger.setBreakpoints([...this.#lines, ...this.#names, ...this.#exceptions]);
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
    const { lastTrace } = this.debugger;
    const last = lastTrace.findLast(({ at, session }) => at !== undefined && session === this.#stepper.id);
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

/** A breakpoint where it will stop, or why it never will. */
type Placed =
  | { readonly breakpoint: Breakpoint; readonly refused?: undefined }
  | { readonly breakpoint?: undefined; readonly refused: string };

function shownBreakpoint({ breakpoint, refused }: Placed): DebugProtocol.Breakpoint {
  if (refused !== undefined) return { verified: false, message: refused };
  if (breakpoint.kind !== 'line') return { verified: true };
  return { verified: true, line: breakpoint.line, source: sourceOf(breakpoint) };
}

import {
  DebugSession,
  InitializedEvent,
  OutputEvent,
  Response,
  StoppedEvent,
  TerminatedEvent,
} from '@vscode/debugadapter';
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { Stop } from '../../engine/debugger/index.ts';
import { type CommandIo, withPaths } from '../commandIo.ts';
import { lineText, stopText } from '../step/views.ts';
import { type Attach, AttachedSession } from './attachedSession.ts';
import { DebuggedDocument, type Launch } from './debuggedDocument.ts';

const THREAD = 1;
const CAPABILITIES: DebugProtocol.Capabilities = {
  supportsConfigurationDoneRequest: true,
  supportsConditionalBreakpoints: true,
  supportsFunctionBreakpoints: true,
  supportsStepBack: true,
  supportsEvaluateForHovers: true,
  supportsSetVariable: true,
  supportsTerminateRequest: true,
  exceptionBreakpointFilters: [
    {
      filter: 'error',
      label: 'Error events',
      description: 'Stops at each event whose name begins with error.',
    },
  ],
};

// biome-ignore lint/suspicious/noExplicitAny: the arguments of each request have a type of their own.
type Handler = (args: any) => object | undefined | Promise<object | undefined>;

/** The Debug Adapter Protocol over one document in virtual time. */
export class ScxmlDebugSession extends DebugSession {
  readonly #io: CommandIo;
  readonly #onEnd: () => void;
  readonly handlers: ReadonlyMap<string, Handler> = new Map<string, Handler>([
    ['launch', (args: Launch) => this.#launch(args)],
    ['attach', (args: Attach) => this.#attach(args)],
    ['setBreakpoints', (args) => this.#opened.setLines(args)],
    ['setFunctionBreakpoints', (args) => this.#opened.setNames(args)],
    ['setExceptionBreakpoints', (args) => this.#opened.setExceptions(args)],
    ['configurationDone', () => this.#go((document) => document.begin())],
    ['threads', () => ({ threads: [{ id: THREAD, name: this.#opened.name }] })],
    ['stackTrace', () => this.#opened.frames()],
    ['scopes', () => this.#opened.scopes()],
    ['variables', (args) => this.#opened.variables(args)],
    ['setVariable', (args) => this.#opened.setVariable(args)],
    ['evaluate', (args) => this.#evaluate(args)],
    ['continue', () => this.#go((document) => document.proceed())],
    ['next', () => this.#go(({ debugger: d }) => d.macrostep())],
    ['stepIn', () => this.#go(({ debugger: d }) => d.microstep())],
    ['stepOut', () => this.#go(({ debugger: d }) => d.run())],
    ['stepBack', () => this.#go((document) => document.back(1))],
    ['reverseContinue', () => this.#go((document) => document.back(Number.POSITIVE_INFINITY))],
    ['pause', () => undefined],
    ['terminate', () => this.#terminate()],
    ['disconnect', () => undefined],
  ]);
  #document: DebuggedDocument | undefined;
  #attached: AttachedSession | undefined;

  /** `onEnd`: the editor has gone. */
  constructor(io: CommandIo, onEnd: () => void) {
    super();
    this.#io = io;
    this.#onEnd = onEnd;
  }

  /** The library would end the process. */
  override shutdown(): void {
    this.#onEnd();
  }

  protected override initializeRequest(response: DebugProtocol.InitializeResponse): void {
    response.body = CAPABILITIES;
    this.sendResponse(response);
  }

  protected override dispatchRequest(request: DebugProtocol.Request): void {
    if (request.command !== 'initialize') {
      void this.#dispatch(request);
      return;
    }
    // The library refuses editors that leave pathFormat out; the protocol has 'path' as its default.
    super.dispatchRequest({ ...request, arguments: { pathFormat: 'path', ...request.arguments } });
  }

  async #dispatch(request: DebugProtocol.Request): Promise<void> {
    const response = new Response(request) as DebugProtocol.Response;
    try {
      const handler = (this.#attached ?? this).handlers.get(request.command) as Handler | undefined;
      if (!handler) throw new Error(`Expected a request of these capabilities, got '${request.command}'.`);
      response.body = (await handler(request.arguments)) ?? {};
      this.sendResponse(response);
      for (const { text } of (await this.#document?.changed.take()) ?? []) {
        this.#waiting.unshift(new OutputEvent(`${text}\n`, 'stderr'));
      }
      this.#sendWaiting();
    } catch (error) {
      this.#refuse(response, withPaths(this.#io, (error as Error).message));
    }
    if (request.command === 'disconnect') this.#onEnd();
  }

  /** The library sends variables to telemetry unless their names begin with '_'. */
  #refuse(response: DebugProtocol.Response, _text: string): void {
    const message = { id: 1, format: '{_text}', variables: { _text }, showUser: true };
    this.sendErrorResponse(response, message);
  }

  /** Events that an editor expects after the response. */
  readonly #waiting: DebugProtocol.Event[] = [];

  #sendWaiting(): void {
    for (const event of this.#waiting.splice(0)) this.sendEvent(event);
  }

  get #opened(): DebuggedDocument {
    if (this.#document) return this.#document;
    throw new Error('Expected the request launch or attach first.');
  }

  async #launch(args: Launch): Promise<undefined> {
    this.#document = await DebuggedDocument.open(this.#io, args);
    this.#waiting.push(new InitializedEvent());
  }

  /** From now on, the events of the server come when they want. */
  async #attach(args: Attach): Promise<undefined> {
    this.#attached = await AttachedSession.open(this.#io, args, (event) => this.sendEvent(event));
    this.#waiting.push(new InitializedEvent());
  }

  /** Acts on the session, and tells where it stopped. */
  #go(act: (document: DebuggedDocument) => Stop): undefined {
    const document = this.#opened;
    const wasOver = document.isOver;
    const stop = act(document);
    this.#tell(document);
    if (wasOver && document.isOver) this.#waiting.push(new TerminatedEvent());
    else this.#waiting.push(this.#stopped(document, stop));
  }

  #stopped(document: DebuggedDocument, stop: Stop): DebugProtocol.Event {
    const description = withPaths(this.#io, stopText(stop) ?? 'stepped');
    const event = new StoppedEvent(reasonOf(stop), THREAD) as DebugProtocol.StoppedEvent;
    event.body = {
      reason: reasonOf(stop),
      threadId: THREAD,
      allThreadsStopped: true,
      description,
      text: stop.reason === 'idle' ? `waits for ${document.accepts}` : description,
    };
    return event;
  }

  #tell({ debugger: d }: DebuggedDocument): void {
    for (const line of d.lastLines) {
      this.#waiting.push(new OutputEvent(`${withPaths(this.#io, lineText(line))}\n`, 'console'));
    }
  }

  /** In the console, the commands of `orsay step`, or an expression. */
  async #evaluate(args: DebugProtocol.EvaluateArguments): Promise<object> {
    const document = this.#opened;
    if (args.context !== 'repl' || !document.isCommand(args.expression)) {
      return document.evaluate(args.expression);
    }
    const { lines, stop, acted } = await document.execute(args.expression);
    if (acted) {
      this.#tell(document);
      this.#waiting.push(this.#stopped(document, stop ?? { reason: 'step' }));
    }
    return { result: withPaths(this.#io, lines.join('\n')), variablesReference: 0 };
  }

  #terminate(): undefined {
    this.#waiting.push(new TerminatedEvent());
  }
}

function reasonOf({ reason, breakpoint }: Stop): string {
  if (reason !== 'breakpoint') return reason === 'step' ? 'step' : 'pause';
  if (breakpoint?.kind === 'event' && breakpoint.name === 'error') return 'exception';
  return breakpoint?.kind === 'line' ? 'breakpoint' : 'function breakpoint';
}

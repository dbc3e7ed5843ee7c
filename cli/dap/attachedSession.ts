import { OutputEvent, StoppedEvent, TerminatedEvent } from '@vscode/debugadapter';
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { Breakpoint } from '../../engine/debugger/index.ts';
import { defined, type Json } from '../../engine/ports/index.ts';
import type { CommandIo } from '../commandIo.ts';
import { DEFAULT_SERVER, readServerUrl, ServerClient } from '../serverClient.ts';
import { EditorBreakpoints, lineBreakpoints, namedBreakpoint } from './editorBreakpoints.ts';
import { sourceOf } from './places.ts';
import { type StreamedEvent, serverEvents } from './serverEvents.ts';
import { ServerSources } from './serverSources.ts';
import { Variables } from './variables.ts';

const ROOT = '/genesys/1/admin/debug';
const THREAD = 1;
const NO_WAY_BACK =
  'A session of a server cannot go back: its steps are committed, and others have seen them. Debug a launched document to go back.';

/** The arguments of `attach`, as a launch configuration has them. */
export interface Attach {
  /** URL of the server; absent: the one on this machine. */
  readonly server?: string;
  /** Id of a session that runs. */
  readonly session?: string;
  /** URL of a document, or hash of a version: the next session that starts on it. */
  readonly nextOf?: string;
  /** Path of the document on this machine. Its folder has the included files, too. */
  readonly program?: string;
}

interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** The state of a debugger of the server. */
interface State {
  readonly id: string;
  readonly state: 'waiting' | 'stopped' | 'running' | 'ended';
  readonly session?: string;
  readonly document?: string;
  readonly states?: readonly (Place & { readonly id: string })[];
  readonly data?: Json;
  readonly timers?: Json;
  readonly waiting?: Json;
}

type Placed =
  | { readonly verified: true; readonly line?: number }
  | { readonly verified: false; readonly message: string };

/** A running session of a server that an editor debugs, in the terms of the Debug Adapter Protocol. */
export class AttachedSession {
  readonly #client: ServerClient;
  readonly #args: Attach;
  readonly #send: (event: DebugProtocol.Event) => void;
  readonly #variables = new Variables();
  readonly #closing = new AbortController();
  /** The name of each file of the document on this machine, by its name on the server. */
  readonly #paths = new Map<string, string>();
  #path = ROOT;
  #document: string | undefined;
  #session: string | undefined;
  /** Undefined until a session is attached. */
  #sources: ServerSources | undefined;
  /** No session has started on the document. */
  #isWaiting: boolean;
  readonly #breakpoints = new EditorBreakpoints();
  /** Placed again when the session starts: its document says which are states. */
  #functions: readonly DebugProtocol.FunctionBreakpoint[] = [];
  /** The place of the breakpoint at which the session stands. */
  #place: Place | undefined;

  private constructor(client: ServerClient, args: Attach, send: (event: DebugProtocol.Event) => void) {
    this.#client = client;
    this.#args = args;
    this.#send = send;
    this.#isWaiting = args.nextOf !== undefined;
  }

  /** Rejects with an Error that says what was expected. */
  static async open(
    io: CommandIo,
    args: Attach,
    send: (event: DebugProtocol.Event) => void,
  ): Promise<AttachedSession> {
    const server = readServerUrl(args.server ?? DEFAULT_SERVER);
    const attached = new AttachedSession(new ServerClient(server, io.env), args, send);
    const { session, nextOf } = args;
    const found = await attached.#ask('POST', '', defined({ session, nextOf }));
    attached.#path = `${ROOT}/${found.id}`;
    attached.#document = found.document ?? nextOf;
    attached.#session = found.session;
    return attached;
  }

  /** The handlers of the requests of an editor. */
  readonly handlers: ReadonlyMap<string, (args: never) => Promise<object | undefined>> = new Map<
    string,
    (args: never) => Promise<object | undefined>
  >([
    ['setBreakpoints', (args: DebugProtocol.SetBreakpointsArguments) => this.#setLines(args)],
    ['setFunctionBreakpoints', (args: DebugProtocol.SetFunctionBreakpointsArguments) => this.#setNames(args)],
    [
      'setExceptionBreakpoints',
      (args: DebugProtocol.SetExceptionBreakpointsArguments) => this.#setErrors(args),
    ],
    ['configurationDone', () => this.#begin()],
    ['threads', async () => ({ threads: [{ id: THREAD, name: this.#args.session ?? 'next session' }] })],
    ['stackTrace', () => this.#frames()],
    ['source', async (args: DebugProtocol.SourceArguments) => this.#text(args)],
    ['scopes', () => this.#scopes()],
    ['variables', async (args: DebugProtocol.VariablesArguments) => this.#parts(args)],
    ['evaluate', (args: DebugProtocol.EvaluateArguments) => this.#evaluate(args)],
    ['continue', () => this.#command('continue')],
    ['next', () => this.#command('step')],
    ['stepIn', () => this.#command('step')],
    ['stepOut', () => this.#command('step')],
    ['pause', () => this.#command('pause')],
    ['stepBack', () => Promise.reject(new Error(NO_WAY_BACK))],
    ['reverseContinue', () => Promise.reject(new Error(NO_WAY_BACK))],
    ['terminate', () => this.#leave()],
    ['disconnect', () => this.#leave()],
  ]);

  // ---- the server

  async #ask(method: 'GET' | 'POST' | 'DELETE', path: string, fields?: { readonly [name: string]: string }) {
    return (await this.#client.ask(method, `${this.#path}${path}`, fields)) as unknown as State;
  }

  async #command(name: string): Promise<undefined> {
    await this.#ask('POST', `/${name}`, {});
    return undefined;
  }

  async #leave(): Promise<undefined> {
    this.#closing.abort();
    await this.#ask('DELETE', '');
    return undefined;
  }

  async #begin(): Promise<undefined> {
    const events = serverEvents(await this.#client.download(`${this.#path}/events`), this.#closing.signal);
    void this.#follow(events);
    await this.#compareFiles();
    return undefined;
  }

  async #follow(events: AsyncIterable<StreamedEvent>): Promise<void> {
    try {
      for await (const event of events) await this.#told(event);
    } catch (error) {
      if (this.#closing.signal.aborted) return;
      this.#send(new OutputEvent(`The server is lost: ${(error as Error).message}\n`, 'stderr'));
    }
    if (!this.#closing.signal.aborted) this.#send(new TerminatedEvent());
  }

  async #told({ event, data }: StreamedEvent): Promise<void> {
    switch (event) {
      case 'state':
        if (data.state === 'stopped') this.#stopped('entry', 'attached');
        return;
      case 'stopped':
        await this.#toldStop(data);
        return;
      case 'step':
        this.#send(new OutputEvent(`took ${String(data.kind)} ${String(data.name)}\n`, 'console'));
        return;
      case 'letGo':
        this.#send(
          new OutputEvent(
            `the session was stopped for ${String(data.maxPauseSeconds)} s (debug.maxPauseSeconds of the server): it goes on\n`,
            'stderr',
          ),
        );
        return;
      case 'ended':
        this.#send(new OutputEvent(`the session has ended: ${String(data.status)}\n`, 'console'));
        this.#send(new TerminatedEvent());
    }
  }

  async #toldStop({ reason, breakpoint, lines, line, input }: StreamedEvent['data']): Promise<void> {
    if (this.#isWaiting) {
      this.#isWaiting = false;
      const { document, session } = await this.#ask('GET', '');
      this.#document = document;
      this.#session = session;
      await this.#placeNames();
      await this.#compareFiles();
    }
    if (reason !== 'breakpoint') {
      this.#stopped(reason === 'step' ? 'step' : 'pause', String(reason));
      return;
    }
    const { kind, name } = breakpoint as { readonly kind: string; readonly name?: string };
    const shown = lines as readonly ({ readonly text: string } & Partial<Place>)[];
    const { file, line: row, column } = shown[Number(line)] ?? {};
    if (file !== undefined && row !== undefined) this.#place = { file, line: row, column: column ?? 1 };
    for (const { text } of shown) this.#send(new OutputEvent(`would: ${text}\n`, 'console'));
    const why = kind === 'event' && name === 'error' ? 'exception' : 'breakpoint';
    this.#stopped(why, `before ${String(input) || 'its own event'}`, this.#place);
  }

  #stopped(reason: string, text: string, place?: Place): void {
    this.#place = place;
    const event = new StoppedEvent(reason, THREAD) as DebugProtocol.StoppedEvent;
    event.body = { reason, threadId: THREAD, allThreadsStopped: true, description: text, text };
    this.#send(event);
  }

  // ---- breakpoints

  async #setLines({ source, breakpoints = [] }: DebugProtocol.SetBreakpointsArguments): Promise<object> {
    const file = this.#fileOf(source);
    const set = lineBreakpoints(file, breakpoints);
    this.#breakpoints.setLines(file, set);
    const placed = await this.#setAll(set);
    if (this.#sources) await this.#compareFiles();
    return { breakpoints: placed };
  }

  async #setNames({ breakpoints }: DebugProtocol.SetFunctionBreakpointsArguments): Promise<object> {
    this.#functions = breakpoints;
    return { breakpoints: await this.#placeNames() };
  }

  /** A bare name is the id of a state of the document, or else the name of an event. */
  async #placeNames(): Promise<DebugProtocol.Breakpoint[]> {
    const asStates = this.#functions.map((one) => namedBreakpoint(one, () => true));
    if (this.#isWaiting) {
      const asEvents = this.#functions.map((one) => namedBreakpoint(one, () => false));
      this.#breakpoints.setNames([...asStates, ...asEvents]);
      return this.#setAll(asStates);
    }
    this.#breakpoints.setNames(asStates);
    const placed = await this.#setAll(asStates);
    const set = this.#functions.map((one, at) => namedBreakpoint(one, () => placed[at]?.verified !== false));
    this.#breakpoints.setNames(set);
    return this.#setAll(set);
  }

  async #setErrors(exceptions: DebugProtocol.SetExceptionBreakpointsArguments): Promise<object> {
    this.#breakpoints.setExceptions(exceptions);
    await this.#setAll();
    return {};
  }

  /** The places of `shown` among all breakpoints, as an editor marks them. */
  async #setAll(shown: readonly Breakpoint[] = []): Promise<DebugProtocol.Breakpoint[]> {
    const { all } = this.#breakpoints;
    const bytes = Buffer.from(JSON.stringify({ breakpoints: all }));
    const reply = await this.#client.upload(`${this.#path}/breakpoints`, { bytes, type: 'application/json' });
    const { breakpoints } = reply as unknown as { readonly breakpoints: readonly Placed[] };
    return shown.map((one): DebugProtocol.Breakpoint => {
      const placed = breakpoints[all.indexOf(one)];
      if (placed?.verified !== true) return { verified: false, message: placed?.message ?? 'It is not set.' };
      return { verified: true, ...defined({ line: placed.line }) };
    });
  }

  /** The file of an editor, as the server names it: a file of the same name beside the document. */
  #fileOf({ path = '' }: DebugProtocol.Source): string {
    const name = path.split(/[/\\]/).at(-1) ?? '';
    const document = this.#document;
    const file = document !== undefined && URL.canParse(document) ? new URL(name, document).href : name;
    this.#paths.set(file, path);
    return file;
  }

  // ---- files

  /** Tells of each file of the editor that is not the one of the session. */
  async #compareFiles(): Promise<void> {
    if (this.#session === undefined) return;
    try {
      this.#sources ??= await ServerSources.of(this.#client, `${ROOT}/sessions/${this.#session}`);
    } catch (error) {
      this.#send(new OutputEvent(`The files were not compared: ${(error as Error).message}\n`, 'stderr'));
      return;
    }
    const { program } = this.#args;
    const paths = new Map(this.#paths);
    if (program !== undefined && this.#document !== undefined) paths.set(this.#document, program);
    for (const text of await this.#sources.differences(paths)) {
      this.#send(new OutputEvent(`${text}\n`, 'stderr'));
    }
  }

  #sourceOf(file: string): DebugProtocol.Source {
    const { program } = this.#args;
    const path = this.#paths.get(file) ?? (file === this.#document ? program : undefined);
    return path === undefined
      ? (this.#sources?.reference(file) ?? sourceOf({ file }))
      : sourceOf({ file: path });
  }

  #text({ source, sourceReference }: DebugProtocol.SourceArguments): object {
    if (this.#sources === undefined) throw new Error('Expected a session that has started, got none.');
    return { content: this.#sources.text(source?.sourceReference ?? sourceReference), mimeType: 'text/xml' };
  }

  // ---- data

  async #frames(): Promise<object> {
    const { states = [] } = await this.#ask('GET', '');
    const stackFrames = states.toReversed().map(({ id, ...at }, row) => {
      const { file, line, column } = row === 0 && this.#place ? this.#place : at;
      return {
        id: row + 1,
        name: id.startsWith('#') ? '(no id)' : id,
        source: this.#sourceOf(file),
        line,
        column,
      };
    });
    return { stackFrames, totalFrames: stackFrames.length };
  }

  async #scopes(): Promise<object> {
    this.#variables.clear();
    const { data = null, timers = [], waiting = [] } = await this.#ask('GET', '');
    const scope = (name: string, value: Json) => ({
      name,
      variablesReference: this.#variables.open(value, undefined),
      expensive: false,
    });
    return { scopes: [scope('Data', data), scope('Timers', timers), scope('Inputs that wait', waiting)] };
  }

  #parts({ variablesReference }: DebugProtocol.VariablesArguments): object {
    return { variables: this.#variables.parts(variablesReference) ?? [] };
  }

  async #evaluate({ expression }: DebugProtocol.EvaluateArguments): Promise<object> {
    const reply = await this.#ask('POST', '/evaluate', { expression });
    const { value } = reply as unknown as { readonly value?: Json };
    const { text, reference } = this.#variables.shown(value);
    return { result: text, variablesReference: reference };
  }
}

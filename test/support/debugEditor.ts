import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { DebugClient } from '@vscode/debugadapter-testsupport';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { builtProgram } from './testBuild.ts';

/** An editor that debugs: the client of the adapters of VS Code, over `orsay dap` in a process. */
export class DebugEditor extends DebugClient {
  readonly process: ChildProcess;
  readonly #output: string[] = [];

  constructor() {
    super('', '', 'orsay');
    this.process = spawn(process.execPath, [builtProgram('cli/main.ts'), 'dap']);
    this.connect(this.process.stdout!, this.process.stdin!);
    this.on('output', ({ body }: DebugProtocol.OutputEvent) => this.#output.push(body.output.trimEnd()));
  }

  /** The lines of the console since the last call. */
  takeOutput(): readonly string[] {
    return this.#output.splice(0);
  }

  /** Waits for the initialized event of a launch; the caller sets breakpoints, then configures. */
  async open(args: object): Promise<void> {
    await this.initializeRequest();
    const initialized = this.waitForEvent('initialized');
    await this.launchRequest(args as DebugProtocol.LaunchRequestArguments);
    await initialized;
  }

  /** As open(), for a session of a server. */
  async attach(args: object): Promise<void> {
    await this.initializeRequest();
    const initialized = this.waitForEvent('initialized');
    await this.attachRequest(args as DebugProtocol.AttachRequestArguments);
    await initialized;
  }

  /** Sends a request that moves the session, and tells where it stopped. */
  async stopAfter(
    send: () => Promise<unknown>,
  ): Promise<readonly [reason: string, text: string, frame: string]> {
    const stopped = this.waitForEvent('stopped') as Promise<DebugProtocol.StoppedEvent>;
    await send();
    const { body } = await stopped;
    const { stackFrames } = (await this.stackTraceRequest({ threadId: 1 })).body;
    const [frame] = stackFrames;
    return [body.reason, body.text ?? '', frame ? `${frame.name}:${frame.line}` : ''];
  }

  /** Types a line into the console. */
  async type(expression: string): Promise<string> {
    return (await this.evaluateRequest({ expression, context: 'repl' })).body.result;
  }

  /** Ends the program as an editor does. Its exit code. */
  async close(): Promise<number | null> {
    const closed = once(this.process, 'close');
    await this.disconnectRequest({});
    const [code] = (await closed) as [number | null];
    return code;
  }
}

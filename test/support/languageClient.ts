import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  createMessageConnection,
  type MessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-jsonrpc/node';
import { builtProgram } from './testBuild.ts';

interface Diagnostics {
  readonly uri: string;
  readonly diagnostics: readonly unknown[];
}

/** An editor for tests: `orsay lsp` in a process of its own, over its standard streams. */
export class LanguageClient {
  readonly process: ChildProcess;
  readonly connection: MessageConnection;
  readonly #published: Diagnostics[] = [];
  readonly #waiting = new Set<() => void>();

  constructor() {
    this.process = spawn(process.execPath, [builtProgram('cli/main.ts'), 'lsp', '--stdio']);
    this.connection = createMessageConnection(
      new StreamMessageReader(this.process.stdout!),
      new StreamMessageWriter(this.process.stdin!),
    );
    this.connection.onNotification('textDocument/publishDiagnostics', (params: Diagnostics) => {
      this.#published.push(params);
      for (const wake of this.#waiting) wake();
    });
    this.connection.listen();
  }

  initialize(folder: string | null): Promise<unknown> {
    return this.request('initialize', { processId: null, rootUri: folder, capabilities: {} });
  }

  // biome-ignore lint/suspicious/noExplicitAny: replies are asserted as whole values.
  request(method: string, params: unknown): Promise<any> {
    return this.connection.sendRequest(method, params);
  }

  notify(method: string, params: unknown): Promise<void> {
    return this.connection.sendNotification(method, params);
  }

  open(uri: string, text: string): Promise<void> {
    return this.notify('textDocument/didOpen', {
      textDocument: { uri, languageId: 'scxml', version: 1, text },
    });
  }

  change(uri: string, version: number, text: string): Promise<void> {
    return this.notify('textDocument/didChange', {
      textDocument: { uri, version },
      contentChanges: [{ text }],
    });
  }

  /** The next problems of a file that were not read yet. */
  async diagnosticsOf(uri: string): Promise<readonly unknown[]> {
    for (;;) {
      const index = this.#published.findIndex((published) => published.uri === uri);
      if (index !== -1) return this.#published.splice(index, 1)[0]!.diagnostics;
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          this.#waiting.delete(wake);
          resolve();
        };
        this.#waiting.add(wake);
      });
    }
  }

  /** Ends the server as an editor does, and returns its exit code. */
  async stop(): Promise<number | null> {
    const closed = once(this.process, 'close');
    await this.request('shutdown', undefined);
    await this.notify('exit', undefined);
    const [code] = (await closed) as [number | null];
    this.connection.dispose();
    return code;
  }
}

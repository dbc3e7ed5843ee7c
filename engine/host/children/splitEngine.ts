import type { Limits } from '../../interpreter/index.ts';
import type {
  HostEngine,
  HostedExecution,
  HostedProgram,
  HostStartOptions,
  LoadRequest,
  StoredSnapshot,
} from '../index.ts';

/**
 * Two engines as one: documents whose every text is trusted run in the first, all others in the second. The
 * first one also parses only trusted texts.
 */
export class SplitEngine implements HostEngine {
  readonly #trusted: HostEngine;
  readonly #sandboxed: HostEngine;
  readonly #isTrusted: (text: string) => boolean;
  readonly #engines = new WeakMap<HostedProgram, HostEngine>();

  constructor(deps: {
    readonly trusted: HostEngine;
    readonly sandboxed: HostEngine;
    readonly isTrusted: (text: string) => boolean;
  }) {
    this.#trusted = deps.trusted;
    this.#sandboxed = deps.sandboxed;
    this.#isTrusted = deps.isTrusted;
  }

  async loadProgram(request: LoadRequest): Promise<HostedProgram> {
    const trusted = await this.#loadTrusted(request);
    const program = trusted ?? (await this.#sandboxed.loadProgram(request));
    this.#engines.set(program, trusted === undefined ? this.#sandboxed : this.#trusted);
    return program;
  }

  /** Undefined: a text of the document is not trusted. */
  async #loadTrusted(request: LoadRequest): Promise<HostedProgram | undefined> {
    if (!this.#isTrusted(request.text)) return undefined;
    let isTrusted = true;
    const fetchText = async (url: URL): Promise<string> => {
      const text = await request.fetchText(url);
      if (this.#isTrusted(text)) return text;
      isTrusted = false;
      throw new Error(`${url.href} is not a text of the installation.`);
    };
    try {
      const program = await this.#trusted.loadProgram({ ...request, fetchText });
      return isTrusted ? program : undefined;
    } catch (error) {
      if (isTrusted) throw error;
      return undefined;
    }
  }

  startExecution(program: HostedProgram, options: HostStartOptions): HostedExecution {
    return this.#engineOf(program).startExecution(program, options);
  }

  restoreExecution(
    program: HostedProgram,
    stored: StoredSnapshot,
    options?: { readonly limits?: Partial<Limits> },
  ): HostedExecution {
    return this.#engineOf(program).restoreExecution(program, stored, options);
  }

  #engineOf(program: HostedProgram): HostEngine {
    const engine = this.#engines.get(program);
    if (engine === undefined) throw new Error('Expected a program of this engine.');
    return engine;
  }
}

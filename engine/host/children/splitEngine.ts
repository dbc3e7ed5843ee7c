import type { Document, Limits } from '../../interpreter/index.ts';
import type {
  HostEngine,
  HostedExecution,
  HostedProgram,
  HostStartOptions,
  StoredSnapshot,
} from '../index.ts';

/** Two engines as one: trusted documents run in the first, all others in the second. */
export class SplitEngine implements HostEngine {
  readonly #trusted: HostEngine;
  readonly #sandboxed: HostEngine;
  readonly #isTrusted: (document: Document) => boolean;
  readonly #engines = new WeakMap<HostedProgram, HostEngine>();

  constructor(deps: {
    readonly trusted: HostEngine;
    readonly sandboxed: HostEngine;
    readonly isTrusted: (document: Document) => boolean;
  }) {
    this.#trusted = deps.trusted;
    this.#sandboxed = deps.sandboxed;
    this.#isTrusted = deps.isTrusted;
  }

  compileProgram(document: Document): HostedProgram {
    const engine = this.#isTrusted(document) ? this.#trusted : this.#sandboxed;
    const program = engine.compileProgram(document);
    this.#engines.set(program, engine);
    return program;
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

import type { Document } from '../../interpreter/index.ts';
import type { HostEngine, HostedProgram } from '../index.ts';

/**
 * Two engines as one: documents that are trusted run in the first, all others in the second. A session stays
 * where its document is placed; what is restored is placed anew.
 */
export function createPlacedEngine(places: {
  readonly trusted: HostEngine;
  readonly sandboxed: HostEngine;
  readonly isTrusted: (document: Document) => boolean;
}): HostEngine {
  const engines = new WeakMap<HostedProgram, HostEngine>();

  function engineOf(program: HostedProgram): HostEngine {
    const engine = engines.get(program);
    if (engine === undefined) throw new Error('Expected a program of this engine.');
    return engine;
  }

  return {
    compileProgram(document) {
      const engine = places.isTrusted(document) ? places.trusted : places.sandboxed;
      const program = engine.compileProgram(document);
      engines.set(program, engine);
      return program;
    },
    startExecution: (program, options) => engineOf(program).startExecution(program, options),
    restoreExecution: (program, snapshot, options) =>
      engineOf(program).restoreExecution(program, snapshot, options),
  };
}

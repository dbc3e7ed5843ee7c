import { availableParallelism } from 'node:os';
import { EngineChildren, SplitEngine } from '../../engine/host/children/index.ts';
import { createOwnEngine, type HostEngine, type LoadRequest } from '../../engine/host/index.ts';
import type { Document, Installation, Program } from '../../engine/interpreter/index.ts';
import type { Log } from '../../engine/ports/index.ts';
import type { Config } from './config.ts';
import { InstalledTexts } from './installedTexts.ts';

export interface ComposedEngine {
  readonly engine: HostEngine;
  /** Undefined: all documents run in this process. */
  readonly children?: EngineChildren;
  /** Loads a document, to find its problems. Rejects as HostEngine.loadProgram() does. */
  readonly checkDocument: (request: LoadRequest) => Promise<unknown>;
  close(): void;
}

/** The engine of the sessions: in this process, in children, or in both, as the configuration says. */
export function composeEngine(deps: {
  readonly config: Config['engine'];
  readonly installation: Installation;
  /** Makes the program of a document that runs in this process; undefined: each is compiled. */
  readonly compile?: (document: Document) => Program;
  readonly log: Log;
  /** Folder of the installed documents. */
  readonly installed: string;
}): ComposedEngine {
  const { sandbox, deadlineMs, memoryMb } = deps.config;
  const { installation, compile } = deps;
  const ownEngine = createOwnEngine(installation, compile);
  if (sandbox === 'none') {
    return { engine: ownEngine, checkDocument: (request) => ownEngine.loadProgram(request), close() {} };
  }
  const children = new EngineChildren({
    log: deps.log,
    deadlineMs,
    memoryMb,
    installation,
    children: deps.config.children ?? availableParallelism(),
  });
  const texts = new InstalledTexts(deps.installed);
  const engine =
    sandbox === 'all'
      ? children.engine
      : new SplitEngine({
          trusted: ownEngine,
          sandboxed: children.engine,
          isTrusted: (text) => texts.has(text),
        });
  return {
    engine,
    children,
    checkDocument: (request) => children.engine.loadProgram(request),
    close: () => children.close(),
  };
}

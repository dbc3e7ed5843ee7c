import type { DurableEngine } from '../../../../engine/host/durableEngine.ts';
import type { HostEngine } from '../../../../engine/host/hostEngine.ts';
import type { HttpReply, HttpRequest } from '../../../../engine/ports/httpClient.ts';
import type { SimulatedClock } from '../../../support/simulatedClock.ts';

/** The parts that an implementation gets. It reads documents from `texts`. */
export interface EngineParts {
  readonly clock: SimulatedClock;
  readonly engine: HostEngine;
  readonly texts: ReadonlyMap<string, string>;
  readonly http: (request: HttpRequest) => Promise<HttpReply>;
}

/**
 * The storage of sessions, and control over the process that runs them. An implementation provides this to
 * the contract, and nothing else.
 */
export interface EnginePlace {
  /** A process with the stored sessions of earlier processes. Its tasks begin with durable.start(). */
  open(parts: EngineParts): DurableEngine;
  /** The next `count` commits are refused. */
  refuse(count: number): void;
  /** Ends the process at once, like kill -9. */
  crash(): void;
  /**
   * Ends it like kill -9 just before commit number `count` from now (0: the next). Resolves when it has
   * ended.
   */
  crashAtCommit(count: number): Promise<void>;
  /** Call it after the last process has ended. */
  remove(): Promise<void>;
}

export type MakePlace = () => Promise<EnginePlace>;

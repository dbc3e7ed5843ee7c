import type { DurableEngine } from '../../../../engine/host/durableEngine.ts';
import type { HostEngine } from '../../../../engine/host/hostEngine.ts';
import type { HttpReply, HttpRequest } from '../../../../engine/ports/httpClient.ts';
import type { SimulatedClock } from '../../../support/simulatedClock.ts';

/** What an implementation is given. Documents are read from `texts`. */
export interface EngineParts {
  readonly clock: SimulatedClock;
  readonly engine: HostEngine;
  readonly texts: ReadonlyMap<string, string>;
  readonly http: (request: HttpRequest) => Promise<HttpReply>;
}

/**
 * A place where sessions last, and the life of the process that has them. An implementation provides this to the
 * contract, and nothing else of itself.
 */
export interface EnginePlace {
  /** A process; its tasks begin with durable.start(). Sessions of an earlier one are there. */
  open(parts: EngineParts): DurableEngine;
  /** The next `count` commits are refused. */
  refuse(count: number): void;
  /** Ends the process like kill -9, at once. */
  crash(): void;
  /** Ends it like kill -9 right before its commit number `count` from now (0: the next); resolves when it happened. */
  crashAtCommit(count: number): Promise<void>;
  /** After the last process has ended. */
  remove(): Promise<void>;
}

export type MakePlace = () => Promise<EnginePlace>;

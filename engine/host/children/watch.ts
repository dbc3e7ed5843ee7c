import type { Clock } from '../../ports/index.ts';
import type { ChildProcess, DeathReason } from './childProcess.ts';
import { STARVED_FACTOR, WATCH_INTERVAL_MS } from './limits.ts';

export interface ChildWatchDeps {
  readonly child: ChildProcess;
  readonly clock: Clock;
  readonly memoryBytes: number;
  /** ms that the child may take for its oldest request. Undefined: it has none. */
  readonly allowanceMs: () => number | undefined;
  /** The child must be ended. */
  readonly onExcess: (reason: DeathReason, message: string) => void;
}

/**
 * Checks the time and memory of a child while it has a request to answer. Time is counted in checks, so that
 * time in which the server itself was busy does not count. A child that got little processor time is given
 * STARVED_FACTOR times as long.
 */
export class ChildWatch {
  readonly #deps: ChildWatchDeps;
  /** Checks since the last answer. */
  #checks = 0;
  #cpuAtFirstCheck = 0;
  #cancel: (() => void) | undefined;

  constructor(deps: ChildWatchDeps) {
    this.#deps = deps;
  }

  /** Begins to check, until the child has no request. */
  begin(): void {
    if (this.#cancel !== undefined) return;
    const { clock, allowanceMs } = this.#deps;
    this.#cancel = clock.at(clock.now() + WATCH_INTERVAL_MS, () => {
      this.#cancel = undefined;
      const allowed = allowanceMs();
      if (allowed !== undefined && this.#isWithin(allowed)) this.begin();
    });
  }

  /** The child has answered, or has its first request: its time begins again. */
  restart(): void {
    this.#checks = 0;
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #isWithin(allowanceMs: number): boolean {
    const { child, memoryBytes, onExcess } = this.#deps;
    const usage = child.usage();
    if (usage !== undefined && usage.rssBytes > memoryBytes) {
      const [mb, maxMb] = [usage.rssBytes, memoryBytes].map((bytes) => Math.round(bytes / 1_048_576));
      onExcess('memory', `its step took more memory than allowed: ${mb} MB of ${maxMb}`);
      return false;
    }
    if (this.#checks === 0) this.#cpuAtFirstCheck = usage?.cpuMs ?? 0;
    this.#checks++;
    const waitedMs = this.#checks * WATCH_INTERVAL_MS;
    if (waitedMs <= allowanceMs) return true;
    const isStarved = usage !== undefined && usage.cpuMs - this.#cpuAtFirstCheck < allowanceMs / 2;
    if (isStarved && waitedMs <= allowanceMs * STARVED_FACTOR) return true;
    onExcess('deadline', `its step did not end within ${allowanceMs} ms`);
    return false;
  }
}

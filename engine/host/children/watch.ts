import type { Clock } from '../../ports/index.ts';
import type { ChildProcess, DeathReason } from './childProcess.ts';
import { STARVED_FACTOR, WATCH_INTERVAL_MS } from './limits.ts';

/** Looks at a child from time to time, while it has something to answer. */
export interface Watch {
  /** There is something to answer. */
  look(): void;
  /** It has answered, or was asked the first thing: its time begins anew. */
  beginQuiet(): void;
  stop(): void;
}

/**
 * Time is counted in looks at the child, so that a parent that was busy itself counts nothing; a child that got no
 * processor is given STARVED_FACTOR times as long.
 */
export function createWatch(deps: {
  readonly child: ChildProcess;
  readonly clock: Clock;
  readonly memoryBytes: number;
  /** ms of the child's time for what it has to answer first; undefined when there is nothing. */
  readonly allowanceMs: () => number | undefined;
  /** It is to be ended. */
  readonly onExcess: (reason: DeathReason, message: string) => void;
}): Watch {
  const { child, clock, memoryBytes } = deps;
  let quietLooks = 0;
  let cpuAtQuiet = 0;
  let cancel: (() => void) | undefined;

  function look(): void {
    if (cancel !== undefined) return;
    cancel = clock.at(clock.now() + WATCH_INTERVAL_MS, () => {
      cancel = undefined;
      const allowanceMs = deps.allowanceMs();
      if (allowanceMs !== undefined && isWithin(allowanceMs)) look();
    });
  }

  function isWithin(allowanceMs: number): boolean {
    const usage = child.usage();
    if (usage !== undefined && usage.rssBytes > memoryBytes) {
      const [mb, maxMb] = [usage.rssBytes, memoryBytes].map((bytes) => Math.round(bytes / 1_048_576));
      deps.onExcess('memory', `its step took more memory than allowed: ${mb} MB of ${maxMb}`);
      return false;
    }
    if (quietLooks === 0) cpuAtQuiet = usage?.cpuMs ?? 0;
    quietLooks++;
    const quietMs = quietLooks * WATCH_INTERVAL_MS;
    if (quietMs <= allowanceMs) return true;
    const isStarved = usage !== undefined && usage.cpuMs - cpuAtQuiet < allowanceMs / 2;
    if (isStarved && quietMs <= allowanceMs * STARVED_FACTOR) return true;
    deps.onExcess('deadline', `its step did not end within ${allowanceMs} ms`);
    return false;
  }

  return {
    look,
    beginQuiet() {
      quietLooks = 0;
    },
    stop() {
      cancel?.();
      cancel = undefined;
    },
  };
}

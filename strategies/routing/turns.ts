import type { Clock } from '../../engine/ports/index.ts';

/** Resolves in a later turn of the event loop, for one of those who wait in each: long work goes on in parts. */
export type NextTurn = () => Promise<void>;

export function createTurns(clock: Clock): NextTurn {
  let last = Promise.resolve();
  return () => {
    last = last.then(() => new Promise((resolve) => void clock.at(clock.now(), resolve)));
    return last;
  };
}

import type { Clock } from '../ports/index.ts';

/** One pending alarm for many due times: the nearest. */
export interface Alarm {
  /** Fires at `time` (ms since epoch) or earlier, if an earlier time was asked for. */
  atMost(time: number): void;
  cancel(): void;
}

export function createAlarm(clock: Clock, fire: () => void): Alarm {
  let armed: { readonly time: number; readonly cancel: () => void } | undefined;

  function cancel(): void {
    armed?.cancel();
    armed = undefined;
  }

  return {
    atMost(time) {
      if (armed !== undefined && armed.time <= time) return;
      cancel();
      armed = {
        time,
        cancel: clock.at(time, () => {
          armed = undefined;
          fire();
        }),
      };
    },
    cancel,
  };
}

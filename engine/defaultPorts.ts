import { randomBytes, randomUUID } from 'node:crypto';
import type { Clock } from './ports.ts';

/** The longest pause that setTimeout takes: longer ones are slept in parts. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/** The process's own clock, for a session that is given none. Its timers do not keep the process alive for ever: they are its work. */
export const realClock: Clock = {
  now: () => Date.now(),
  at(dueAt, fire) {
    let timer: NodeJS.Timeout;
    const sleep = (): void => {
      const left = dueAt - Date.now();
      timer = left > MAX_TIMEOUT_MS ? setTimeout(sleep, MAX_TIMEOUT_MS) : setTimeout(fire, Math.max(0, left));
    };
    sleep();
    return () => clearTimeout(timer);
  },
};

/** A session id for a session that is given none. */
export function randomSessionId(): string {
  return randomUUID().replaceAll('-', '').toUpperCase();
}

export function randomSeed(): number {
  return randomBytes(4).readUInt32LE();
}

/**
 * What one session is to do, in the order of arrival.
 *
 * B1. One piece of work is done at a time: the session has one writer.
 * B2. The loop awaits in one place; work never rejects (its caller hears of faults otherwise).
 */
export interface Mailbox {
  put(work: () => Promise<void>): void;
  /** True when nothing is waiting or being done. */
  readonly idle: boolean;
  /** Pieces of work that wait. */
  readonly length: number;
}

export function createMailbox(onIdle: () => void): Mailbox {
  const waiting: (() => Promise<void>)[] = [];
  let busy = false;

  async function run(): Promise<void> {
    for (let work = waiting.shift(); work !== undefined; work = waiting.shift()) {
      await work();
    }
    busy = false;
    onIdle();
  }

  return {
    put(work) {
      waiting.push(work);
      if (busy) return;
      busy = true;
      void run();
    },
    get idle() {
      return !busy;
    },
    get length() {
      return waiting.length;
    },
  };
}

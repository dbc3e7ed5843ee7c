import { signal } from '@preact/signals';
import { serverUrl } from '../shell/address.ts';

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 15_000;

/** False while the server is not reached. The layout says so. */
export const isConnected = signal(true);

let returning: Promise<void> | undefined;

/** Resolves when the server is reached again. */
export function reconnected(): Promise<void> {
  isConnected.value = false;
  returning ??= tryUntilReached().finally(() => {
    returning = undefined;
    isConnected.value = true;
  });
  return returning;
}

async function tryUntilReached(): Promise<void> {
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    await waitOrOnline(pause);
    try {
      await fetch(serverUrl('/genesys/1/admin/node/status'));
      return;
    } catch {
      // Not yet.
    }
  }
}

/** A browser that gets its network back tells it. */
function waitOrOnline(ms: number): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      removeEventListener('online', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    addEventListener('online', done);
  });
}

import { Worker } from 'node:worker_threads';
import type { ElkNode } from 'elkjs/lib/elk-api.js';
import type { Clock } from '../ports/index.ts';
import { closedParts, joined, type Placed } from './closedParts.ts';

/** Milliseconds for the places of a drawing. 300 states with 600 transitions take some ten seconds. */
const MAX_LAYOUT_MS = 120_000;

/** A document that cannot be drawn. */
export class DrawingRefused extends Error {
  override readonly name = 'DrawingRefused';
}

/** Places the nodes and edges of the graph in another thread. */
export async function layout(graph: ElkNode, clock: Clock): Promise<Placed> {
  const thread = new Worker(new URL('./layoutWorker.mjs', import.meta.url), {
    execArgv: [],
    workerData: closedParts(graph),
  });
  let cancel = (): void => {};
  try {
    const placed = await new Promise<readonly ElkNode[]>((done, fail) => {
      thread.once('message', done);
      thread.once('error', (error) =>
        fail(new DrawingRefused(`The layout failed: ${error.message}`, { cause: error })),
      );
      thread.once('exit', (code) => fail(new DrawingRefused(`The layout ended with exit code ${code}.`)));
      const late = `Expected a layout within ${MAX_LAYOUT_MS / 1000} s (MAX_LAYOUT_MS), got none.`;
      cancel = clock.at(clock.now() + MAX_LAYOUT_MS, () => fail(new DrawingRefused(late)));
    });
    return joined(placed);
  } finally {
    cancel();
    await thread.terminate();
  }
}

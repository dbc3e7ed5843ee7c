// @ts-check
import { parentPort, workerData } from 'node:worker_threads';
import ELK from 'elkjs/lib/elk.bundled.js';

/**
 * The thread that places the boxes and arrows of one drawing. Plain JavaScript, so that it starts without the
 * loader that runs TypeScript in a checkout. It gets the parts of closedParts.ts, and answers their graphs
 * with places.
 */
const port = /** @type {import('node:worker_threads').MessagePort} */ (parentPort);
const parts = /** @type {readonly import('./closedParts.ts').Part[]} */ (workerData);
// The package is a CommonJS module, whose default export is its class.
const elk = new /** @type {typeof ELK.default} */ (/** @type {unknown} */ (ELK))();
const placed = [];
for (const { graph, leaf } of parts) {
  const done = await elk.layout(graph);
  // The leaf is in a graph that comes later.
  if (leaf !== undefined) Object.assign(leaf, { width: done.width, height: done.height });
  placed.push(done);
}
port.postMessage(placed);

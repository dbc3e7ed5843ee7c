// @ts-check
import { workerData } from 'node:worker_threads';

// Runs the sources in a checkout (with tsx), and otherwise the JavaScript of a build.
const { main } = /** @type {import('./crew.ts').ThreadTask} */ (workerData);
if (main.endsWith('.ts')) {
  const { register } = await import('tsx/esm/api');
  register();
}
await import(main);

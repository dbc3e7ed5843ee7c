import { parentPort } from 'node:worker_threads';
import { type DrawnSources, drawSources, type SourcesToDraw } from './drawSources.ts';

/** The thread in which a server draws. A message is answered with the id that it has. */
parentPort?.on('message', ({ id, question }: { readonly id: number; readonly question: SourcesToDraw }) => {
  void drawSources(question).then((answer: DrawnSources) => parentPort?.postMessage({ id, answer }));
});

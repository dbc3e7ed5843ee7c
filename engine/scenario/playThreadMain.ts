import { parentPort } from 'node:worker_threads';
import { type FilesToPlay, type PlayedFiles, playFiles } from './playFiles.ts';

/** The thread in which a server plays. A message is answered with the id that it has. */
parentPort?.on('message', ({ id, question }: { readonly id: number; readonly question: FilesToPlay }) => {
  void playFiles(question).then((answer: PlayedFiles) => parentPort?.postMessage({ id, answer }));
});

// @ts-check
import { parentPort } from 'node:worker_threads';

/**
 * The thread that matches texts with patterns (matchThread.ts). Plain JavaScript, so that it starts without
 * the loader that runs TypeScript in a checkout.
 *
 * @type {Map<string, RegExp>}
 */
const compiled = new Map();
const MAX_COMPILED = 1000;

/** @param {string} source */
function regExpOf(source) {
  const known = compiled.get(source);
  if (known !== undefined) return known;
  if (compiled.size >= MAX_COMPILED) compiled.clear();
  const regExp = new RegExp(source, 'v');
  compiled.set(source, regExp);
  return regExp;
}

parentPort?.on('message', (/** @type {import('./matchThread.ts').Match} */ { patterns, texts, progress }) => {
  const found = texts.map((text) =>
    patterns.findIndex((source, index) => {
      // If the thread is ended, this is the pattern that took too long.
      progress[0] = index;
      return regExpOf(source).test(text);
    }),
  );
  parentPort?.postMessage(found);
});
parentPort?.postMessage('ready');

// @ts-check
import { scryptSync } from 'node:crypto';
import { parentPort } from 'node:worker_threads';

/** @typedef {import('../adapters/index.ts').Asked<import('./passwordThread.ts').Derivation>} Asked */

/**
 * The thread that hashes the passwords of logins (passwordThread.ts). The asynchronous scrypt would run in
 * the thread pool in which the journal is written, and wrong passwords would delay writes. Plain JavaScript,
 * so that it starts without the loader that runs TypeScript in a checkout.
 */
parentPort?.on('message', (/** @type {Asked} */ { id, question: { password, salt, bytes } }) => {
  parentPort?.postMessage({ id, answer: scryptSync(password, salt, bytes) });
});

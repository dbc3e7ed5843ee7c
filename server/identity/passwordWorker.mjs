// @ts-check
import { scryptSync } from 'node:crypto';
import { parentPort } from 'node:worker_threads';

/**
 * The thread that hashes the passwords of logins (passwordThread.ts). The asynchronous scrypt would run in
 * the thread pool in which the journal is written, and wrong passwords would delay writes. Plain JavaScript,
 * so that it starts without the loader that runs TypeScript in a checkout.
 */
parentPort?.on('message', (/** @type {import('./passwordThread.ts').Derivation} */ asked) => {
  parentPort?.postMessage({ id: asked.id, key: scryptSync(asked.password, asked.salt, asked.bytes) });
});

// @ts-check
import { workerData } from 'node:worker_threads';
import { readOperations } from './journalFrames.mjs';
import { serveTree, TreeChanges } from './treeChanges.mjs';

/**
 * The thread that puts the frames of a log into the tree of its copy (treeCopy.ts). Plain JavaScript, like
 * lmdbWriter.mjs.
 */

/** @typedef {import('./treeCopy.ts').CopyCheckpoint} CopyCheckpoint */

const tree = new TreeChanges(workerData.options);

serveTree(tree, (/** @type {CopyCheckpoint} */ { payloads, mark }) => {
  /** @type {Map<string, Buffer | null>} */
  const last = new Map();
  for (const { buffer, byteOffset, length } of payloads) {
    const payload = Buffer.from(buffer, byteOffset, length);
    for (const { key, value } of readOperations(payload)) last.set(key.toString('latin1'), value);
  }
  tree.perform(last, mark);
});

import { parentPort, workerData } from 'node:worker_threads';
import { loadDocument } from '../interpreter/index.ts';
import { readInvokedDocuments } from '../interpreter/stepper/index.ts';
import type { ThreadAnswer, ThreadTask } from './crew.ts';
import { Expansion } from './expansion.ts';
import { Model } from './model.ts';
import { Reached } from './reached.ts';
import { StateExpander } from './stateExpander.ts';
import { type StateKey, Visited } from './visited.ts';

/** A thread of an exploration: takes the moves of states, and answers each batch. */
const { document: given, surroundings } = workerData as ThreadTask;
const texts = new Map(given.sources.map(({ url, text }) => [url, text]));
const document = await loadDocument(new URL(given.url), {
  dialect: given.dialect,
  fetchText: async (url) => {
    const text = texts.get(url.href);
    if (text === undefined) throw new Error(`'${url.href}' is no source of the document.`);
    return text;
  },
});
const reached = new Reached(document);
const model = new Model(document, surroundings, await readInvokedDocuments(document, undefined));
const expander = new StateExpander(new Expansion(model, reached));
/** States that this thread has written. */
const written = new Visited();
const isKnown = (key: StateKey): boolean => !written.add(key, { parent: undefined, move: 0 }).isNew;

parentPort!.on('message', (batch: readonly Uint8Array[]) => {
  const expanded = batch.map((bytes) => expander.expand(bytes, isKnown));
  const answer: ThreadAnswer = { expanded, reached: reached.parts };
  parentPort!.postMessage(answer);
});

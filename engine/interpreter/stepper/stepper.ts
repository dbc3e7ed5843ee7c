import { defined } from '../../ports/index.ts';
import { type Document, loadDocument, parseDocument } from '../index.ts';
import type { Stepper, StepperOptions } from './contract.ts';
import { DocumentStepper } from './documentStepper.ts';
import { readInvokedDocuments } from './invokedDocuments.ts';
import { World } from './world.ts';

/**
 * Steps a document in virtual time, for tests. `source`: a path, a URL, the text of a document (it begins
 * with '<'), or a loaded document. The caller starts the session. Rejects with DocumentError.
 */
export async function stepper(
  source: string | URL | Document,
  options: StepperOptions = {},
): Promise<Stepper> {
  return (await prepareStepper(source, options))(options);
}

/**
 * Reads a document and those that it invokes. The function steps a new session of it. Rejects with
 * DocumentError.
 */
export async function prepareStepper(
  source: string | URL | Document,
  options: Pick<StepperOptions, 'dialect' | 'fetchText'> = {},
): Promise<(options: StepperOptions) => Stepper> {
  const document = await documentOf(source, options);
  const invoked = await readInvokedDocuments(document, options.fetchText);
  return (given) => new DocumentStepper(new World(document, given, invoked));
}

function documentOf(
  source: string | URL | Document,
  options: Pick<StepperOptions, 'dialect' | 'fetchText'>,
): Promise<Document> {
  if (typeof source === 'object' && 'states' in source) return Promise.resolve(source);
  const { dialect, fetchText } = options;
  const load = defined({ dialect, fetchText });
  if (typeof source === 'string' && source.trimStart().startsWith('<')) return parseDocument(source, load);
  return loadDocument(source, load);
}

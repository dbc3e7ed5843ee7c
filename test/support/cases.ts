import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Document, loadDocument } from '../../engine/index.ts';

/** The URL of a document of fixtures/cases. */
export function caseUrl(name: string): URL {
  return pathToFileURL(resolve(import.meta.dirname, `../../fixtures/cases/${name}.scxml`));
}

/** A document of fixtures/cases: see its README. */
export function readCase(name: string): Promise<Document> {
  return loadDocument(caseUrl(name));
}

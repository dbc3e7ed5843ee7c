import { defined, type FetchText } from '../../ports/index.ts';
import { type Document, type InvokeSource, loadDocument, parseDocument } from '../index.ts';

/** Documents that are read in advance, including those that they invoke. */
const MAX_DOCUMENTS = 200;

/**
 * Reads every document that the invokes of a document name, so that invoked sessions start at once. A
 * document that does not load is left out; its invoke then fails as usual.
 */
export async function readInvokedDocuments(
  document: Document,
  fetchText: FetchText | undefined,
): Promise<(source: InvokeSource) => Document | undefined> {
  const found = new Map<string, Document | undefined>();
  const options = defined({ fetchText });
  const open = [document];
  for (let next = open.shift(); next; next = open.shift()) {
    for (const source of sourcesOf(next)) {
      const key = keyOf(source);
      if (found.has(key) || found.size === MAX_DOCUMENTS) continue;
      const read =
        source.kind === 'url'
          ? loadDocument(new URL(source.url), options)
          : parseDocument(source.text, { baseUrl: new URL(source.baseUrl), ...options });
      const invoked = await read.catch(() => undefined);
      found.set(key, invoked);
      if (invoked) open.push(invoked);
    }
  }
  return (source) => found.get(keyOf(source));
}

function sourcesOf(document: Document): readonly InvokeSource[] {
  return document.invokes.flatMap(({ src, content }): readonly InvokeSource[] => {
    if (content?.document !== undefined) {
      return [{ kind: 'text', text: content.document, baseUrl: document.url }];
    }
    if (!src || !('literal' in src) || !URL.canParse(src.literal, document.url)) return [];
    return [{ kind: 'url', url: new URL(src.literal, document.url).href }];
  });
}

function keyOf(source: InvokeSource): string {
  return source.kind === 'url' ? source.url : `${source.baseUrl}\n${source.text}`;
}

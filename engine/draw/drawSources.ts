import { type DocumentParts, partsOfDocument } from '../compare/index.ts';
import { type Dialect, DocumentError, formatProblem, parseDocument } from '../interpreter/index.ts';
import { defined } from '../ports/index.ts';
import { type ChartLayout, chartOf } from './drawDocument.ts';
import { DrawingRefused } from './drawingRefused.ts';

/** A document by its texts. The first one is the document, the others are its includes. */
export interface SourcesToDraw {
  readonly sources: readonly { readonly url: string; readonly text: string }[];
  readonly dialect?: Dialect;
}

export type DrawnSources =
  | {
      readonly kind: 'drawn';
      readonly svg: string;
      readonly layout: ChartLayout;
      /** For comparisons with other versions. */
      readonly parts: DocumentParts;
    }
  | { readonly kind: 'refused'; readonly message: string };

/** Draws a document that is not loaded yet. */
export async function drawSources({ sources, dialect }: SourcesToDraw): Promise<DrawnSources> {
  const texts = new Map(sources.map(({ url, text }) => [url, text]));
  const [root] = sources;
  if (root === undefined) return { kind: 'refused', message: 'Expected the text of a document, got none.' };
  const fetchText = async (url: URL): Promise<string> => {
    const text = texts.get(url.href);
    if (text !== undefined) return text;
    throw new Error(`'${url.href}' is not among the files of the document.`);
  };
  try {
    const baseUrl = new URL(root.url);
    const document = await parseDocument(root.text, { baseUrl, fetchText, ...defined({ dialect }) });
    return { kind: 'drawn', ...chartOf(document), parts: partsOfDocument(document) };
  } catch (error) {
    if (error instanceof DrawingRefused) return { kind: 'refused', message: error.message };
    if (!(error instanceof DocumentError)) throw error;
    return { kind: 'refused', message: error.problems.map(formatProblem).join('\n') };
  }
}

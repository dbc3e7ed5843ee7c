import { type Document, parseDocument } from '../../engine/interpreter/index.ts';
import { didYouMean } from '../../engine/ports/index.ts';

/** The files of a template by their paths. */
export type TemplateFiles = ReadonlyMap<string, Uint8Array>;

type LoadOptions = Omit<NonNullable<Parameters<typeof parseDocument>[1]>, 'fetchText' | 'baseUrl'>;

/**
 * Loads a document of a template. Includes are resolved only inside the template, as the server does.
 * `base`: the URL of the template, with a slash at its end. Rejects with DocumentError.
 */
export function loadFromTemplate(
  files: TemplateFiles,
  path: string,
  { base, ...options }: LoadOptions & { readonly base: string },
): Promise<Document> {
  const fetchText = async (url: URL): Promise<string> => {
    const name = url.href.startsWith(base) ? decodeURIComponent(url.href.slice(base.length)) : url.href;
    const text = textOf(files, name);
    if (text !== undefined) return text;
    throw new Error(`'${name}' is not a file of the template.${didYouMean(name, files.keys())}`);
  };
  return parseDocument(textOf(files, path) ?? '', { ...options, baseUrl: urlIn(base, path), fetchText });
}

/** The URL of a file of a template. */
export function urlIn(base: string, path: string): URL {
  return new URL(path.split('/').map(encodeURIComponent).join('/'), base);
}

function textOf(files: TemplateFiles, path: string): string | undefined {
  const bytes = files.get(path);
  return bytes && new TextDecoder().decode(bytes);
}

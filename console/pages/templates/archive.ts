import { strToU8, unzipSync, type Zippable, zipSync } from 'fflate';

/** Bytes of an archive that a page reads: a small archive may have large files. */
const MAX_BYTES = 20_000_000;

/** A file of a template. `text`: undefined if the bytes are no text. */
export interface Content {
  readonly bytes: Uint8Array;
  readonly text: string | undefined;
}

/** The files of a template by their paths. */
export type Texts = ReadonlyMap<string, Content>;

/** Throws an Error if the archive cannot be read here. */
export function textsIn(archive: Uint8Array): Texts {
  let left = MAX_BYTES;
  const files = unzipSync(archive, {
    filter: ({ name, originalSize }) => {
      left -= originalSize;
      return left >= 0 && !name.endsWith('/');
    },
  });
  return new Map(Object.entries(files).map(([path, bytes]) => [path, contentOf(bytes)]));
}

/** One document or archive as it is, several files as an archive. */
export async function uploadOf(
  name: string,
  files: readonly File[],
): Promise<{ readonly body: Uint8Array<ArrayBuffer>; readonly type: string; readonly texts: Texts }> {
  const [first] = files;
  if (files.length === 1 && first !== undefined) {
    const body = new Uint8Array(await first.arrayBuffer());
    if (isZip(body)) return { body, type: 'application/zip', texts: readable(body) };
    return { body, type: 'application/xml', texts: new Map([[`${name}.scxml`, contentOf(body)]]) };
  }
  const entries: Zippable = {};
  for (const file of files) entries[pathOf(file)] = new Uint8Array(await file.arrayBuffer());
  const body = new Uint8Array(zipSync(entries));
  return { body, type: 'application/zip', texts: readable(body) };
}

/** The path in a chosen folder, without the name of the folder. */
function pathOf({ name, webkitRelativePath }: File): string {
  return webkitRelativePath === '' ? name : webkitRelativePath.split('/').slice(1).join('/');
}

/** An archive that cannot be read here has no texts; the server says what is wrong with it. */
function readable(archive: Uint8Array): Texts {
  try {
    return textsIn(archive);
  } catch {
    return new Map();
  }
}

function isZip(bytes: Uint8Array): boolean {
  return strToU8('PK').every((byte, at) => bytes[at] === byte);
}

function contentOf(bytes: Uint8Array): Content {
  return { bytes, text: textOf(bytes) };
}

function textOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

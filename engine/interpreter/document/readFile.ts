import type { Stats } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { FetchText } from '../../ports/index.ts';
import { DOCUMENT_LIMITS } from './limits.ts';

/** Bytes at the start of a file that may have an XML declaration. */
const MAX_DECLARATION = 200;

/**
 * Default reader of documents: regular files by `file:` URL, in UTF-8, in UTF-16 with a byte order
 * mark, or in the encoding that an XML declaration names. No other code of the interpreter opens files. For
 * any other scheme the caller passes a `fetchText`.
 */
export const readTextFile: FetchText = async (url) => {
  if (url.protocol !== 'file:') {
    throw new Error(`Expected a file: URL, got ${url.href}. Pass fetchText to load it from elsewhere.`);
  }
  const path = fileURLToPath(url);
  const facts = await statOf(path);
  if (!facts.isFile()) throw new Error(`Expected a regular file, got ${url.href}.`);
  // UTF-8 takes at most three bytes for a UTF-16 unit.
  if (facts.size > DOCUMENT_LIMITS.MAX_DOCUMENT_SIZE * 3) {
    throw new Error(`Expected at most MAX_DOCUMENT_SIZE characters, got ${facts.size} bytes in ${url.href}.`);
  }
  return decode(await readFile(path));
};

/** The file URL of a path; text that begins with a scheme is a URL already. */
export function toDocumentUrl(source: string | URL): URL {
  if (source instanceof URL) return source;
  return /^[a-z][a-z\d+.-]+:/i.test(source) ? new URL(source) : pathToFileURL(resolve(source));
}

async function statOf(path: string): Promise<Stats> {
  try {
    return await stat(path);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
    const other = await otherCase(path);
    const hint = other === undefined ? '' : ` Did you mean '${other}'? Upper and lower case differ.`;
    throw new Error(`no such file.${hint}`, { cause });
  }
}

/** The name of a file or folder that differs from the first missing one of the path only in case. */
async function otherCase(path: string): Promise<string | undefined> {
  let missing = path;
  for (let parent = dirname(path); parent !== missing; parent = dirname(parent)) {
    let names: readonly string[];
    try {
      names = await readdir(parent);
    } catch {
      // The folder is missing too: then its name is the one to compare.
      missing = parent;
      continue;
    }
    const name = basename(missing);
    return names.find((other) => other.toLowerCase() === name.toLowerCase());
  }
  return undefined;
}

function decode(bytes: Uint8Array): string {
  const encoding = encodingOf(bytes);
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (cause) {
    if (cause instanceof RangeError) throw new Error(`the unknown encoding '${encoding}'.`, { cause });
    const advice = `save it in UTF-8, or name its encoding in <?xml version="1.0" encoding="…"?>`;
    throw new Error(`bytes that are no text in ${encoding}: ${advice}.`, { cause });
  }
}

function encodingOf(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  // UTF-16 without a byte order mark, by its first '<' (XML 1.0, appendix F).
  if (bytes[0] === 0x3c && bytes[1] === 0x00) return 'utf-16le';
  if (bytes[0] === 0x00 && bytes[1] === 0x3c) return 'utf-16be';
  const declaration = Buffer.from(bytes.subarray(0, MAX_DECLARATION)).toString('latin1');
  return /^<\?xml[^>]*\sencoding\s*=\s*["']([\w.:-]+)["']/.exec(declaration)?.[1] ?? 'utf-8';
}

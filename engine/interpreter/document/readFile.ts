import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
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
  const facts = await stat(path);
  if (!facts.isFile()) throw new Error(`Expected a regular file, got ${url.href}.`);
  // UTF-8 takes at most three bytes for a UTF-16 unit.
  if (facts.size > DOCUMENT_LIMITS.MAX_DOCUMENT_SIZE * 3) {
    throw new Error(`Expected at most MAX_DOCUMENT_SIZE characters, got ${facts.size} bytes in ${url.href}.`);
  }
  return decode(await readFile(path), url);
};

/** The file URL of a path; text that begins with a scheme is a URL already. */
export function toDocumentUrl(source: string | URL): URL {
  if (source instanceof URL) return source;
  return /^[a-z][a-z\d+.-]+:/i.test(source) ? new URL(source) : pathToFileURL(resolve(source));
}

function decode(bytes: Uint8Array, url: URL): string {
  const encoding = encodingOf(bytes);
  try {
    // TextDecoder throws a RangeError that names an unknown encoding.
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new Error(`Expected text in ${encoding}, got other bytes in ${url.href}.`, { cause });
  }
}

function encodingOf(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  const declaration = Buffer.from(bytes.subarray(0, MAX_DECLARATION)).toString('latin1');
  return /^<\?xml[^>]*\sencoding\s*=\s*["']([\w.:-]+)["']/.exec(declaration)?.[1] ?? 'utf-8';
}

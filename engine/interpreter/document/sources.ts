import { createHash } from 'node:crypto';
import type { FetchText } from '../../ports/index.ts';
import { DOCUMENT_LIMITS } from './limits.ts';
import type { Dialect, Document } from './model.ts';

/** The files of one load. Each is read once, and listed in the order of first reads. */
export class Sources {
  readonly #fetchText: FetchText;
  readonly #texts = new Map<string, string>();
  #size = 0;

  constructor(fetchText: FetchText) {
    this.#fetchText = fetchText;
  }

  /** Rejects with an Error when the file cannot be read, or is over MAX_DOCUMENT_SIZE or MAX_TOTAL_SIZE. */
  async read(url: URL): Promise<string> {
    const known = this.#texts.get(url.href);
    if (known !== undefined) return known;
    const text = await this.#fetchText(url);
    this.add(url, text);
    return text;
  }

  add(url: URL, text: string): void {
    const { MAX_DOCUMENT_SIZE, MAX_TOTAL_SIZE } = DOCUMENT_LIMITS;
    if (text.length > MAX_DOCUMENT_SIZE) {
      throw new Error(
        `Expected at most ${MAX_DOCUMENT_SIZE} characters (MAX_DOCUMENT_SIZE), got ${text.length}.`,
      );
    }
    if (this.#size + text.length > MAX_TOTAL_SIZE) {
      throw new Error(
        `Expected at most ${MAX_TOTAL_SIZE} characters in all files (MAX_TOTAL_SIZE), got more.`,
      );
    }
    this.#size += text.length;
    this.#texts.set(url.href, text);
  }

  list(): readonly { readonly url: string; readonly text: string }[] {
    return [...this.#texts].map(([url, text]) => ({ url, text }));
  }
}

/**
 * Hex SHA-256 over the text of every file, without the URLs: the same wherever the document is stored.
 */
export function hashTexts(sources: Document['sources']): string {
  const hash = createHash('sha256');
  for (const { text } of sources) hash.update(`${text.length}\n`).update(text);
  return hash.digest('hex');
}

export function messageOf(fault: unknown): string {
  return fault instanceof Error ? fault.message : String(fault);
}

/**
 * Hex SHA-256 over the dialect and every file. The lengths are hashed too, so that other splits of the text
 * differ.
 */
export function hashSources(dialect: Dialect, sources: Document['sources']): string {
  const hash = createHash('sha256').update(dialect);
  for (const { url, text } of sources) {
    hash.update(`\n${url.length} ${text.length}\n`).update(url).update(text);
  }
  return hash.digest('hex');
}

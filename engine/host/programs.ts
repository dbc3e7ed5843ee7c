import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Durable, PutRecord } from '../durable/index.ts';
import { type Dialect, type Document, parseDocument } from '../interpreter/index.ts';
import type { FetchText } from '../ports/index.ts';
import { DOCUMENT, DOCUMENT_URL } from './documentUses.ts';
import type { HostedProgram } from './hostEngine.ts';
import { HostError } from './hostError.ts';

/** Programs kept in memory; others are compiled again when one of their sessions takes a step. */
export const MAX_CACHED_PROGRAMS = 500;

/** The value of table DOCUMENT, by content hash: enough to load the very same version again. */
interface StoredDocument {
  readonly url: string;
  readonly dialect: Dialect;
  readonly sources: Document['sources'];
}

/** A document by its URL, or its text with the URL that its relative URLs refer to. */
export type ProgramSource =
  | { readonly kind: 'url'; readonly url: URL }
  | { readonly kind: 'text'; readonly text: string; readonly baseUrl: URL };

export interface ProgramsDeps {
  readonly durable: Durable;
  readonly fetchText: FetchText;
  readonly compileProgram: (document: Document) => HostedProgram;
}

/**
 * Documents as programs; each version is compiled once.
 *
 * A version of a document is the texts of its files. They are read again at every start of a session, and
 * compiled again only when a text has changed. A session stays on the version that it was started on.
 */
export class Programs {
  readonly #durable: Durable;
  readonly #fetchText: FetchText;
  readonly #compileProgram: (document: Document) => HostedProgram;
  readonly #byHash = new LRUCache<string, HostedProgram>({ max: MAX_CACHED_PROGRAMS });
  readonly #hashBySource = new LRUCache<string, string>({ max: MAX_CACHED_PROGRAMS });
  /** By hash. */
  readonly #loadingVersions = new Map<string, Promise<HostedProgram>>();

  constructor({ durable, fetchText, compileProgram }: ProgramsDeps) {
    this.#durable = durable;
    this.#fetchText = fetchText;
    this.#compileProgram = compileProgram;
  }

  /** The document as it is now. Rejects with DocumentError, or HostError DOCUMENT_UNREACHABLE. */
  async load(source: ProgramSource): Promise<HostedProgram> {
    const key = sourceKey(source);
    const baseUrl = source.kind === 'url' ? source.url : source.baseUrl;
    const knownHash = this.#hashBySource.get(key);
    const known = knownHash === undefined ? undefined : this.#byHash.get(knownHash);
    const [root, texts] = await Promise.all([this.#readRoot(source), this.#readAgain(known, baseUrl.href)]);
    texts.set(baseUrl.href, root);
    if (known !== undefined && isUnchanged(known, texts)) return known;
    const document = await parseDocument(root, {
      baseUrl,
      fetchText: servedFrom(texts, this.#fetchText),
      warnOfCode: false,
    });
    this.#hashBySource.set(key, document.hash);
    return this.#compiled(document);
  }

  /** The version that a session was started on. Rejects when it is not stored or does not load. */
  async version(hash: string): Promise<HostedProgram> {
    const cached = this.#byHash.get(hash);
    if (cached !== undefined) return cached;
    const loading = this.#loadingVersions.get(hash) ?? this.#loadVersion(hash);
    this.#loadingVersions.set(hash, loading);
    try {
      return await loading;
    } finally {
      this.#loadingVersions.delete(hash);
    }
  }

  /** The records that a session on this program needs and that are not in the store. */
  records({ document: { hash: key, url, dialect, sources } }: HostedProgram): readonly PutRecord[] {
    const stored: StoredDocument = { url, dialect, sources };
    return [
      { table: DOCUMENT, key, value: stored },
      { table: DOCUMENT_URL, key, value: url },
    ].filter((record) => !this.#durable.has(record.table, key));
  }

  #compiled(document: Document): HostedProgram {
    const known = this.#byHash.get(document.hash);
    if (known !== undefined) return known;
    const program = this.#compileProgram(document);
    this.#byHash.set(document.hash, program);
    return program;
  }

  async #readRoot(source: ProgramSource): Promise<string> {
    if (source.kind === 'text') return source.text;
    try {
      return await this.#fetchText(source.url);
    } catch (cause) {
      throw new HostError('DOCUMENT_UNREACHABLE', source.url.href, { cause });
    }
  }

  /** The files that the last load of this source read, as they are now. Unreadable files are left out. */
  async #readAgain(known: HostedProgram | undefined, rootUrl: string): Promise<Map<string, string>> {
    const texts = new Map<string, string>();
    const others = known?.document.sources.filter(({ url }) => url !== rootUrl) ?? [];
    await Promise.all(
      others.map(async ({ url }) => {
        const text = await this.#fetchText(new URL(url)).catch(() => undefined);
        if (text !== undefined) texts.set(url, text);
      }),
    );
    return texts;
  }

  async #loadVersion(hash: string): Promise<HostedProgram> {
    const stored = this.#durable.get<StoredDocument>(DOCUMENT, hash);
    const root = stored?.sources[0];
    if (stored === undefined || root === undefined) throw new Error(`Document ${hash} is not in the store.`);
    const texts = new Map(stored.sources.map(({ url, text }) => [url, text]));
    const document = await parseDocument(root.text, {
      baseUrl: new URL(stored.url),
      dialect: stored.dialect,
      fetchText: servedFrom(texts, refuse),
      warnOfCode: false,
    });
    if (document.hash !== hash) {
      throw new Error(`Expected document ${hash}, its sources give ${document.hash}.`);
    }
    return this.#compiled(document);
  }
}

function isUnchanged(program: HostedProgram, texts: ReadonlyMap<string, string>): boolean {
  return program.document.sources.every(({ url, text }) => texts.get(url) === text);
}

/** One load reads each file once, and so sees one text of it. */
function servedFrom(texts: ReadonlyMap<string, string>, otherwise: FetchText): FetchText {
  return async (url) => texts.get(url.href) ?? otherwise(url);
}

async function refuse(url: URL): Promise<string> {
  throw new Error(`${url.href} is not among the stored sources of the document.`);
}

function sourceKey(source: ProgramSource): string {
  if (source.kind === 'url') return source.url.href;
  const hash = createHash('sha256').update(source.text).digest('hex');
  return `${source.baseUrl.href}#text-${hash}`;
}

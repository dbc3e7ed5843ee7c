import { createHash } from 'node:crypto';
import { createLruMap, type Durable, type PutRecord } from '../durable/index.ts';
import { type Dialect, type Document, parseDocument } from '../interpreter/index.ts';
import type { FetchText } from '../ports/index.ts';
import { DOCUMENT, DOCUMENT_URL } from './documentUses.ts';
import type { HostedProgram } from './hostEngine.ts';
import { HostError } from './hostError.ts';

/** Compiled documents kept in memory; others are compiled again when one of their sessions is stepped. */
export const MAX_CACHED_PROGRAMS = 500;

/** What table DOCUMENT holds by content hash: enough to load the very same version again. */
interface StoredDocument {
  readonly url: string;
  readonly dialect: Dialect;
  readonly sources: Document['sources'];
}

/** A document by URL, or the text of one with the URL that it counts as coming from. */
export type ProgramSource =
  | { readonly kind: 'url'; readonly url: URL }
  | { readonly kind: 'text'; readonly text: string; readonly baseUrl: URL };

/**
 * Documents as programs: each version compiled once.
 *
 * A document is the texts of its files; it is read again at every start of a session, and compiled again only
 * when a text has changed. Running sessions stay on the version that they began with.
 */
export interface Programs {
  /** The document as it is now. Rejects with DocumentError, or HostError DOCUMENT_UNREACHABLE. */
  load(source: ProgramSource): Promise<HostedProgram>;
  /** The version with that hash, which a session was started on. Rejects when it is not stored or does not load. */
  version(hash: string): Promise<HostedProgram>;
  /** The records that a session on this program needs beside its own, as far as they are not stored already. */
  records(program: HostedProgram): readonly PutRecord[];
}

export function createPrograms(deps: {
  readonly durable: Durable;
  readonly fetchText: FetchText;
  readonly compileProgram: (document: Document) => HostedProgram;
}): Programs {
  const { durable, fetchText, compileProgram } = deps;
  const byHash = createLruMap<HostedProgram>(MAX_CACHED_PROGRAMS);
  const hashBySource = createLruMap<string>(MAX_CACHED_PROGRAMS);
  const loadingVersions = new Map<string, Promise<HostedProgram>>();

  function compiled(document: Document): HostedProgram {
    const known = byHash.get(document.hash);
    if (known !== undefined) return known;
    const program = compileProgram(document);
    byHash.set(document.hash, program);
    return program;
  }

  async function readRoot(source: ProgramSource): Promise<string> {
    if (source.kind === 'text') return source.text;
    try {
      return await fetchText(source.url);
    } catch (cause) {
      throw new HostError('DOCUMENT_UNREACHABLE', source.url.href, { cause });
    }
  }

  /** The texts of the files that the last load of this source read, as they are now; unreadable ones are left out. */
  async function readAgain(known: HostedProgram | undefined, rootUrl: string): Promise<Map<string, string>> {
    const texts = new Map<string, string>();
    const others = known?.document.sources.filter(({ url }) => url !== rootUrl) ?? [];
    await Promise.all(
      others.map(async ({ url }) => {
        const text = await fetchText(new URL(url)).catch(() => undefined);
        if (text !== undefined) texts.set(url, text);
      }),
    );
    return texts;
  }

  async function loadVersion(hash: string): Promise<HostedProgram> {
    const stored = durable.get<StoredDocument>(DOCUMENT, hash);
    const root = stored?.sources[0];
    if (stored === undefined || root === undefined) throw new Error(`Document ${hash} is not in the store.`);
    const texts = new Map(stored.sources.map(({ url, text }) => [url, text]));
    const document = await parseDocument(root.text, {
      baseUrl: new URL(stored.url),
      dialect: stored.dialect,
      fetchText: servedFrom(texts, refuse),
      warnOfCode: false,
    });
    if (document.hash !== hash)
      throw new Error(`Expected document ${hash}, its sources give ${document.hash}.`);
    return compiled(document);
  }

  return {
    async load(source) {
      const key = sourceKey(source);
      const baseUrl = source.kind === 'url' ? source.url : source.baseUrl;
      const knownHash = hashBySource.get(key);
      const known = knownHash === undefined ? undefined : byHash.get(knownHash);
      const [root, texts] = await Promise.all([readRoot(source), readAgain(known, baseUrl.href)]);
      texts.set(baseUrl.href, root);
      if (known !== undefined && isUnchanged(known, texts)) return known;
      const document = await parseDocument(root, {
        baseUrl,
        fetchText: servedFrom(texts, fetchText),
        warnOfCode: false,
      });
      hashBySource.set(key, document.hash);
      return compiled(document);
    },

    async version(hash) {
      const cached = byHash.get(hash);
      if (cached !== undefined) return cached;
      const loading = loadingVersions.get(hash) ?? loadVersion(hash);
      loadingVersions.set(hash, loading);
      try {
        return await loading;
      } finally {
        loadingVersions.delete(hash);
      }
    },

    records({ document: { hash: key, url, dialect, sources } }) {
      const stored: StoredDocument = { url, dialect, sources };
      return [
        { table: DOCUMENT, key, value: stored },
        { table: DOCUMENT_URL, key, value: url },
      ].filter((record) => !durable.has(record.table, key));
    },
  };
}

function isUnchanged(program: HostedProgram, texts: ReadonlyMap<string, string>): boolean {
  return program.document.sources.every(({ url, text }) => texts.get(url) === text);
}

/** One load sees one text of each file, and none is fetched twice. */
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

import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Durable, PutRecord } from '../durable/index.ts';
import type { FetchText, WatchTexts } from '../ports/index.ts';
import { recentEntries } from '../ports/index.ts';
import { DOCUMENT, DOCUMENT_URL } from './documentUses.ts';
import type { HostEngine, HostedProgram, LoadRequest } from './hostEngine.ts';
import { HostError } from './hostError.ts';
import type { DocumentSources } from './sessions.ts';

/** Programs kept in memory; others are compiled again when one of their sessions takes a step. */
export const MAX_CACHED_PROGRAMS = 500;
/** Characters of their sources together: a program takes some times the memory of its sources. */
const MAX_CACHED_CHARS = 67_108_864;

/** The version that the last read of a source found. */
interface ReadVersion {
  readonly hash: string;
  readonly texts: ReturnType<ReturnType<WatchTexts>>;
}

const NOTHING_HOLDS = { holds: () => false };

/** A document by its URL, or its text with the URL that its relative URLs refer to. */
export type ProgramSource =
  | { readonly kind: 'url'; readonly url: URL }
  | { readonly kind: 'text'; readonly text: string; readonly baseUrl: URL };

export interface ProgramsDeps {
  readonly durable: Durable;
  readonly fetchText: FetchText;
  /** Undefined: texts may change at any time. */
  readonly watchTexts?: WatchTexts;
  readonly engine: Pick<HostEngine, 'loadProgram'>;
}

/**
 * Documents as programs; each version is compiled once.
 *
 * A version of a document is the texts of its files. They are read again when a session starts, unless it
 * is known that none has changed, and compiled again only when a text has changed. A session stays on the
 * version that it was started on.
 */
export class Programs {
  readonly #durable: Durable;
  readonly #fetchText: FetchText;
  readonly #watchTexts: WatchTexts;
  readonly #engine: Pick<HostEngine, 'loadProgram'>;
  readonly #byHash = new LRUCache<string, HostedProgram>({
    max: MAX_CACHED_PROGRAMS,
    maxSize: MAX_CACHED_CHARS,
    sizeCalculation: ({ document }) => document.sources.reduce((sum, { text }) => sum + text.length, 1),
  });
  readonly #versionBySource = recentEntries<string, ReadVersion>(MAX_CACHED_PROGRAMS);
  /** By hash. */
  readonly #loadingVersions = new SharedWork<HostedProgram>();
  /** By source and root text, so that sessions that start together load their document once. */
  readonly #loadingSources = new SharedWork<HostedProgram>();

  constructor({ durable, fetchText, watchTexts = () => () => NOTHING_HOLDS, engine }: ProgramsDeps) {
    this.#durable = durable;
    this.#fetchText = fetchText;
    this.#watchTexts = watchTexts;
    this.#engine = engine;
  }

  /**
   * The document as it is now. Rejects with HostError DOCUMENT_UNREACHABLE, and as HostEngine.loadProgram()
   * does.
   */
  async load(source: ProgramSource): Promise<HostedProgram> {
    const key = sourceKey(source);
    const baseUrl = source.kind === 'url' ? source.url : source.baseUrl;
    const read = this.#versionBySource.get(key);
    const known = read && this.#byHash.get(read.hash);
    if (known !== undefined && read?.texts.holds()) return known;
    const watch = this.#watchTexts();
    const keep = (program: HostedProgram): HostedProgram => {
      const { hash, sources } = program.document;
      const texts = watch(sources.map(({ url }) => new URL(url)));
      this.#versionBySource.set(key, { hash, texts });
      return program;
    };
    const [root, texts] = await Promise.all([this.#readRoot(source), this.#readAgain(known, baseUrl.href)]);
    texts.set(baseUrl.href, root);
    if (known !== undefined && isUnchanged(known, texts)) return keep(known);
    const program = await this.#loadingSources.run(`${key}#${hashOf(root)}`, () =>
      this.#load({ text: root, baseUrl, fetchText: servedFrom(texts, this.#fetchText) }),
    );
    return keep(program);
  }

  /** The version that a session was started on. Rejects when it is not stored or does not load. */
  async version(hash: string): Promise<HostedProgram> {
    return this.#byHash.get(hash) ?? this.#loadingVersions.run(hash, () => this.#loadVersion(hash));
  }

  /** The records that a session on this program needs and that are not in the store. */
  records({ document: { hash: key, url, dialect, sources } }: HostedProgram): readonly PutRecord[] {
    const stored: DocumentSources = { url, dialect, sources };
    return [
      { table: DOCUMENT, key, value: stored },
      { table: DOCUMENT_URL, key, value: url },
    ].filter((record) => !this.#durable.has(record.table, key));
  }

  async #load(request: LoadRequest): Promise<HostedProgram> {
    const program = await this.#engine.loadProgram(request);
    const known = this.#byHash.get(program.document.hash);
    if (known !== undefined) return known;
    this.#byHash.set(program.document.hash, program);
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
    const stored = this.#durable.get<DocumentSources>(DOCUMENT, hash);
    const root = stored?.sources[0];
    if (stored === undefined || root === undefined) throw new Error(`Document ${hash} is not in the store.`);
    const texts = new Map(stored.sources.map(({ url, text }) => [url, text]));
    const program = await this.#load({
      text: root.text,
      baseUrl: new URL(stored.url),
      dialect: stored.dialect,
      fetchText: servedFrom(texts, refuse),
      isStored: true,
    });
    if (program.document.hash !== hash) {
      throw new Error(`Expected document ${hash}, its sources give ${program.document.hash}.`);
    }
    return program;
  }
}

function isUnchanged(program: HostedProgram, texts: ReadonlyMap<string, string>): boolean {
  return program.document.sources.every(({ url, text }) => texts.get(url) === text);
}

/** One load reads each file once, and so sees one text of it. */
function servedFrom(texts: ReadonlyMap<string, string>, otherwise: FetchText): FetchText {
  const read = new Map<string, Promise<string>>();
  return async (url) => {
    const known = texts.get(url.href);
    if (known !== undefined) return known;
    const reading = read.get(url.href) ?? otherwise(url);
    read.set(url.href, reading);
    return reading;
  };
}

async function refuse(url: URL): Promise<string> {
  throw new Error(`${url.href} is not among the stored sources of the document.`);
}

function sourceKey(source: ProgramSource): string {
  if (source.kind === 'url') return source.url.href;
  return `${source.baseUrl.href}#text-${hashOf(source.text)}`;
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Work that several callers want at the same time is done once for all of them. */
class SharedWork<Result> {
  readonly #running = new Map<string, Promise<Result>>();

  async run(key: string, work: () => Promise<Result>): Promise<Result> {
    const running = this.#running.get(key) ?? work();
    this.#running.set(key, running);
    try {
      return await running;
    } finally {
      if (this.#running.get(key) === running) this.#running.delete(key);
    }
  }
}

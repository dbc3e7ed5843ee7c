import { DocumentError, hashSources } from '../../interpreter/index.ts';
import type { FetchText } from '../../ports/index.ts';
import { type DocumentFacts, HostError, type LoadRequest } from '../index.ts';
import type { Loss, PendingLoad } from './childLink.ts';
import type { ChildPool } from './childPool.ts';
import {
  LOAD_FACTOR,
  MAX_LOAD_BYTES,
  MAX_LOAD_FILES,
  MAX_LOAD_ROUNDS,
  STORED_LOAD_FACTOR,
} from './limits.ts';
import { type LoadAnswer, type LoadFile, loadRequest, type UnreadableFile } from './messages.ts';

/** A document that a child has read and checked. */
export interface LoadedDocument {
  readonly facts: DocumentFacts;
  /** Ids of its states. */
  readonly states: ReadonlySet<string>;
  /**
   * A DocumentMessage as JSON, in UTF-8, for the children that run the document. This process never decodes
   * it.
   */
  readonly text: Buffer;
}

/** The files of a load that were read so far. */
interface LoadFiles {
  readonly files: LoadFile[];
  readonly unreadable: UnreadableFile[];
}

/**
 * Loads documents in engine children that run nothing else: parsing takes time that a hostile author
 * chooses. A child reads no files, so it names those that it needs, and gets all again together with them.
 */
export class DocumentLoader {
  readonly #pool: ChildPool;
  readonly #deadlineMs: number;

  constructor(pool: ChildPool, deadlineMs: number) {
    this.#pool = pool;
    this.#deadlineMs = deadlineMs;
  }

  /** Rejects as HostEngine.loadProgram() does. */
  async load(request: LoadRequest): Promise<LoadedDocument> {
    const { text, baseUrl } = request;
    const url = baseUrl.href;
    const read: LoadFiles = { files: [{ url, text }], unreadable: [] };
    for (let round = 0; round < MAX_LOAD_ROUNDS; round++) {
      checkSize(url, read);
      const answer = await this.#ask(request, read);
      if (answer.kind === 'loaded') return loadedDocument(answer, { url, ...read });
      if (answer.kind === 'refused') throw new DocumentError(answer.problems);
      if (answer.kind === 'tooLarge') {
        throw tooCostly(url, `it makes a program of ${answer.bytes} bytes, more than MAX_PROGRAM_BYTES`);
      }
      if (answer.kind === 'thrown') throw new Error(answer.message);
      await readFiles(answer.urls, { fetchText: request.fetchText, read });
    }
    throw tooCostly(url, `its files include others more than ${MAX_LOAD_ROUNDS} deep (MAX_LOAD_ROUNDS)`);
  }

  #ask({ baseUrl, dialect, isStored }: LoadRequest, read: LoadFiles): Promise<LoadAnswer> {
    const url = baseUrl.href;
    const factor = isStored === true ? STORED_LOAD_FACTOR : LOAD_FACTOR;
    const chars = read.files.reduce((sum, { text }) => sum + text.length, 0);
    return new Promise((resolve, reject) => {
      const pending: PendingLoad = {
        kind: 'load',
        seen: { deaths: 0, crashes: 0 },
        factor,
        sentUrls: new Set(read.files.map((file) => file.url)),
        request: (request) => loadRequest({ request, url, dialect, ...read }),
        answered: resolve,
        lost: (loss) => reject(tooCostly(url, reasonOf(loss, factor * this.#deadlineMs))),
        refused: () => reject(new HostError('ENGINE_UNAVAILABLE', url)),
      };
      this.#pool.load(pending, chars);
    });
  }
}

function loadedDocument(
  { dialect, persist, sources, states, text }: Extract<LoadAnswer, { kind: 'loaded' }>,
  { url, files }: LoadFiles & { readonly url: string },
): LoadedDocument {
  const texts = new Map(files.map((file) => [file.url, file.text]));
  const used = sources.map((source) => ({ url: source, text: texts.get(source)! }));
  const facts = { url, hash: hashSources(dialect, used), dialect, persist, sources: used };
  return { facts, states: new Set(states), text };
}

async function readFiles(
  urls: readonly string[],
  { fetchText, read }: { readonly fetchText: FetchText; readonly read: LoadFiles },
): Promise<void> {
  await Promise.all(
    urls.map(async (url) => {
      try {
        read.files.push({ url, text: await fetchText(new URL(url)) });
      } catch (error) {
        read.unreadable.push({ url, message: messageOf(error), ...codeOf(error) });
      }
    }),
  );
}

function checkSize(url: string, { files, unreadable }: LoadFiles): void {
  if (files.length + unreadable.length > MAX_LOAD_FILES) {
    throw tooCostly(url, `it has more than ${MAX_LOAD_FILES} files (MAX_LOAD_FILES)`);
  }
  const bytes = files.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
  if (bytes <= MAX_LOAD_BYTES) return;
  throw tooCostly(url, `its files have ${bytes} bytes, more than ${MAX_LOAD_BYTES} (MAX_LOAD_BYTES)`);
}

function tooCostly(url: string, why: string): HostError {
  return new HostError('DOCUMENT_TOO_COSTLY', `The document '${url}' was not read: ${why}.`);
}

function reasonOf({ reason, message }: Loss, allowedMs: number): string {
  if (reason === 'deadline') return `reading it takes more than ${allowedMs} ms (engine.deadlineMs)`;
  if (reason === 'memory') return 'reading it takes more memory than engine.memoryMb';
  return message;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The `code` of an error, or of a cause of it: ENOENT, 404. ORS documents learn it. */
function codeOf(error: unknown): { readonly code?: string | number } {
  for (let at = error; at instanceof Error; at = at.cause) {
    const { code } = at as { readonly code?: unknown };
    if (typeof code === 'string' || typeof code === 'number') return { code };
  }
  return {};
}

import { type Document, DocumentError, parseDocument } from '../../interpreter/index.ts';
import { defined } from '../../ports/index.ts';
import type { Message } from './frames.ts';
import { MAX_FAULT_CHARS, MAX_LOAD_FILES, MAX_PROGRAM_BYTES } from './limits.ts';
import {
  type DocumentMessage,
  type LoadAnswer,
  type LoadChildRequest,
  toDocumentMessage,
} from './messages.ts';

/** The answer of a loader: reads and checks a document. `texts`: of its files, one behind the other. */
export async function answerLoad(message: LoadChildRequest, texts: string): Promise<Message> {
  const { request, url, dialect } = message;
  const files = new LoadedFiles(message, texts);
  try {
    const document = await parseDocument(files.textOf(url), {
      baseUrl: new URL(url),
      fetchText: async (file) => files.textOf(file.href),
      warnOfCode: false,
      ...defined({ dialect }),
    });
    return files.needs ?? loaded(request, document);
  } catch (error) {
    if (files.needs !== undefined) return files.needs;
    if (error instanceof DocumentError) return answer({ kind: 'refused', request, problems: error.problems });
    const fault = error instanceof Error ? error.message : 'not an Error';
    return answer({ kind: 'thrown', request, message: fault.slice(0, MAX_FAULT_CHARS) });
  }
}

function answer(message: Exclude<LoadAnswer, { kind: 'loaded' }>): Message {
  return { json: JSON.stringify(message) };
}

function loaded(request: number, document: Document): Message {
  const text = Buffer.from(JSON.stringify(toDocumentMessage(document) satisfies DocumentMessage));
  if (text.length > MAX_PROGRAM_BYTES) {
    return answer({ kind: 'tooLarge', request, bytes: text.length });
  }
  const { dialect, persist, stateById, sources } = document;
  const message: Omit<Extract<LoadAnswer, { kind: 'loaded' }>, 'text'> = {
    kind: 'loaded',
    request,
    dialect,
    persist,
    states: [...stateById.keys()],
    sources: sources.map((source) => source.url),
  };
  return { json: JSON.stringify(message), text };
}

/** The files that came with a request, and the URLs of those that are missing. */
class LoadedFiles {
  readonly #request: number;
  readonly #texts = new Map<string, string>();
  readonly #faults: ReadonlyMap<string, LoadChildRequest['unreadable'][number]>;
  readonly #missing = new Set<string>();

  constructor({ request, files, unreadable }: LoadChildRequest, texts: string) {
    this.#request = request;
    let start = 0;
    for (const { url, chars } of files) {
      this.#texts.set(url, texts.slice(start, start + chars));
      start += chars;
    }
    this.#faults = new Map(unreadable.map((fault) => [fault.url, fault]));
  }

  textOf(url: string): string {
    const text = this.#texts.get(url);
    if (text !== undefined) return text;
    const fault = this.#faults.get(url);
    if (fault !== undefined) throw Object.assign(new Error(fault.message), defined({ code: fault.code }));
    this.#missing.add(url);
    throw new Error(`${url} has not come yet.`);
  }

  /** The answer that asks for missing files. */
  get needs(): Message | undefined {
    if (this.#missing.size === 0) return undefined;
    // More are refused by the server, when it has them.
    const urls = [...this.#missing].slice(0, MAX_LOAD_FILES);
    return answer({ kind: 'needs', request: this.#request, urls });
  }
}

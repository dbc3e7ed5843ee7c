import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import {
  compileProgram,
  type Document,
  type Program,
  parseDocument,
} from '../../engine/interpreter/index.ts';
import type { Log } from '../../engine/ports/index.ts';
import { TEMPLATE_PATH } from '../templates/index.ts';

/** ms between two documents: the process answers requests meanwhile. */
const PAUSE_MS = 200;

/**
 * Programs of the installed documents, which a node compiles while it follows: a large one takes half a
 * second, for which the first customers after a take-over would wait.
 */
export class WarmPrograms {
  readonly #programs = new Map<string, Program>();
  readonly #ended = new AbortController();

  /** `folder`: of the installed templates. `baseUrl`: of the server, as documents see it. */
  async prepare({
    folder,
    baseUrl,
    log,
  }: {
    readonly folder: string;
    readonly baseUrl: string;
    readonly log: Log;
  }): Promise<void> {
    const root = `${baseUrl.replace(/\/+$/, '')}${TEMPLATE_PATH}`;
    const fetchText = (url: URL): Promise<string> =>
      readFile(join(folder, decodeURIComponent(url.href.slice(root.length))), 'utf8');
    for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      if (this.#ended.signal.aborted) return;
      if (!name.endsWith('.scxml')) continue;
      try {
        const url = new URL(`${root}${name.replaceAll('\\', '/')}`);
        const options = { baseUrl: url, fetchText, warnOfCode: false };
        const document = await parseDocument(await fetchText(url), options);
        this.#programs.set(keyOf(document), compileProgram(document));
      } catch (error) {
        // Whoever starts a session on it is told.
        log.warn({ document: name, err: error }, 'An installed document could not be compiled.');
      }
      await setTimeout(PAUSE_MS);
    }
  }

  /** Compiles nothing more beforehand. */
  end(): void {
    this.#ended.abort();
  }

  /** The program of a document: one that was prepared, or a new one. */
  programOf(document: Document): Program {
    // Files that could not be read are not in the hash.
    const isWhole = document.data.every(({ unread }) => unread === undefined);
    return (isWhole ? this.#programs.get(keyOf(document)) : undefined) ?? compileProgram(document);
  }
}

/** Programs refer to the places of their document. */
function keyOf({ dialect, url, hash }: Document): string {
  return `${dialect} ${url} ${hash}`;
}

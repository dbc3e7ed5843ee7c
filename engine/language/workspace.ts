import type { FetchText } from '../ports/index.ts';
import { type CheckOutcome, checkFile } from './checkFile.ts';
import { LanguageFile } from './languageFile.ts';
import { linkFiles, type Part } from './linkFiles.ts';

/** Files on disk whose last version is remembered. */
const MAX_KEPT_FILES = 200;
/** Files that are searched for the documents that include one. */
const MAX_SEARCHED_FILES = 500;

interface WorkspaceParts {
  /** Reads a file that no editor has open. */
  readonly fetchText: FetchText;
  /** URLs of the files that may include the one of this URL. */
  readonly candidates: (url: string) => Promise<readonly string[]>;
}

/** The files that an editor has open, and those around them. URLs are as `new URL(…).href` writes them. */
export class LanguageWorkspace {
  readonly #fetchText: FetchText;
  readonly #candidates: WorkspaceParts['candidates'];
  readonly #open = new Map<string, LanguageFile>();
  readonly #kept = new Map<string, LanguageFile>();

  constructor({ fetchText, candidates }: WorkspaceParts) {
    this.#fetchText = fetchText;
    this.#candidates = candidates;
  }

  /** A text that is opened or has changed. */
  open(url: string, text: string): LanguageFile {
    const known = this.#open.get(url);
    if (known?.text === text) return known;
    const file = new LanguageFile(url, text);
    this.#open.set(url, file);
    return file;
  }

  close(url: string): void {
    this.#open.delete(url);
  }

  openFiles(): Iterable<LanguageFile> {
    return this.#open.values();
  }

  /** The file as it is in the editor, or on disk. Undefined when it cannot be read. */
  async file(url: URL): Promise<LanguageFile | undefined> {
    const open = this.#open.get(url.href);
    if (open) return open;
    try {
      return this.#keep(url.href, await this.#fetchText(url));
    } catch {
      // The check of the document that includes it says why.
      return undefined;
    }
  }

  /** The problems of a document and of all that it includes, as the editor has them. */
  check(file: LanguageFile): Promise<CheckOutcome> {
    return checkFile(file, async (url) => this.#open.get(url.href)?.text ?? this.#fetchText(url));
  }

  /** The documents to which a file belongs: itself if it is one, and those that include it. */
  async documentsOf(file: LanguageFile): Promise<readonly LanguageFile[]> {
    const documents = file.isDocument ? [file] : [];
    const urls = new Set([...this.#open.keys(), ...(await this.#candidates(file.url))]);
    urls.delete(file.url);
    for (const url of [...urls].slice(0, MAX_SEARCHED_FILES)) {
      const other = await this.file(new URL(url));
      if (!other?.isDocument || !/include|\bsrc\b/.test(other.text)) continue;
      const parts = await this.#link(other);
      if (parts.some((part) => part.file.url === file.url)) documents.push(other);
    }
    return documents;
  }

  /** A file with everything that its documents bring together. */
  async partsOf(file: LanguageFile): Promise<readonly Part[]> {
    const parts: Part[] = [];
    for (const document of await this.documentsOf(file)) parts.push(...(await this.#link(document)));
    return parts.length > 0 ? parts : this.#link(file);
  }

  #link(file: LanguageFile): Promise<readonly Part[]> {
    return linkFiles(file, (url) => this.file(url));
  }

  #keep(url: string, text: string): LanguageFile {
    const known = this.#kept.get(url);
    if (known?.text === text) return known;
    const file = new LanguageFile(url, text);
    this.#kept.delete(url);
    this.#kept.set(url, file);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MAX_KEPT_FILES && oldest !== undefined) this.#kept.delete(oldest);
    return file;
  }
}

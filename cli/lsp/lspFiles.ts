import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** Folders that are searched for documents. */
const MAX_FOLDERS = 500;
/** Documents that are found in them. */
const MAX_FILES = 500;
/** Time for which a list is used again. */
const LIST_KEPT_MS = 5_000;

/** Lists the documents of the folders that an editor has open; without one, those beside the file. */
export class LspFiles {
  readonly #elapsed: () => number;
  readonly #lists = new Map<string, { readonly at: number; readonly files: readonly string[] }>();
  #folders: readonly string[] = [];

  constructor(elapsed: () => number) {
    this.#elapsed = elapsed;
  }

  /** URLs of folders. */
  setFolders(urls: readonly string[]): void {
    this.#folders = urls.filter((url) => URL.canParse(url) && url.startsWith('file:')).map(asFolder);
    this.#lists.clear();
  }

  async candidates(url: string): Promise<readonly string[]> {
    if (!url.startsWith('file:')) return [];
    const folder = this.#folders.find((other) => url.startsWith(other)) ?? new URL('.', url).href;
    const known = this.#lists.get(folder);
    if (known && this.#elapsed() - known.at < LIST_KEPT_MS) return known.files;
    const depth = this.#folders.includes(folder) ? Number.POSITIVE_INFINITY : 1;
    const files = await documentsIn(folder, depth);
    this.#lists.clear();
    this.#lists.set(folder, { at: this.#elapsed(), files });
    return files;
  }
}

function asFolder(url: string): string {
  const { href } = new URL(url);
  return href.endsWith('/') ? href : `${href}/`;
}

/** The nearest documents first. `depth` 1: none of the folders inside. */
async function documentsIn(root: string, depth: number): Promise<readonly string[]> {
  const folders = [{ url: root, depth: 1 }];
  const files: string[] = [];
  for (const folder of folders) {
    for (const entry of await entriesOf(folder.url)) {
      const name = encodeURIComponent(entry.name);
      if (entry.isFile() && /\.(?:scxml|xml)$/i.test(entry.name)) files.push(new URL(name, folder.url).href);
      const isInside = entry.isDirectory() && !/^\.|^node_modules$/.test(entry.name) && folder.depth < depth;
      if (!isInside || folders.length >= MAX_FOLDERS) continue;
      folders.push({ url: new URL(`${name}/`, folder.url).href, depth: folder.depth + 1 });
    }
    if (files.length >= MAX_FILES) break;
  }
  return files.slice(0, MAX_FILES);
}

async function entriesOf(url: string): Promise<readonly Dirent[]> {
  try {
    return await readdir(fileURLToPath(url), { withFileTypes: true });
  } catch {
    // A folder that cannot be read has no documents for the editor.
    return [];
  }
}

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Knows the installed documents by their text. URLs do not count, because the sender of a document may name
 * any URL, and uploaded templates replace installed ones under the same URLs.
 */
export class InstalledTexts {
  readonly #folder: string;
  #known: ReadonlySet<string> = new Set();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * True for the text of a file in the folder. Reads the folder again for an unknown text, so that an edited
   * file counts.
   */
  has(text: string): boolean {
    const hash = hashOf(text);
    if (this.#known.has(hash)) return true;
    this.#known = hashesOf(this.#folder);
    return this.#known.has(hash);
  }
}

function hashesOf(folder: string): ReadonlySet<string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return new Set(files.map(({ parentPath, name }) => hashOf(readFileSync(join(parentPath, name), 'utf8'))));
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

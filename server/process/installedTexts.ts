import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Document } from '../../engine/interpreter/index.ts';

/**
 * Whether a document is the installation's own: every one of its texts is the text of a file in the folder.
 * URLs do not count, since who sends a document may say where it comes from, and uploads lie over installed
 * templates under the same URLs. A text that is not known is looked for again, so that an edited file counts.
 */
export function createInstalledTexts(folder: string): (document: Document) => boolean {
  let known: ReadonlySet<string> = new Set();

  function isKnown(hash: string): boolean {
    if (known.has(hash)) return true;
    known = hashesOf(folder);
    return known.has(hash);
  }

  return ({ sources }) => sources.length > 0 && sources.every(({ text }) => isKnown(hashOf(text)));
}

function hashesOf(folder: string): ReadonlySet<string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return new Set(files.map(({ parentPath, name }) => hashOf(readFileSync(join(parentPath, name), 'utf8'))));
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

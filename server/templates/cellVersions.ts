import type { CellFiles } from '../../engine/durable/postgres/index.ts';
import type { VersionFiles } from './versionFiles.ts';

/** Begins the names of templates among the files of a cell, as it does in a data directory. */
const TEMPLATES = 'templates/';

/** Versions as files of a cell. Only the record that points to a version makes it a template. */
export class CellVersions implements VersionFiles {
  readonly #files: CellFiles;

  constructor(files: CellFiles) {
    this.#files = files;
  }

  async write(version: string, files: ReadonlyMap<string, Uint8Array>): Promise<void> {
    const present = new Set<string>();
    for await (const { name } of this.#files.list(nameOf(version, ''))) present.add(name);
    for (const [path, content] of files) {
      const name = nameOf(version, path);
      // Another upload of the same version may have written it meanwhile.
      if (!present.has(name)) await this.#files.write(name, content);
    }
  }

  read(version: string, path: string): Promise<Uint8Array | undefined> {
    return this.#files.read(nameOf(version, path));
  }
}

function nameOf(version: string, path: string): string {
  return `${TEMPLATES}${version}/${path}`;
}

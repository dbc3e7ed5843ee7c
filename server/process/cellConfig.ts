import type { CellFiles } from '../../engine/durable/postgres/index.ts';
import { type ConfigText, changedMeanwhile, type PresentText } from './configText.ts';

/** Begins the names of its versions among the files of a cell; a number follows. */
const VERSIONS = 'config.json/';
const DIGITS = 10;
/** Versions that are kept. */
const KEPT_VERSIONS = 50;

/** A version of the configuration of a cell. */
export interface ConfigVersion {
  readonly number: number;
  readonly bytes: number;
  readonly ageMs: number;
}

/**
 * The configuration of a cell: versions with numbers, of which the newest counts. A change is a new version
 * whose number nobody has, so the changes of a server and of `orsay config put` cannot overwrite each other.
 */
export class CellConfig implements ConfigText {
  readonly place: string;
  readonly folder: string;
  readonly #files: CellFiles;

  /** `folder`: paths of files that the configuration names are relative to it. */
  constructor(files: CellFiles, { cell, folder }: { readonly cell: string; readonly folder: string }) {
    this.#files = files;
    this.folder = folder;
    this.place = `the configuration of the cell '${cell}'`;
  }

  /** Newest last. */
  async versions(): Promise<readonly ConfigVersion[]> {
    const found: ConfigVersion[] = [];
    for await (const { name, size, ageMs } of this.#files.list(VERSIONS)) {
      found.push({ number: Number(name.slice(VERSIONS.length)), bytes: size, ageMs });
    }
    return found;
  }

  /** Undefined: there is no such version. */
  async textOf(number: number): Promise<string | undefined> {
    return (await this.#files.read(nameOf(number)))?.toString();
  }

  async read(): Promise<PresentText> {
    const newest = (await this.versions()).at(-1)?.number ?? 0;
    const text = newest === 0 ? '' : await this.textOf(newest);
    // Another one has come, and this one was the oldest that is kept: read the newer one.
    if (text === undefined) return this.read();
    return {
      text,
      replace: async (next) => {
        if (!(await this.add(newest + 1, next))) throw changedMeanwhile(this.place);
      },
    };
  }

  /** False when there is a version of the number. Rejects with StoreError. */
  async add(number: number, text: string): Promise<boolean> {
    const isAdded = await this.#files.write(nameOf(number), Buffer.from(text));
    // A version that stays too long does no harm; the next change removes it.
    if (isAdded) await this.#files.remove(nameOf(number - KEPT_VERSIONS)).catch(() => {});
    return isAdded;
  }

  async state(): Promise<string> {
    return `${(await this.versions()).at(-1)?.number ?? 0}`;
  }
}

function nameOf(number: number): string {
  return `${VERSIONS}${String(number).padStart(DIGITS, '0')}`;
}

import { statSync } from 'node:fs';
import { readFile, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type Adapter, Low } from 'lowdb';
import { TextFile } from 'lowdb/node';
import { flushFolder, PRIVATE_FILE } from '../../engine/durable/index.ts';
import { WireError } from '../errors/index.ts';
import { type ConfigText, changedMeanwhile, type PresentText } from './configText.ts';

/** config.json of a data directory. */
export class ConfigFile implements ConfigText {
  readonly place: string;
  readonly folder: string;

  constructor(path: string) {
    this.place = path;
    this.folder = dirname(path);
  }

  async read(): Promise<PresentText> {
    const low = new Low<string>(new CheckedFile(this.place), '');
    await low.read();
    return new PresentFile(low);
  }

  /** An absent file has a state too: an editor may be about to replace it. */
  async state(): Promise<string> {
    const stats = statSync(this.place, { throwIfNoEntry: false });
    return stats === undefined ? 'absent' : `${stats.mtimeMs} ${stats.size} ${stats.ino}`;
  }
}

/** The file as it was read. */
class PresentFile implements PresentText {
  readonly #low: Low<string>;

  constructor(low: Low<string>) {
    this.#low = low;
  }

  get text(): string {
    return this.#low.data;
  }

  async replace(text: string): Promise<void> {
    this.#low.data = text;
    await this.#low.write();
  }
}

/** The adapters of lowdb neither sync the file nor notice that somebody else changed it. */
class CheckedFile implements Adapter<string> {
  readonly #path: string;
  #present: string | null = null;

  constructor(path: string) {
    this.#path = path;
  }

  async read(): Promise<string | null> {
    this.#present = await new TextFile(this.#path).read();
    return this.#present;
  }

  async write(text: string): Promise<void> {
    try {
      await this.#replace(text);
    } catch (cause) {
      if (cause instanceof WireError) throw cause;
      const message = `The file ${this.#path} could not be written, so nothing changed: ${(cause as Error).message}`;
      throw new WireError('UNAVAILABLE', { message, cause });
    }
    this.#present = text;
  }

  async #replace(text: string): Promise<void> {
    // A link stays a link.
    const target = await realpath(this.#path);
    const folder = dirname(target);
    const draft = join(folder, `.${basename(target)}.tmp`);
    try {
      await writeFile(draft, text, { mode: PRIVATE_FILE, flush: true });
      if ((await readFile(target, 'utf8')) !== this.#present) throw changedMeanwhile(this.#path);
      await rename(draft, target);
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
    await flushFolder(folder);
  }
}

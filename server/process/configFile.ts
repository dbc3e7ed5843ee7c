import { readFile, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type Adapter, Low } from 'lowdb';
import { TextFile } from 'lowdb/node';
import { flushFolder, PRIVATE_FILE } from '../../engine/durable/index.ts';
import { WireError } from '../errors/index.ts';

/** The text of config.json. People edit the file too, so it is read again for each change. */
export class ConfigFile {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** The present text; '' without a file. */
  async read(): Promise<PresentFile> {
    const low = new Low<string>(new CheckedFile(this.path), '');
    await low.read();
    return new PresentFile(low);
  }
}

/** The file as it was read. */
export class PresentFile {
  readonly #low: Low<string>;

  constructor(low: Low<string>) {
    this.#low = low;
  }

  get text(): string {
    return this.#low.data;
  }

  /**
   * Replaces the file, if it is still as it was read. It is on the disk when this resolves. Rejects with
   * WireError PRECONDITION_FAILED or UNAVAILABLE.
   */
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

/** `part`: names from the outermost object of the file; empty: the file as a whole. */
export function changedMeanwhile(path: string, part: readonly string[] = []): WireError {
  const what = part.length === 0 ? '' : ` '${part.join('.')}' in`;
  return new WireError('PRECONDITION_FAILED', {
    message: `Somebody changed${what} ${path} since the server read it. Expected If-Match with the ETag of what is there now, which a GET returns.`,
  });
}

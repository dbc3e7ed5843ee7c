import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A file that a setting of the configuration names. */
export interface NamedFile {
  /** The path of the setting in the configuration, for example `push.fcm.serviceAccountFile`. */
  readonly setting: string;
  /** An absolute path. */
  readonly path: string;
  /** Why the server cannot use the file. Undefined: it can. */
  readonly problem?: string;
}

/** The content of a named file. */
export interface Loaded<T> {
  readonly path: string;
  readonly isUsable: boolean;
  /** Throws an Error for the operator when the file cannot be used. */
  readonly content: T;
}

/**
 * Reads the files that the configuration names, and keeps what is wrong with each. The start of the server
 * and `orsay check-config` read them by the same functions, so the command reports what the start refuses.
 */
export class NamedFiles {
  readonly #folder: string;
  readonly #files: NamedFile[] = [];

  /** `folder`: relative paths begin there. */
  constructor(folder: string | undefined) {
    this.#folder = folder ?? '.';
  }

  /** All files that were read, in that order. */
  get all(): readonly NamedFile[] {
    return this.#files;
  }

  /** `given`: a path, or a `file:` URL. `parse` throws an Error for the operator. */
  read<T>({
    setting,
    given,
    parse,
  }: {
    readonly setting: string;
    readonly given: string;
    readonly parse: (content: Buffer, path: string) => T;
  }): Loaded<T> {
    let path = given;
    try {
      path = resolve(this.#folder, given.startsWith('file:') ? fileURLToPath(given) : given);
      const content = parse(readFileSync(path), path);
      this.#files.push({ setting, path });
      return { path, isUsable: true, content };
    } catch (cause) {
      const problem = (cause as Error).message;
      this.#files.push({ setting, path, problem });
      return {
        path,
        isUsable: false,
        get content(): never {
          throw new Error(`${setting} '${given}': ${problem}`, { cause });
        },
      };
    }
  }

  /** Throws an Error for the operator that has every file which cannot be used. */
  requireUsable(): void {
    const problems = this.#files.flatMap(({ setting, path, problem }) =>
      problem === undefined ? [] : [`${setting} '${path}': ${problem}`],
    );
    if (problems.length === 0) return;
    throw new Error(
      `The configuration names ${problems.length} file(s) that cannot be used:\n  ${problems.join('\n  ')}`,
    );
  }
}

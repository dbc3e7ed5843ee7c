import { readdirSync, readFileSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';

/** A file of the built console. */
export interface BuiltFile {
  readonly type: string;
  readonly bytes: Buffer;
  /** Compressed by Brotli and gzip at the build, where that makes it smaller. */
  readonly br?: Buffer;
  readonly gzip?: Buffer;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html;charset=UTF-8',
  '.css': 'text/css;charset=UTF-8',
  '.js': 'text/javascript;charset=UTF-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

/** The files that the build of console/ has written. They are read again after another build. */
export class BuiltFiles {
  readonly #folder: string;
  #builtAt: number | undefined;
  #files: ReadonlyMap<string, BuiltFile> = new Map();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** A page, such as `index.html`; undefined: there is none, or the console is not built. */
  page(name: string): BuiltFile | undefined {
    const builtAt = statSync(join(this.#folder, 'index.html'), { throwIfNoEntry: false })?.mtimeMs;
    if (builtAt !== this.#builtAt) {
      this.#files = builtAt === undefined ? new Map() : readFolder(this.#folder);
      this.#builtAt = builtAt;
    }
    return this.#files.get(name);
  }

  /** A file whose name has the hash of its content, such as `assets/main-Bd3a.js`. */
  asset(name: string): BuiltFile | undefined {
    // A page of a former build may still ask, before anybody has asked for a page of this one.
    if (!this.#files.has(name)) this.page('index.html');
    return this.#files.get(name);
  }
}

function readFolder(folder: string): ReadonlyMap<string, BuiltFile> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) =>
    name.replaceAll('\\', '/'),
  );
  const compressed = (name: string): Buffer | undefined =>
    names.includes(name) ? readFileSync(join(folder, name)) : undefined;
  const files = new Map<string, BuiltFile>();
  for (const name of names) {
    const type = TYPES[extname(name)];
    if (type === undefined) continue;
    const [br, gzip] = [compressed(`${name}.br`), compressed(`${name}.gz`)];
    files.set(name, {
      type,
      bytes: readFileSync(join(folder, name)),
      ...(br === undefined ? {} : { br }),
      ...(gzip === undefined ? {} : { gzip }),
    });
  }
  return files;
}

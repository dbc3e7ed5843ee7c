import { basename } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { readTextFile } from '../../engine/interpreter/index.ts';
import { differenceOf } from '../changedSources.ts';
import type { ServerClient } from '../serverClient.ts';

/** The texts of the version on which a session of a server runs. */
export class ServerSources {
  readonly #hash: string;
  readonly #sources: readonly Source[];
  /** Paths of files that were compared. */
  readonly #compared = new Set<string>();

  private constructor({ hash, sources }: SessionDocument) {
    this.#hash = hash;
    this.#sources = sources;
  }

  /** `session`: path of the session among the routes of debuggers. Rejects with a CommandFault. */
  static async of(client: ServerClient, session: string): Promise<ServerSources> {
    return new ServerSources((await client.ask('GET', `${session}/document`)) as unknown as SessionDocument);
  }

  /**
   * Compares the files of an editor, once each, with those of the server. `paths` has the path of each file
   * by its URL on the server. Returns a warning for each that differs, at the first character that does.
   */
  async differences(paths: Iterable<readonly [url: string, path: string]>): Promise<readonly string[]> {
    const found: string[] = [];
    for (const [url, path] of paths) {
      const source = this.#sources.find((one) => one.url === url);
      if (source === undefined || this.#compared.has(path)) continue;
      this.#compared.add(path);
      const text = await readTextFile(pathToFileURL(path)).catch(() => undefined);
      if (text === undefined || text === source.text) continue;
      const { line, column } = differenceOf(source.text, text);
      found.push(
        `${path}:${line}:${column}: the file differs from the version ${this.#hash} on which the session runs: places are those of that version.`,
      );
    }
    return found;
  }

  /** A file that the editor does not have: it asks for the text by the reference. */
  reference(url: string): DebugProtocol.Source | undefined {
    const at = this.#sources.findIndex((one) => one.url === url);
    return at < 0 ? undefined : { name: basename(url), path: url, sourceReference: at + 1 };
  }

  /** Throws an Error when there is no such reference. */
  text(reference: number): string {
    const source = this.#sources[reference - 1];
    if (source === undefined) {
      throw new Error(`Expected a reference from 1 to ${this.#sources.length}, got ${reference}.`);
    }
    return source.text;
  }
}

interface Source {
  readonly url: string;
  readonly text: string;
}

/** The reply of the server. */
interface SessionDocument {
  /** Hash of the version, in hexadecimal digits. */
  readonly hash: string;
  readonly sources: readonly Source[];
}

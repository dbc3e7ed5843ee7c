import { readFile, realpath } from 'node:fs/promises';
import { sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FetchText, HttpClient } from '../../engine/ports/index.ts';

/** Bytes of one document, include or script. */
const MAX_DOCUMENT_BYTES = 5 * 1024 * 1024;

export interface FetchTextDeps {
  readonly http: HttpClient;
  /** Reads a file of a template of this server without a request. Undefined: the URL is not of one. */
  readonly readTemplate: (url: URL) => Promise<string | undefined>;
  /** Folders whose files may be read by file: URLs (the installation's documents, uploaded templates). */
  readonly folders: readonly string[];
  /** Milliseconds for one file over HTTP. */
  readonly timeoutMs: number;
}

/**
 * Reads documents: templates of this server directly; other http and https URLs by the client, which
 * dispatches own URLs in process; file: only under `folders`.
 */
export function createFetchText(deps: FetchTextDeps): FetchText {
  return async (url) => {
    const text = url.protocol === 'file:' ? await readLocal(url, deps.folders) : await readByHttp(url, deps);
    if (Buffer.byteLength(text) > MAX_DOCUMENT_BYTES) {
      throw new Error(`'${url}' is larger than MAX_DOCUMENT_BYTES (${MAX_DOCUMENT_BYTES}).`);
    }
    return text;
  };
}

async function readByHttp(url: URL, deps: FetchTextDeps): Promise<string> {
  return (await deps.readTemplate(url)) ?? readRemote(url, deps);
}

async function readRemote(url: URL, deps: FetchTextDeps): Promise<string> {
  const reply = await deps.http({ method: 'GET', url: url.href, timeoutMs: deps.timeoutMs });
  if (reply.status !== 200) {
    // The message leaves out the body, because the client who named the URL may not be allowed to read it.
    const message = `'${url}' answered ${reply.status} where 200 was expected.`;
    // ORS documents learn the status: error.badfetch.http.<code>.
    throw Object.assign(new Error(message), { code: reply.status });
  }
  return reply.body;
}

async function readLocal(url: URL, folders: readonly string[]): Promise<string> {
  const path = fileURLToPath(url);
  // The check is on the real path, so that no symbolic link leads out of the folders.
  const real = await realpath(path).catch(() => undefined);
  const roots = await Promise.all(folders.map((folder) => realpath(folder).catch(() => undefined)));
  if (real === undefined || !roots.some((root) => root !== undefined && real.startsWith(root + sep))) {
    // One message for both cases, so that it does not reveal which files exist on the machine.
    throw new Error(`'${url}' is not a file of the folders from which documents may be read.`);
  }
  return readFile(real, 'utf8');
}

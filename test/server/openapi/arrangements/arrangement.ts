import type { HttpClient } from '../../../../engine/ports/httpClient.ts';
import type { Config } from '../../../../server/process/config.ts';
import type { TestServer } from '../../../support/testServer.ts';
import type { Replacements } from '../exampleRequest.ts';

/** The state in which a server gives the reply of an example. */
export interface Arrangement {
  readonly config?: (config: Config) => Config;
  readonly startMs?: number;
  /** Folder of documents. */
  readonly documents?: string;
  readonly http?: HttpClient;
  /** Opens the server in another way. */
  readonly open?: () => Promise<TestServer>;
  /** Headers of the request beside those of the example. */
  readonly headers?: Replacements;
  /** Requests before that of the example. Resolves with the ids that they made, by the printed ones. */
  readonly arrange?: (server: TestServer) => Promise<Replacements>;
}

/** By "METHOD path example". An example that is in no table needs no arrangement. */
export type Arrangements = Readonly<Record<string, Arrangement>>;

export async function made(
  server: TestServer,
  url: string,
  content: Parameters<TestServer['send']>[2],
  field = '_id',
): Promise<string> {
  const { status, json, text } = await server.send('POST', url, content);
  const id = (json as Record<string, string> | undefined)?.[field];
  if (status !== 200 || id === undefined) throw new Error(`POST ${url} answered ${status} ${text}`);
  return id;
}

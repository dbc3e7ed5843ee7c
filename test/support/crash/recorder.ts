import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * A server to which documents report their work. It counts reports, and recognises repetitions by idempotency
 * key.
 */
export interface Recorder {
  readonly url: string;
  /** The distinct idempotency keys of the reports of `k`. */
  keysOf(k: string): ReadonlySet<string>;
  /** Number of requests, including repetitions. */
  readonly requests: number;
  /** Serves a document under /documents/<name>; gives its URL. */
  serve(name: string, text: string): string;
  close(): Promise<void>;
}

export async function startRecorder(): Promise<Recorder> {
  const keys = new Map<string, Set<string>>();
  const documents = new Map<string, string>();
  let requests = 0;
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://recorder');
    const document = documents.get(url.pathname);
    if (document !== undefined) {
      response.setHeader('content-type', 'application/xml').end(document);
      return;
    }
    const k = url.searchParams.get('k') ?? '';
    requests++;
    const known = keys.get(k) ?? new Set<string>();
    keys.set(k, known.add(String(request.headers['idempotency-key'])));
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ k }));
  });
  // A server on a busy machine uses a connection again after a pause.
  server.keepAliveTimeout = 600_000;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    keysOf: (k) => keys.get(k) ?? new Set(),
    get requests() {
      return requests;
    },
    serve(name, text) {
      documents.set(`/documents/${name}`, text);
      return `${url}/documents/${name}`;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

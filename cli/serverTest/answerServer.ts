import { once } from 'node:events';
import { readFile, realpath, stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Document } from '../../engine/interpreter/index.ts';
import type { ScenarioReply } from '../../engine/scenario/index.ts';
import type { FetchAnswers } from './fetchAnswers.ts';
import { MappedUrls } from './mappedUrls.ts';

/** Files that a document may invoke or include. */
const SERVED = /\.(scxml|xml|js|json|txt)$/i;
/** Larger files are not found: no document may have them. */
const MAX_SERVED_BYTES = 16 * 1024 * 1024;

export interface AnswerServerParts {
  readonly document: Document;
  readonly answers: FetchAnswers;
  /** Address at which the server under test reaches this one. */
  readonly host: string;
  /** A part of all paths: nobody else on the machine knows it. */
  readonly secret: string;
}

/** Serves a document to the server that runs it, and answers the fetches of its sessions. */
export class AnswerServer {
  readonly #parts: AnswerServerParts;
  readonly #server: Server;
  readonly #base: string;
  readonly #root: string | undefined;
  readonly urls: MappedUrls;

  private constructor(parts: AnswerServerParts, server: Server) {
    const { document, host, secret } = parts;
    const { port } = server.address() as AddressInfo;
    this.#parts = parts;
    this.#server = server;
    this.#base = `http://${host.includes(':') ? `[${host}]` : host}:${port}/${secret}`;
    this.#root = rootOf(document);
    this.urls = new MappedUrls(`${this.#base}/for/`);
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      this.#answer(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
    });
  }

  static async open(parts: AnswerServerParts): Promise<AnswerServer> {
    const server = createServer();
    server.listen(0, parts.host);
    await once(server, 'listening');
    return new AnswerServer(parts, server);
  }

  /** The URL from which the server reads the document. */
  get documentUrl(): string {
    return this.served(this.#parts.document.url);
  }

  /** The URL of a file of the document, or of a document that it invokes, at this server. */
  served(url: string): string {
    const path = this.#root === undefined ? undefined : pathBelow(this.#root, url);
    return path === undefined ? `${this.#base}/for/${url}` : `${this.#base}/document/${path}`;
  }

  /** The file of the document that has this URL here. Other texts stay as they are. */
  original(url: string): string {
    const start = `${this.#base}/document/`;
    return this.#root !== undefined && url.startsWith(start)
      ? new URL(url.slice(start.length), this.#root).href
      : this.urls.original(url);
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { url: path = '', method = 'GET' } = request;
    const [documents, fetches] = ['document', 'for'].map((part) => `/${this.#parts.secret}/${part}/`);
    if (path.startsWith(documents!)) return this.#serveFile(path.slice(documents!.length), response);
    if (!path.startsWith(fetches!)) return void response.writeHead(404).end();
    const url = path.slice(fetches!.length);
    const text = this.#sourceText(url);
    if (text !== undefined) return this.#send(text, response);
    request.resume();
    this.#parts.answers.fetched({ method, url, answer: (reply) => answerWith(reply, response) });
  }

  async #serveFile(path: string, response: ServerResponse): Promise<void> {
    const url = this.#root === undefined ? undefined : new URL(path, this.#root);
    const text = url && (this.#sourceText(url.href) ?? (await this.#fileText(url)));
    if (text === undefined) return void response.writeHead(404).end();
    this.#send(text, response);
  }

  #sourceText(url: string): string | undefined {
    return this.#parts.document.sources.find((source) => source.url === url)?.text;
  }

  /** A document that is invoked. Links do not lead out of the folder of the document. */
  async #fileText(url: URL): Promise<string | undefined> {
    if (!SERVED.test(url.pathname)) return undefined;
    const [file, root] = await Promise.all(
      [url, new URL(this.#root!)].map((one) => realpath(fileURLToPath(one)).catch(() => undefined)),
    );
    if (file === undefined || root === undefined || relative(root, file).startsWith('..')) return undefined;
    return (await stat(file)).size > MAX_SERVED_BYTES ? undefined : readFile(file, 'utf8');
  }

  #send(text: string, response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'application/xml; charset=utf-8' }).end(this.urls.text(text));
  }
}

/** The nearest folder around all files of a document, as a URL. Undefined: it is not on this machine. */
function rootOf({ sources }: Document): string | undefined {
  const [first, ...others] = sources
    .filter(({ url }) => url.startsWith('file:'))
    .map(({ url }) => new URL('.', url).href);
  return first && others.reduce(commonFolder, first);
}

/** Both are URLs that end in a slash. */
function commonFolder(one: string, other: string): string {
  const [parts, others] = [one.split('/'), other.split('/')];
  const same = parts.findIndex((part, at) => part !== others[at]);
  return same === -1 ? one : `${parts.slice(0, same).join('/')}/`;
}

function pathBelow(root: string, url: string): string | undefined {
  return url.startsWith(root) ? url.slice(root.length) : undefined;
}

function answerWith(reply: ScenarioReply, response: ServerResponse): void {
  if (typeof reply === 'string') return void response.socket?.destroy();
  const { status = 200, json, body = '', headers = {} } = reply;
  const type = json === undefined ? 'text/plain; charset=utf-8' : 'application/json';
  response
    .writeHead(status, { 'content-type': type, ...headers })
    .end(json === undefined ? body : JSON.stringify(json));
}

import { readFile, stat } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Clock, Log } from '../../engine/ports/index.ts';
import { type Arrival, type Audience, type ListeningSocket, markArrival } from '../access/index.ts';
import type { ConnectionLimits } from './connectionLimits.ts';
import { handleUpgrades } from './upgrades.ts';

/** Longer than the idle timeout of usual load balancers, so that the load balancer closes the connection. */
const KEEP_ALIVE_MS = 65_000;
/** Time after which open requests (held polls, event streams) are cut when the server stops. */
const CLOSE_GRACE_MS = 3000;
/** How often the files of a certificate are checked for a change. */
export const CERTIFICATE_CHECK_MS = 10_000;

/** One socket of the server, and the audiences whose routes exist on it. */
export interface Listener {
  readonly address: string;
  readonly port: number;
  readonly audiences: readonly Audience[];
  /** Paths of files in PEM form. */
  readonly tls?: { readonly certificate: string; readonly key: string } | undefined;
}

export interface HttpServerDeps {
  readonly listener: Listener;
  readonly handler: RequestListener;
  readonly limits: ConnectionLimits;
  readonly clock: Clock;
  readonly log: Log;
}

/** A listener of the server: HTTP, or HTTPS with a certificate that may change while it runs. */
export class HttpServer {
  readonly #deps: HttpServerDeps;
  readonly #arrival: Arrival;
  #server: Server | TlsServer | undefined;
  #stopChecking: () => void = () => {};

  constructor(deps: HttpServerDeps) {
    this.#deps = deps;
    const { audiences, tls } = deps.listener;
    this.#arrival = { audiences: new Set(audiences), isSecure: tls !== undefined };
  }

  /** Resolves when it listens. Rejects with a message for the operator. */
  async listen(): Promise<ListeningSocket> {
    const { listener, limits } = this.#deps;
    const options = { ...limits.serverOptions, keepAliveTimeout: KEEP_ALIVE_MS };
    const handler = this.#handler();
    const server =
      listener.tls === undefined
        ? createServer(options, handler)
        : await this.#createTlsServer(listener.tls, options, handler);
    this.#server = server;
    handleUpgrades({ server, arrival: this.#arrival, handler: this.#deps.handler });
    limits.guard(server);
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(listener.port, listener.address, () => {
        server.off('error', reject);
        resolve();
      });
    });
    const { address, port } = server.address() as AddressInfo;
    return { address, port, isSecure: listener.tls !== undefined };
  }

  /** Accepts no more requests and resolves when the running ones have ended. */
  async close(): Promise<void> {
    this.#stopChecking();
    const server = this.#server;
    if (server?.listening !== true) return;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeIdleConnections();
    const cut = setTimeout(() => server.closeAllConnections(), CLOSE_GRACE_MS);
    await closed;
    clearTimeout(cut);
  }

  #handler(): RequestListener {
    const { handler } = this.#deps;
    return (request, response) => {
      markArrival(request, this.#arrival);
      // A reply may be sent before the body was read. Node.js reads the rest only of a body that nobody began
      // to read, and the next request of the connection comes after the body.
      response.once('finish', () => {
        if (!request.complete) request.unpipe().resume();
      });
      handler(request, response);
    };
  }

  async #createTlsServer(
    files: NonNullable<Listener['tls']>,
    options: ConnectionLimits['serverOptions'],
    handler: RequestListener,
  ): Promise<TlsServer> {
    const certificate = new CertificateFiles(files);
    const server = createTlsServer({ ...options, ...(await certificate.read()) }, handler);
    this.#checkLater(certificate, server);
    return server;
  }

  /** A certificate that cannot be read is logged, and the one before it stays in use. */
  #checkLater(certificate: CertificateFiles, server: TlsServer): void {
    const { clock, log } = this.#deps;
    this.#stopChecking = clock.at(clock.now() + CERTIFICATE_CHECK_MS, () => {
      void certificate
        .readIfChanged()
        .then((changed) => {
          if (changed === undefined) return;
          server.setSecureContext(changed);
          log.info({ ...certificate.files }, 'A listener has a new certificate.');
        })
        .catch((err: unknown) => {
          log.error(
            { err, ...certificate.files },
            'A changed certificate could not be used; the old one is kept.',
          );
        })
        .then(() => {
          if (server.listening) this.#checkLater(certificate, server);
        });
    });
  }
}

/** The files of a certificate and its key. */
class CertificateFiles {
  readonly files: NonNullable<Listener['tls']>;
  #state: string | undefined;

  constructor(files: NonNullable<Listener['tls']>) {
    this.files = files;
  }

  async read(): Promise<{ readonly cert: Buffer; readonly key: Buffer }> {
    this.#state = await this.#stateOfFiles();
    return { cert: await readFile(this.files.certificate), key: await readFile(this.files.key) };
  }

  /** Undefined: the files are as at the last read. A failed read is tried again at the next call. */
  async readIfChanged(): Promise<{ readonly cert: Buffer; readonly key: Buffer } | undefined> {
    const before = this.#state;
    if ((await this.#stateOfFiles()) === before) return undefined;
    try {
      return await this.read();
    } catch (error) {
      this.#state = before;
      throw error;
    }
  }

  async #stateOfFiles(): Promise<string> {
    const states = await Promise.all([this.files.certificate, this.files.key].map((path) => stat(path)));
    return states.map(({ mtimeMs, size, ino }) => `${mtimeMs} ${size} ${ino}`).join();
  }
}

/** The URL of a listener for clients on this machine. */
export function urlOf({ address, port, isSecure }: ListeningSocket): string {
  const isAnyAddress = address === '0.0.0.0' || address === '::';
  const name = isAnyAddress ? '127.0.0.1' : address.includes(':') ? `[${address}]` : address;
  return `${isSecure ? 'https' : 'http'}://${name}:${port}`;
}

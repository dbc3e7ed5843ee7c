import { stat } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Clock, Log } from '../../engine/ports/index.ts';
import { type Arrival, type Audience, type ListeningSocket, markArrival } from '../access/index.ts';
import { type Certificate, type CertificatePaths, readCertificate, validityProblem } from './certificates.ts';
import type { ConnectionLimits } from './connectionLimits.ts';
import { NamedFiles } from './namedFiles.ts';
import { handleUpgrades } from './upgrades.ts';

/** Longer than the idle timeout of usual load balancers, so that the load balancer closes the connection. */
const KEEP_ALIVE_MS = 65_000;
/** Time after which open requests (held polls, event streams) are cut when the server stops. */
const CLOSE_GRACE_MS = 3000;
/** How often the files of a certificate are checked for a change. */
export const CERTIFICATE_CHECK_MS = 10_000;
/** How often a warning about the end of a certificate is repeated. */
const VALIDITY_WARNING_MS = 86_400_000;

/** One socket of the server, and the audiences whose routes exist on it. */
export interface Listener {
  readonly address: string;
  readonly port: number;
  readonly audiences: readonly Audience[];
  readonly tls?: CertificatePaths | undefined;
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
  /** ms since epoch. */
  #warnedAt: number | undefined;

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
    // Node.js drops the headers after the first 1,000, and a proxy adds its own at the end. Their bytes are
    // limited.
    server.maxHeadersCount = 0;
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
    files: CertificatePaths,
    options: ConnectionLimits['serverOptions'],
    handler: RequestListener,
  ): Promise<TlsServer> {
    const certificate = new CertificateFiles(files);
    const { cert, key } = await certificate.read();
    const server = createTlsServer({ ...options, cert, key }, handler);
    this.#warnOfValidity(certificate);
    this.#checkLater(certificate, server);
    return server;
  }

  /** A certificate that cannot be used is logged, and the one before it stays in use. */
  #checkLater(certificate: CertificateFiles, server: TlsServer): void {
    const { clock } = this.#deps;
    this.#stopChecking = clock.at(clock.now() + CERTIFICATE_CHECK_MS, () => {
      void this.#check(certificate, server).then(() => {
        if (server.listening) this.#checkLater(certificate, server);
      });
    });
  }

  async #check(certificate: CertificateFiles, server: TlsServer): Promise<void> {
    const { log } = this.#deps;
    try {
      const changed = await certificate.readIfChanged();
      if (changed !== undefined) {
        server.setSecureContext({ cert: changed.cert, key: changed.key });
        log.info({ ...certificate.files }, 'A listener has a new certificate.');
        this.#warnedAt = undefined;
      }
    } catch (err) {
      const message = 'A changed certificate could not be used; the old one is kept.';
      log.error({ err, ...certificate.files }, message);
    }
    this.#warnOfValidity(certificate);
  }

  /** At once, and then once a day. */
  #warnOfValidity({ files, current }: CertificateFiles): void {
    const { clock, log } = this.#deps;
    const now = clock.now();
    const problem = current && validityProblem(current, now);
    const isDue = this.#warnedAt === undefined || now - this.#warnedAt >= VALIDITY_WARNING_MS;
    if (problem === undefined || !isDue) return;
    log.warn({ ...files }, problem);
    this.#warnedAt = now;
  }
}

/** The files of the certificate that a listener uses. */
class CertificateFiles {
  readonly files: CertificatePaths;
  /** The certificate that was read last and can be used. */
  current: Certificate | undefined;
  #state: string | undefined;

  constructor(files: CertificatePaths) {
    this.files = files;
  }

  async read(): Promise<Certificate> {
    // Before the read: a file that changes meanwhile is read again. So the reason is logged once a change.
    this.#state = await this.#stateOfFiles();
    this.current = readCertificate(new NamedFiles(undefined), { setting: 'tls', tls: this.files }).content;
    return this.current;
  }

  /** Undefined: the files are as at the last read. */
  async readIfChanged(): Promise<Certificate | undefined> {
    return (await this.#stateOfFiles()) === this.#state ? undefined : this.read();
  }

  /** A file that is not there has a state too, and `read` says that it is not there. */
  async #stateOfFiles(): Promise<string> {
    const { certificate, key } = this.files;
    const states = await Promise.all(
      [certificate, key].map((path) =>
        stat(path).then(
          ({ mtimeMs, size, ino }) => `${mtimeMs} ${size} ${ino}`,
          (error: NodeJS.ErrnoException) => String(error.code),
        ),
      ),
    );
    return states.join();
  }
}

/** The URL of a listener for clients on this machine. */
export function urlOf({ address, port, isSecure }: ListeningSocket): string {
  const isAnyAddress = address === '0.0.0.0' || address === '::';
  const name = isAnyAddress ? '127.0.0.1' : address.includes(':') ? `[${address}]` : address;
  return `${isSecure ? 'https' : 'http'}://${name}:${port}`;
}

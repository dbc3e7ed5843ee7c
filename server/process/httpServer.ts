import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ConnectionLimits } from './connectionLimits.ts';

/** Longer than the idle timeout of usual load balancers, so that the load balancer closes the connection. */
const KEEP_ALIVE_MS = 65_000;
/** Time after which open requests (held polls, event streams) are cut when the server stops. */
const CLOSE_GRACE_MS = 3000;

/** The socket of the server. */
export class HttpServer {
  readonly #server: Server;

  constructor(handler: RequestListener, limits: ConnectionLimits) {
    this.#server = createServer({ ...limits.serverOptions, keepAliveTimeout: KEEP_ALIVE_MS }, handler);
    limits.guard(this.#server);
  }

  /** Resolves with the URL of the address on which it listens. */
  listen(port: number, host: string): Promise<string> {
    const server = this.#server;
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, () => {
        server.off('error', reject);
        resolve(urlOf(server.address() as AddressInfo));
      });
    });
  }

  /** Accepts no more requests and resolves when the running ones have ended. */
  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeIdleConnections();
    const cut = setTimeout(() => this.#server.closeAllConnections(), CLOSE_GRACE_MS);
    await closed;
    clearTimeout(cut);
  }
}

function urlOf({ address, family, port }: AddressInfo): string {
  const isAnyAddress = address === '0.0.0.0' || address === '::';
  const name = isAnyAddress ? '127.0.0.1' : family === 'IPv6' ? `[${address}]` : address;
  return `http://${name}:${port}`;
}

import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A request that the server took. */
export interface CustomPush {
  readonly deviceId: string;
  readonly message: string;
  readonly headers: IncomingHttpHeaders;
}

export type CustomAnswer =
  | { readonly kind: 'status'; readonly status: number; readonly retryAfter?: string }
  | { readonly kind: 'silent' }
  | { readonly kind: 'cut' };

/** SIMULATOR for tests of an operator's own push server. It misbehaves as the tests ask. */
export class CustomPushServer {
  readonly pushes: CustomPush[] = [];
  /** The answers to the next requests; after them all are taken. */
  next: CustomAnswer[] = [];
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      void text(request).then((body) => {
        const answer = this.next.shift() ?? { kind: 'status', status: 200 };
        if (answer.kind === 'silent') return;
        if (answer.kind === 'cut') {
          request.socket.destroy();
          return;
        }
        const { status, retryAfter } = answer;
        if (status === 200) {
          const push = JSON.parse(body) as Pick<CustomPush, 'deviceId' | 'message'>;
          this.pushes.push({ ...push, headers: request.headers });
        }
        response.writeHead(status, retryAfter === undefined ? {} : { 'retry-after': retryAfter }).end();
      });
    });
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/push`;
  }

  async listen(): Promise<void> {
    await new Promise<void>((done) => this.#server.listen(0, '127.0.0.1', done));
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }
}

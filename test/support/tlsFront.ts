import { readFileSync } from 'node:fs';
import { createServer as createHttpServer, type IncomingHttpHeaders } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { resolve } from 'node:path';
import { connect } from 'node:tls';

const FIXTURES = resolve(import.meta.dirname, '../../fixtures/tls');

/** The certificate of a listener in tests. Clients trust no other. */
export const TEST_TLS = {
  certificate: resolve(FIXTURES, 'first.crt'),
  key: resolve(FIXTURES, 'first.key'),
} as const;

/** Something on loopback in front of a listener with TLS. */
export interface Front {
  /** http://127.0.0.1:<port> */
  readonly base: string;
  close(): Promise<void>;
}

/** Passes bytes through TLS, for clients of a test that cannot be told which certificate to trust. */
export function openTunnel(target: string): Promise<Front> {
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const secure = connect({ host: '127.0.0.1', port: Number(new URL(target).port), ca: trusted() });
    for (const socket of [client, secure]) {
      sockets.add(socket);
      socket.on('error', () => {
        client.destroy();
        secure.destroy();
      });
    }
    client.pipe(secure).pipe(client);
  });
  return listening(server, () => {
    for (const socket of sockets) socket.destroy();
  });
}

/** A gateway that authenticates customers. `userOf`: the gms_user of a request; undefined: it gets 403. */
export function openGateway(
  target: string,
  userOf: (headers: IncomingHttpHeaders) => string | undefined,
): Promise<Front> {
  const server = createHttpServer((incoming, outgoing) => {
    const user = userOf(incoming.headers);
    if (user === undefined) {
      outgoing.writeHead(403).end();
      return;
    }
    const { gms_user: _claimed, ...headers } = incoming.headers;
    const forwarded = httpsRequest(
      `${target}${incoming.url}`,
      { method: incoming.method!, ca: trusted(), headers: { ...headers, gms_user: user } },
      (reply) => {
        outgoing.writeHead(reply.statusCode!, reply.headers);
        reply.pipe(outgoing);
      },
    );
    forwarded.on('error', () => outgoing.destroy());
    outgoing.on('close', () => forwarded.destroy());
    incoming.pipe(forwarded);
  });
  return listening(server, () => server.closeAllConnections());
}

function trusted(): Buffer {
  return readFileSync(TEST_TLS.certificate);
}

async function listening(server: Server, cut: () => void): Promise<Front> {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    base: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        cut();
      }),
  };
}

import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { type HttpClient, HttpFault } from '../../../engine/ports/httpClient.ts';
import { ServerNames } from '../../../server/access/serverNames.ts';
import { AddressGuard } from '../../../server/adapters/addressGuard.ts';
import { OpenDestinations } from '../../../server/adapters/destinations.ts';
import { createHttpClient } from '../../../server/adapters/http.ts';

async function faultOf(pending: Promise<unknown>): Promise<HttpFault> {
  const error = await pending.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).to.be.instanceOf(HttpFault);
  return error as HttpFault;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

describe('the HTTP client', () => {
  const servers: Server[] = [];

  afterEach(() => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      server.close();
    }
  });

  async function listen(handler: RequestListener): Promise<string> {
    const server = createServer(handler);
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  function client(
    options: { allow?: readonly string[]; maxBytes?: number; dispatch?: RequestListener } = {},
  ): HttpClient {
    return createHttpClient({
      own: new ServerNames({ baseUrl: () => 'http://own.test:8080/base', hosts: [], planned: [] }),
      dispatch: options.dispatch ?? ((_request, response) => response.end('own')),
      destinations: new OpenDestinations(options.allow ?? ['loopback']),
      maxBytes: options.maxBytes ?? 10_000,
    });
  }

  it('dispatches own URLs without a socket, and only those', async () => {
    const seen: string[] = [];
    const http = client({
      dispatch: (request, response) => {
        void bodyOf(request).then((body) => {
          seen.push(`${request.method} ${request.url} ${request.headers.host} ${body}`);
          response.writeHead(201, { 'x-a': ['1', '2'] }).end('made');
        });
      },
    });
    const reply = await http({
      method: 'post',
      url: 'http://own.test:8080/base/a?b=1',
      body: 'c',
      timeoutMs: 1000,
    });
    expect(reply.status).to.equal(201);
    expect(reply.body).to.equal('made');
    expect(reply.headers['x-a']).to.equal('1, 2');
    expect(seen).to.deep.equal(['POST /a?b=1 own.test:8080 c']);
    const other = await faultOf(http({ method: 'GET', url: 'http://own.test:8081/base/a', timeoutMs: 2000 }));
    expect(other.reason).to.equal('unreachable');
  });

  it('sends a request and returns the reply', async () => {
    const url = await listen((request, response) => {
      void bodyOf(request).then((body) =>
        response
          .writeHead(418, { 'content-type': 'text/plain' })
          .end(`${request.method} ${request.headers['x-k']} ${body}`),
      );
    });
    const reply = await client()({ method: 'PUT', url, headers: { 'x-k': 'v' }, body: 'é', timeoutMs: 2000 });
    expect(reply.status).to.equal(418);
    expect(reply.body).to.equal('PUT v é');
    expect(reply.headers['content-type']).to.equal('text/plain');
  });

  it('refuses a name that resolves to the address of a listener of this server, also after a redirect', async () => {
    const listener = await listen((_request, response) => response.end('reached'));
    const { port } = new URL(listener);
    const elsewhere = await listen((_request, response) =>
      response.writeHead(302, { location: `http://localhost:${port}/` }).end(),
    );
    const http = createHttpClient({
      own: {
        pathOf: () => undefined,
        isOwnPort: (one) => one === Number(port),
        isOwnSocket: (address, one) => address === '127.0.0.1' && one === Number(port),
      },
      dispatch: () => {},
      destinations: new OpenDestinations(['loopback']),
      maxBytes: 10_000,
    });
    for (const url of [`http://localhost:${port}/`, elsewhere]) {
      const fault = await faultOf(http({ method: 'GET', url, timeoutMs: 2000 }));
      expect(fault.reason, url).to.equal('refused');
      expect(fault.message, url).to.contain(`127.0.0.1:${port} is this server`);
    }
  });

  it('fails after its timeout, on a reply that is too large, and on a closed port', async () => {
    const slow = await listen(() => {});
    expect((await faultOf(client()({ method: 'GET', url: slow, timeoutMs: 50 }))).reason).to.equal('timeout');
    const large = await listen((_request, response) => response.end('x'.repeat(20_000)));
    expect((await faultOf(client()({ method: 'GET', url: large, timeoutMs: 2000 }))).reason).to.equal(
      'too-large',
    );
    const closed = await listen(() => {});
    await new Promise((resolve) => servers.at(-1)?.close(resolve));
    expect((await faultOf(client()({ method: 'GET', url: closed, timeoutMs: 2000 }))).reason).to.equal(
      'unreachable',
    );
  });

  it('fails on a reply of its own server that is too large, and keeps none of one without an end', async () => {
    const url = 'http://own.test:8080/base/list';
    let written = 0;
    const endless: RequestListener = (_request, response) => {
      const timer = setInterval(() => {
        response.write('é'.repeat(1_000));
        written += 1;
      }, 1);
      response.once('close', () => clearInterval(timer));
    };
    const large: RequestListener = (_request, response) => response.end('x'.repeat(10_001));
    for (const dispatch of [large, endless]) {
      const fault = await faultOf(client({ dispatch })({ method: 'GET', url, timeoutMs: 20_000 }));
      expect([fault.reason, fault.message]).to.deep.equal([
        'too-large',
        `The reply of '${url}' is larger than http.maxBytes allows.`,
      ]);
    }
    expect(written).to.be.at.most(7);
    const most: RequestListener = (_request, response) => response.end('x'.repeat(10_000));
    const { body } = await client({ dispatch: most })({ method: 'GET', url, timeoutMs: 2_000 });
    expect(body).to.have.length(10_000);
    const head = await client({ dispatch: large })({ method: 'HEAD', url, timeoutMs: 2_000 });
    expect(head.body).to.equal('');
  });

  it('follows redirects, without credentials to another origin, and checks each address', async () => {
    const target = await listen((request, response) =>
      response.end(`${request.method} ${request.headers.authorization ?? 'none'}`),
    );
    const start = await listen((request, response) => {
      const to =
        request.url === '/inside'
          ? 'http://169.254.169.254/latest'
          : request.url === '/loop'
            ? '/loop'
            : target;
      response.writeHead(302, { location: to }).end();
    });
    const http = client();
    const request = { method: 'POST', headers: { authorization: 'Basic x' }, body: 'a', timeoutMs: 2000 };
    expect((await http({ ...request, url: start })).body).to.equal('GET none');
    expect((await faultOf(http({ ...request, url: `${start}/inside` }))).reason).to.equal('refused');
    expect((await faultOf(http({ ...request, url: `${start}/loop` }))).message).to.contain('MAX_REDIRECTS');
  });

  it('refuses addresses that no policy may allow, and private ones unless the policy allows them', async () => {
    const everything = client({ allow: ['loopback', 'private', '0.0.0.0/0'] });
    for (const url of [
      'http://169.254.169.254/',
      'http://0.0.0.0/',
      'http://[::]/',
      'http://[fe80::1]/',
      'http://[::ffff:169.254.1.1]/',
      'ftp://x.test/',
      'file:///etc/passwd',
      'nonsense',
    ]) {
      expect((await faultOf(everything({ method: 'GET', url, timeoutMs: 500 }))).reason, url).to.equal(
        'refused',
      );
    }
    const strict = client({ allow: [] });
    for (const url of [
      'http://127.0.0.1:1/',
      'http://2130706433/',
      'http://0x7f.1/',
      'http://localhost:1/',
      'http://10.1.2.3/',
      'http://192.168.0.1/',
      'http://[::1]/',
      'http://[fc00::1]/',
      'http://[::ffff:7f00:1]/',
    ]) {
      expect((await faultOf(strict({ method: 'GET', url, timeoutMs: 500 }))).reason, url).to.equal('refused');
    }
  });
});

describe('the address guard', () => {
  it('permits single addresses and networks', () => {
    const guard = new AddressGuard({
      allow: ['10.20.0.0/16', '192.168.1.5', 'fc00::/8'],
      others: 'public',
      setting: 'http.allow',
    });
    for (const host of ['10.20.3.4', '192.168.1.5', '[fc00::9]', '8.8.8.8', 'some.name']) {
      expect(() => guard.checkHost(host), host).to.not.throw();
    }
    for (const host of ['10.21.0.1', '192.168.1.6', '127.0.0.1', '[fd00::9]']) {
      expect(() => guard.checkHost(host), host).to.throw(HttpFault);
    }
  });
});

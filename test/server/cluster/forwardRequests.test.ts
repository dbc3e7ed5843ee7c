import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { expect } from 'chai';
import { WebSocket, WebSocketServer } from 'ws';
import { type SessionId, systemClock } from '../../../engine/ports/index.ts';
import { arrivalOf, peerOf } from '../../../server/access/arrival.ts';
import { NODE_MARK, NodeIdentity } from '../../../server/cluster/nodeIdentity.ts';
import { ForwardingNodes, SECRET, textOf } from '../../support/forwardingNodes.ts';
import { asId } from '../../support/ids.ts';
import { createSimulatedClock } from '../../support/simulatedClock.ts';

/** Sends the bytes, and resolves with all that comes back until the connection ends. */
async function raw(url: string, text: string): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  let reply = '';
  socket.on('data', (chunk) => {
    reply += chunk;
  });
  socket.write(text);
  await once(socket, 'close');
  return reply;
}

describe('a node that does not have the cell', () => {
  let nodes: ForwardingNodes;

  beforeEach(() => {
    nodes = new ForwardingNodes();
  });

  afterEach(() => nodes.close());

  it('sends requests to the owner as they came, and its replies back', async () => {
    const seen: unknown[] = [];
    await nodes.start('a', async (request, response) => {
      const { method, url, headers } = request;
      const { forwarded } = arrivalOf(request);
      seen.push({ method, url, headers: { ...headers }, forwarded, peer: peerOf(request) });
      const text = await textOf(request);
      response.setHeader('Set-Cookie', ['one=1', 'two=2']);
      response.setHeader('Keep-Alive', 'timeout=99');
      response.statusCode = 201;
      response.end(`got ${text}`);
    });
    nodes.owner = 'a';
    const b = await nodes.start('b');
    const reply = await raw(
      b,
      'PUT /agent/1/agents/A?x=%20y HTTP/1.1\r\nHost: contact.example\r\nX-Forwarded-For: 192.0.2.7\r\n' +
        'Connection: close\r\nTransfer-Encoding: chunked\r\nX-Two: 1\r\nX-Two: 2\r\n\r\n' +
        '4\r\nbody\r\n0\r\n\r\n',
    );
    expect(seen).to.deep.equal([
      {
        method: 'PUT',
        url: '/agent/1/agents/A?x=%20y',
        headers: {
          host: 'contact.example',
          'x-forwarded-for': '192.0.2.7',
          'transfer-encoding': 'chunked',
          'x-two': '1, 2',
          connection: 'keep-alive',
        },
        forwarded: { cell: 'main', peer: '127.0.0.1' },
        peer: '127.0.0.1',
      },
    ]);
    expect(reply).to.match(/^HTTP\/1\.1 201 Created\r\n/);
    expect(reply).to.include('Set-Cookie: one=1\r\nSet-Cookie: two=2\r\n').and.not.include('timeout=99');
    expect(reply).to.include('got body');
  });

  it('sends large bodies both ways without keeping them', async () => {
    const digest = (parts: Buffer) => createHash('sha256').update(parts).digest('hex');
    await nodes.start('a', (request, response) => request.pipe(response));
    nodes.owner = 'a';
    const b = await nodes.start('b');
    const content = Buffer.alloc(8_000_000, 'orsay');
    const reply = await fetch(b, { method: 'POST', body: content });
    expect(digest(Buffer.from(await reply.arrayBuffer()))).to.equal(digest(content));
  });

  it('keeps what a gateway has set when the client names it in Connection', async () => {
    await nodes.start('a', ({ headers }, response) => {
      response.end(JSON.stringify([headers.gms_user, headers['x-agent-id'], headers.connection]));
    });
    nodes.owner = 'a';
    const b = await nodes.start('b');
    const reply = await raw(
      b,
      'GET / HTTP/1.1\r\nHost: b\r\ngms_user: anna\r\nX-Agent-Id: kate\r\n' +
        'Connection: close, gms_user, x-agent-id, x-orsay-node\r\n\r\n',
    );
    expect(reply).to.include('["anna","kate","keep-alive"]');
  });

  it('forwards a request of HTTP/1.0 without Host', async () => {
    await nodes.start('a', ({ headers }, response) => response.end(`Host '${headers.host}'`));
    nodes.owner = 'a';
    expect(await raw(await nodes.start('b'), 'GET / HTTP/1.0\r\n\r\n')).to.include("Host ''");
  });

  it('forwards the requests that a connection sends at once one after the other', async () => {
    let atOnce = 0;
    const most: number[] = [];
    await nodes.start('a', ({ url }, response) => {
      atOnce += 1;
      most.push(atOnce);
      setImmediate(() => {
        atOnce -= 1;
        response.end(url);
      });
    });
    nodes.owner = 'a';
    const get = (path: string, more = '') => `GET /${path} HTTP/1.1\r\nHost: b\r\n${more}\r\n`;
    const gets = Array.from({ length: 99 }, (_, at) => get(String(at))).join('');
    const reply = await raw(await nodes.start('b'), gets + get('99', 'Connection: close\r\n'));
    const statuses = [...reply.matchAll(/HTTP\/1\.1 (\d+) /g)].map(([, status]) => Number(status));
    expect([most, statuses]).to.deep.equal([
      Array(5).fill(1),
      [...Array(5).fill(200), ...Array(95).fill(429)],
    ]);
  });

  it('does not forward what a client sent before it left', async () => {
    const seen: string[] = [];
    await nodes.start('a', ({ url }, response) => {
      seen.push(url!);
      response.write('first');
    });
    nodes.owner = 'a';
    const b = await nodes.start('b');
    const socket = connect(Number(new URL(b).port), '127.0.0.1');
    socket.write('GET /1 HTTP/1.1\r\nHost: b\r\n\r\nDELETE /2 HTTP/1.1\r\nHost: b\r\n\r\n');
    await once(socket, 'data');
    socket.destroy();
    expect(await (await fetch(`${b}/3`)).body!.getReader().read()).to.have.property('done', false);
    expect(seen).to.deep.equal(['/1', '/3']);
  });

  it('marks a request with thousands of headers, of which Node.js would read the first ones', async () => {
    await nodes.start('a', (request, response) => {
      response.end(arrivalOf(request).forwarded?.peer ?? 'not marked');
    });
    nodes.owner = 'a';
    const b = await nodes.start('b');
    const reply = await raw(
      b,
      `GET / HTTP/1.1\r\nHost: b\r\nConnection: close\r\n${'a:\r\n'.repeat(3_000)}\r\n`,
    );
    expect(reply).to.include('\r\n127.0.0.1');
  });

  it('waits for an owner, and sends the request when there is one', async () => {
    const b = await nodes.start('b');
    await nodes.start('a', (_, response) => response.end('done'));
    const reply = fetch(b);
    await new Promise((resolve) => setImmediate(resolve));
    nodes.owner = 'a';
    expect(await (await reply).text()).to.equal('done');
  });

  it('sends a request to the next owner that the present one never got', async () => {
    await nodes.start('a', (_, response) => response.end('by a'));
    await nodes.start('c', (_, response) => response.end('by c'));
    const b = await nodes.start('b');
    nodes.owner = 'a';
    nodes.kill('a');
    const reply = fetch(b, { method: 'POST', body: 'x' });
    nodes.owner = 'c';
    expect(await (await reply).text()).to.equal('by c');
  });

  it('says that the outcome is unknown when the owner dies with a request', async () => {
    const b = await nodes.start('b');
    await nodes.start('a', () => nodes.kill('a'));
    nodes.owner = 'a';
    const reply = await fetch(b, { method: 'POST', body: 'x' });
    expect(reply.status).to.equal(503);
    expect(await reply.json()).to.include({ code: 'OUTCOME_UNKNOWN' });
  });

  it('repeats a request with a key at the next owner, with its body', async () => {
    const b = await nodes.start('b');
    await nodes.start('a', () => {
      nodes.kill('a');
      nodes.owner = 'c';
    });
    await nodes.start('c', async (request, response) => {
      response.end(`${await textOf(request)} ${request.headers['idempotency-key']}`);
    });
    nodes.owner = 'a';
    const reply = await fetch(b, { method: 'POST', body: 'text', headers: { 'Idempotency-Key': 'k' } });
    expect(await reply.text()).to.equal('text k');
  });

  it('does not repeat a request whose body is too long to keep', async () => {
    const b = await nodes.start('b');
    await nodes.start('a', (request) => {
      request.on('data', () => {});
      request.on('end', () => {
        nodes.kill('a');
        nodes.owner = 'c';
      });
    });
    await nodes.start('c', (_, response) => response.end());
    nodes.owner = 'a';
    const reply = await fetch(b, {
      method: 'POST',
      body: 'x'.repeat(70_000),
      headers: { 'Idempotency-Key': 'k' },
    });
    expect(await reply.json()).to.include({ code: 'OUTCOME_UNKNOWN' });
  });

  it('ends a request when another node gets the cell', async () => {
    const b = await nodes.start('b');
    await nodes.start('a', () => {
      nodes.owner = 'c';
    });
    await nodes.start('c', (_, response) => response.end());
    nodes.owner = 'a';
    const reply = await fetch(b, { method: 'POST' });
    expect(await reply.json()).to.include({ code: 'OUTCOME_UNKNOWN' });
  });

  it('cuts a stream when another node gets the cell', async () => {
    const b = await nodes.start('b');
    await nodes.start('a', (_, response) => response.write('data: 1\n\n'));
    await nodes.start('c', (_, response) => response.end());
    nodes.owner = 'a';
    const reader = (await fetch(b)).body!.getReader();
    expect(Buffer.from((await reader.read()).value!).toString()).to.equal('data: 1\n\n');
    nodes.owner = 'c';
    expect(
      await reader.read().then(
        () => 'read',
        (error: Error) => error.message,
      ),
    ).to.equal('terminated');
  });

  it('sends a request of its own document as one of a document', async () => {
    await nodes.start('a', async (request, response) => {
      const { inside } = arrivalOf(request);
      response.setHeader('Content-Type', 'application/json');
      response.end(
        JSON.stringify({ inside, body: await textOf(request), hasMark: NODE_MARK in request.headers }),
      );
    });
    nodes.owner = 'a';
    const b = await nodes.start('b');
    const sessionId = asId<SessionId>('paris_S1');
    const reply = await nodes.ask('b', sessionId, {
      method: 'POST',
      url: `${b}/scxml/session/x/event/pay`,
      headers: { 'content-type': 'text/plain', [NODE_MARK]: 'of the document' },
      body: 'amount',
      timeoutMs: 5_000,
    });
    expect([reply.status, JSON.parse(reply.body)]).to.deep.equal([
      200,
      { inside: { kind: 'platform', name: 'document', sessionId }, body: 'amount', hasMark: false },
    ]);
  });

  it('tells the owner when a client has gone', async () => {
    const gone = new Promise((resolve) => {
      void nodes.start('a', (request, response) => {
        response.on('close', resolve);
        request.resume();
        response.write('first');
      });
    });
    nodes.owner = 'a';
    const b = await nodes.start('b');
    const reply = await fetch(b);
    await reply.body!.cancel();
    await gone;
  });

  it('passes a WebSocket on, and ends it when another node gets the cell', async () => {
    const sockets = new WebSocketServer({ noServer: true });
    await nodes.start('a', (request, response) => {
      const { socket } = response;
      response.detachSocket(socket!);
      sockets.handleUpgrade(request, socket!, arrivalOf(request).upgradeHead!, (client) => {
        client.on('message', (data) => client.send(`echo ${String(data)}`));
      });
    });
    nodes.owner = 'a';
    const b = await nodes.start('b');
    const client = new WebSocket(b.replace('http', 'ws'));
    await once(client, 'open');
    client.send('hello');
    expect(String((await once(client, 'message'))[0])).to.equal('echo hello');
    const closed = once(client, 'close');
    nodes.owner = 'c';
    expect((await closed)[0]).to.equal(1006);
  });

  it('gives up when two nodes take each other for the owner', async () => {
    const clock = createSimulatedClock();
    const lost = new ForwardingNodes(clock);
    try {
      const b = await lost.start('b');
      await lost.start('c');
      lost.owner = 'c';
      const reply = fetch(b);
      let isOver = false;
      void reply.then(() => {
        isOver = true;
      });
      while (!isOver) {
        await clock.advance(100, () => new Promise((resolve) => setImmediate(resolve)));
      }
      expect((await reply).status).to.equal(503);
      expect(await (await reply).json()).to.include({
        code: 'UNAVAILABLE',
        message: "No node that has the cell 'main' answers at present; nothing was changed.",
      });
    } finally {
      lost.close();
    }
  });
});

describe('the mark of a forwarded request', () => {
  const identity = new NodeIdentity({ node: 'a', secret: SECRET, clock: systemClock });
  const request = { method: 'GET', url: '/a', headers: { host: 'h' } };
  const client = { cell: 'main', peer: '192.0.2.7', isSecure: true, audiences: ['customer'] as const };
  const mark = identity.markOf(request, client);
  const withMark = (changed: Partial<IncomingMessage>, value = mark) => {
    const made = { ...request, ...changed };
    return { ...made, headers: { ...made.headers, [NODE_MARK]: value } };
  };

  it('tells how the client reached the other node', () => {
    expect(identity.clientOf(withMark({}))).to.deep.equal(client);
    expect(identity.clientOf(request)).to.equal(undefined);
  });

  it('counts for one request, from a node with the secret', () => {
    const stranger = new NodeIdentity({ node: 'a', secret: 'other', clock: systemClock });
    const [content, signature] = mark.split('.');
    const forged = Buffer.from(JSON.stringify({ ...client, audiences: ['administrator'] })).toString(
      'base64url',
    );
    const wrong = [
      withMark({ url: '/b' }),
      withMark({ method: 'PUT' }),
      withMark({ headers: { host: 'other' } }),
      withMark({}, stranger.markOf(request, client)),
      withMark({}, `${forged}.${signature}`),
      withMark({}, `${content}.`),
      withMark({}, `${content}`),
      withMark({}, ''),
      withMark({}, `${mark}, ${mark}`),
      withMark({}, `${'x'.repeat(5_000)}.${'y'.repeat(5_000)}`),
    ];
    for (const one of wrong) {
      expect(() => identity.clientOf(one), JSON.stringify(one))
        .to.throw()
        .with.property('code', 'FORBIDDEN');
    }
  });

  it('counts for five minutes', async () => {
    const clock = createSimulatedClock();
    const node = new NodeIdentity({ node: 'a', secret: SECRET, clock });
    const old = withMark({}, node.markOf(request, client));
    await clock.advance(300_001, () => Promise.resolve());
    expect(() => node.clientOf(old))
      .to.throw()
      .with.property('code', 'FORBIDDEN');
  });

  it('is refused by a node when a stranger sends it', async () => {
    const nodes = new ForwardingNodes();
    try {
      nodes.owner = 'a';
      const a = await nodes.start('a', (_, response) => response.end('reached'));
      const reply = await new Promise<IncomingMessage>((resolve) => {
        httpRequest(a, { headers: { [NODE_MARK]: `${'e30'}.${'a'.repeat(43)}` } }, resolve).end();
      });
      expect(reply.statusCode).to.equal(403);
      reply.resume();
    } finally {
      nodes.close();
    }
  });
});

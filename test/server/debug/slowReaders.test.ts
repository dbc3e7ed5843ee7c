import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { BASE, createTestServer, type TestServer } from '../../support/testServer.ts';
import { orsDocument, writeDocuments } from '../../support/writeDocuments.ts';

const SRC = 'http://orsay.test/genesys/1/document/service_template/wide/wide.scxml';

/** The changes of each step have some 200,000 characters, more than sockets take for all steps. */
const WIDE = orsDocument(
  `<datamodel><data id="rows" expr="[]"/></datamodel>
  <state id="open">
    <transition event="fill"><script>
      for (let i = 0; i &lt; 100; i++) _data.rows[i] = (_event.data.digit + '').repeat(1900);
    </script></transition>
  </state>`,
  'initial="open"',
);

describe('a replay whose reader does not read', () => {
  let server: TestServer;
  let http: Server;
  let path: string;

  before(async () => {
    server = createTestServer({
      config: (config) => ({
        ...config,
        debug: { ...config.debug, enabled: true },
        traces: { ...config.traces, documents: ['*'] },
      }),
      documents: writeDocuments({ 'wide/wide.scxml': WIDE }),
    });
    const started = await server.send('POST', '/scxml/session/start', { form: { src: SRC } });
    path = `/genesys/1/admin/debug/sessions/${(started.json as { _id: string })._id}`;
    for (let digit = 0; digit < 40; digit++) {
      await server.send('POST', `${path}/event`, { json: { name: 'fill', data: { digit: digit % 10 } } });
    }
    http = createServer(server.orsay.handler);
    await once(http.listen(0, '127.0.0.1'), 'listening');
  });
  after(async () => {
    http.closeAllConnections();
    await promisify(http.close.bind(http))();
    await server.orsay.close();
  });

  async function open(): Promise<IncomingMessage> {
    const { port } = http.address() as AddressInfo;
    const headers = { host: new URL(BASE).host };
    const sent = request({ host: '127.0.0.1', port, path: `${path}/steps`, headers, agent: false }).end();
    const [reply] = (await once(sent, 'response')) as [IncomingMessage];
    return reply;
  }

  it('keeps others from replays for a bounded time only, and is cut', async () => {
    const stalled = [await open(), await open(), await open(), await open()];
    expect(stalled.map(({ statusCode }) => statusCode)).to.deep.equal([200, 200, 200, 200]);
    expect((await server.send('GET', `${path}/steps/2`)).status).to.equal(503);
    let status = 503;
    // The time counts from when the sockets take no more, which may be after the first minute.
    while (status === 503) {
      await server.advance(60_000);
      ({ status } = await server.send('GET', `${path}/steps/2`));
    }
    expect(status).to.equal(200);
    await server.advance(60_000);
    const [cut] = stalled;
    let text = '';
    cut!.on('data', (chunk) => {
      text += String(chunk);
    });
    await new Promise((resolve) => cut!.once('close', resolve).once('error', resolve));
    expect(text).not.to.include('"end":');
  });

  it('has all steps for a reader who reads', async () => {
    const { text } = await server.send('GET', `${path}/steps`);
    expect(text.trim().split('\n').at(-1)).to.equal('{"end":41}');
  });
});

import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { expect } from 'chai';
import { idsOfCell } from '../../../engine/ports/index.ts';
import { CellsOfRequests, PATH_PARAMETERS } from '../../../server/cluster/cellOfRequest.ts';
import { API_DESCRIPTIONS } from '../../../server/process/apiDescriptions.ts';
import { textOf } from '../../support/forwardingNodes.ts';
import { createTestIds } from '../../support/testIds.ts';
import { createTestServer } from '../../support/testServer.ts';

const configured = {
  ofService: (name: string) => (name === 'far' ? 'paris' : undefined),
  ofAgent: (id: string) => (id === 'Jean Valjean' ? 'paris' : undefined),
};

function requestOf(method: string, url: string, cookie?: string): IncomingMessage {
  return { method, url, headers: { ...(cookie && { cookie }) } } as IncomingMessage;
}

describe('the cell of a request', () => {
  const cells = new CellsOfRequests({ apis: API_DESCRIPTIONS, own: 'berlin', configured });
  const main = new CellsOfRequests({ apis: API_DESCRIPTIONS, own: 'main', configured });

  it('is looked for in every parameter of every route', async () => {
    const { orsay } = createTestServer();
    const places = orsay.routes.flatMap(({ path }) => {
      const segments = path.split('/');
      return [...segments.keys()]
        .filter((at) => /[:*]/.test(segments[at]!))
        .map((at) => segments.slice(0, at + 1).join('/'));
    });
    expect(Object.keys(PATH_PARAMETERS).sort()).to.deep.equal([...new Set(places)].sort());
    await orsay.close();
  });

  it('is that of the id in the path', async () => {
    const ids: readonly string[] = [
      '/scxml/session/*/query',
      '/genesys/1/service/*/storage',
      '/genesys/1/service/*/check-queue-position',
      '/genesys/1/storage/*',
      '/genesys/1/storage/*/key',
      '/genesys/1/storage/binary/*/key',
      '/urs/call/*/query',
      '/agent/1/interactions/*',
      '/genesys/1/admin/sessions/*/trace',
    ];
    for (const path of ids) {
      const url = path.replace('*', 'paris_0123456789ABCDEF');
      expect(await cells.cellOf(requestOf('GET', `${url}?a=b`)), url).to.deep.equal({
        cell: 'paris',
        by: 'id',
      });
    }
    const callback = '/genesys/1/service/callback/far/rome_1-0190';
    expect(await cells.cellOf(requestOf('PUT', callback))).to.deep.equal({ cell: 'rome', by: 'id' });
  });

  it('is the default cell for an id without a prefix, and none for one of its own', async () => {
    const plain = '/scxml/session/0123456789ABCDEFGHIJKLMNOPQRSTUV/query';
    expect(await cells.cellOf(requestOf('GET', plain))).to.deep.equal({ cell: 'main', by: 'id' });
    expect(await main.cellOf(requestOf('GET', plain))).to.equal(undefined);
    expect(await cells.cellOf(requestOf('GET', '/scxml/session/berlin_0123/query'))).to.equal(undefined);
  });

  it('is that of the service or the agent, if the configuration names one', async () => {
    const paris = { cell: 'paris', by: 'configuration' };
    expect(await cells.cellOf(requestOf('POST', '/genesys/1/service/far'))).to.deep.equal(paris);
    expect(await cells.cellOf(requestOf('POST', '/genesys/1/service/callback/far'))).to.deep.equal(paris);
    expect(await cells.cellOf(requestOf('PUT', '/agent/1/agents/Jean%20Valjean'))).to.deep.equal(paris);
    expect(await cells.cellOf(requestOf('POST', '/genesys/1/service/near'))).to.equal(undefined);
  });

  it('is none for names that clients choose, and for paths that are malformed or no route', async () => {
    for (const url of [
      '/genesys/1/admin/services/paris_one',
      '/agent/1/agents/paris_one',
      '/agent/1/agents/%E0%A4%A',
      '/genesys/1/notification/subscription/subscriber/paris_one',
      '/paris_one/paris_one',
      '//paris_x',
      '',
    ]) {
      expect(await cells.cellOf(requestOf('DELETE', url)), url).to.equal(undefined);
    }
  });

  it('is that of the CometD client, or of a cookie before there is one', async () => {
    const cometd = '/genesys/cometd';
    const paris = { cell: 'paris', by: 'id' };
    const message = encodeURIComponent('[{"clientId": "paris_0af","channel":"/meta/connect"}]');
    expect(await cells.cellOf(requestOf('GET', `${cometd}?message=${message}`))).to.deep.equal(paris);
    expect(await cells.cellOf(requestOf('GET', cometd, 'a=b; BAYEUX_BROWSER=paris_0af'))).to.deep.equal(
      paris,
    );
    expect(await cells.cellOf(requestOf('GET', cometd, 'JSESSIONID=paris_0af.node1'))).to.deep.equal(paris);
    expect(await cells.cellOf(requestOf('GET', cometd, 'BAYEUX_BROWSER=0af'))).to.equal(undefined);
  });

  it('is read from a body that stays there, however it arrives', async () => {
    const seen: unknown[] = [];
    const server = createServer(async (request, response) => {
      const cell = (await cells.cellOf(request))?.cell;
      seen.push([cell, await textOf(request)]);
      response.end();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const body = '[{"channel":"/meta/connect","clientId":"paris_0af"}]';
    const large = `[{"channel":"/meta/connect","x":"${'x'.repeat(100_000)}"}]`;
    const head = 'POST /genesys/cometd HTTP/1.1\r\nHost: h\r\nConnection: close\r\n';
    const chunked = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`;
    const requests: readonly (readonly string[])[] = [
      [`${head}Content-Length: ${body.length}\r\n\r\n${body}`],
      [`${head}Content-Length: ${body.length}\r\n\r\n${body.slice(0, 40)}`, body.slice(40)],
      [`${head}Transfer-Encoding: chunked\r\n\r\n${chunked(body)}0\r\n\r\n`],
      [
        `${head}Transfer-Encoding: chunked\r\n\r\n${chunked(body.slice(0, 9))}`,
        chunked(body.slice(9)),
        '0\r\n\r\n',
      ],
      [`${head}Content-Length: ${large.length}\r\n\r\n${large}`],
      [`${head}Content-Length: 0\r\n\r\n`],
    ];
    for (const parts of requests) {
      const socket = connect(port, '127.0.0.1');
      for (const part of parts) {
        socket.write(part);
        await new Promise((resolve) => setImmediate(resolve));
      }
      await once(socket.resume(), 'close');
    }
    expect(seen).to.deep.equal([...Array(4).fill(['paris', body]), [undefined, large], [undefined, '']]);
    server.close();
  });
});

describe('the ids of a cell with a name', () => {
  it('begin with it, and lead to their things', async () => {
    const server = createTestServer({ ids: idsOfCell('berlin', createTestIds()) });
    const post = async (url: string, form: Record<string, string>): Promise<Record<string, string>> =>
      (await server.send('POST', url, { form })).json as Record<string, string>;
    const service = (await post('/genesys/1/service/request-chat', {}))._id!;
    const chat = (await post(`/genesys/1/service/${service}/ixn/chat`, { subject: 'shoes' })).chatSessionId!;
    const area = (await post('/genesys/1/storage/600', { colour: 'red' })).id!;
    const call = (await server.send('GET', '/urs/call/start?VQ_TARGET=Billing@S.GA&VQ=VQ')).json as {
      conn_id: string;
    };
    expect(service).to.match(/^berlin_1-[\da-f-]{36}$/);
    expect(chat).to.match(/^berlin_[\dA-V]{16}$/);
    expect(area).to.match(/^berlin_[\da-f-]{36}$/);
    expect(call.conn_id).to.match(/^berlin_[\da-f]{16}$/);
    const urls = [
      `/genesys/1/service/${service}/storage`,
      `/agent/1/interactions/${chat}`,
      `/genesys/1/storage/${area}`,
      `/urs/call/${call.conn_id}/query`,
    ];
    for (const url of urls) expect((await server.send('GET', url)).status, url).to.equal(200);
    await server.orsay.close();
  });
});

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect } from 'chai';
import { MAX_IDEMPOTENCY_KEY } from '../../server/middleware/idempotencyKey.ts';
import { createTestServer, type TestServer } from '../support/testServer.ts';

const PAGE = readFileSync(resolve(import.meta.dirname, '../../docs/reference/http.md'), 'utf8');

interface Row {
  readonly methods: readonly string[];
  readonly path: string;
  readonly audience: string;
  readonly repeated: string;
}

/** The table of routes, each method on its own. */
const ROWS: readonly Row[] = [
  ...PAGE.matchAll(/^\| `([A-Z ]+) (\/\S*)` *\| (\w+) *\|[^|]*\| ([a-z, ]+?) *\|$/gm),
].map(([, methods = '', path = '', audience = '', repeated = '']) => ({
  methods: methods.split(' '),
  path,
  audience,
  repeated,
}));

/** Creates things and puts their ids into paths, so that no route refuses because they do not exist. */
async function createThings(server: TestServer): Promise<(path: string) => string> {
  const post = async (url: string, form: Record<string, string>): Promise<Record<string, string>> =>
    (await server.send('POST', url, { form })).json as Record<string, string>;
  const service = (await post('/genesys/1/service/request-chat', {}))._id!;
  const chat = (await post(`/genesys/1/service/${service}/ixn/chat`, { subject: 'shoes' })).chatSessionId!;
  const area = (await post('/genesys/1/storage/600', { colour: 'red' })).id!;
  const call = (await server.send('GET', '/urs/call/start?VQ_TARGET=Billing@S.GA&VQ=VQ')).json as {
    conn_id: string;
  };
  const values: readonly (readonly [RegExp, string])[] = [
    [/^(\/genesys\/1\/service\/):(?:serviceId|id)\b/, service],
    [/^(\/agent\/1\/interactions\/):id\b/, chat],
    [/^(\/genesys\/1\/storage\/):id\b/, area],
    [/^(\/urs\/call\/):id\b/, call.conn_id],
    [/^(\/genesys\/1\/service\/callback\/):name\b/, 'chat-delay'],
    [/^(\/genesys\/1\/service\/):service\b/, 'hello'],
  ];
  return (path) =>
    values
      .reduce((url, [place, value]) => url.replace(place, `$1${value}`), path)
      .replace(/[:*](\w+)/g, 'some$1');
}

describe('the table of routes in docs/reference/http.md', () => {
  it('has every route of the server with its audience, and no other', async () => {
    const listed = ROWS.flatMap(({ methods, path, audience }) =>
      methods.map((method) => `${method} ${path} ${audience}`),
    );
    const { orsay } = createTestServer();
    const present = orsay.routes.map(({ method, path, audience }) => `${method} ${path} ${audience}`);
    expect(listed.sort()).to.deep.equal(present.sort());
    await orsay.close();
  });

  it('has the repetition of each route', () => {
    expect(new Set(ROWS.map(({ repeated }) => repeated))).to.deep.equal(
      new Set(['reads', 'key', 'nature', 'nature, key']),
    );
  });

  it('marks the routes that take an Idempotency-Key: only they refuse one that is too long', async () => {
    const server = createTestServer();
    const urlOf = await createThings(server);
    const key = 'k'.repeat(MAX_IDEMPOTENCY_KEY + 1);
    for (const { methods, path, repeated } of ROWS) {
      // A stream, which takes no key.
      if (path.endsWith('/search/events')) continue;
      for (const method of methods) {
        const isJson = path.startsWith('/genesys/1/notification');
        const fields = { message: 'hello', subject: 'shoes', agentId: 'kate', VQ: 'VQ', VQ_TARGET: 'A@S.GA' };
        const event = { tag: 'news', filter: 'news', subscriberId: 'me' };
        const src = 'http://orsay.test/genesys/1/document/service_template/hello/hello.scxml';
        const { status, text } = await server.send(method, urlOf(path), {
          ...(isJson && {
            json: { ...event, notificationDetails: { type: 'comet', deviceId: 'anna' } },
          }),
          ...(!isJson && method === 'POST' && { form: path.endsWith('/start') ? { src } : fields }),
          headers: { 'idempotency-key': key, gms_user: 'anna' },
        });
        const refused = status === 400 && text.includes('MAX_IDEMPOTENCY_KEY');
        expect(refused, `${method} ${path} answered ${status} ${text.slice(0, 200)}`).to.equal(
          repeated.includes('key'),
        );
      }
    }
    await server.orsay.close();
  });
});

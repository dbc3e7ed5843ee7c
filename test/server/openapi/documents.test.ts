import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Validator } from '@seriousme/openapi-schema-validator';
import { expect } from 'chai';
import { CONSOLE_API_FILE, consoleApiText } from '../../../scripts/consoleApi.ts';
import { WIRE_ERRORS } from '../../../server/errors/wireErrors.ts';
import { hashPassword } from '../../../server/identity/passwordHash.ts';
import type { Part } from '../../../server/openapi/jsonSchema.ts';
import { parametersOf } from '../../../server/openapi/templates.ts';
import { API_DESCRIPTIONS } from '../../../server/process/apiDescriptions.ts';
import { startOrsay } from '../../support/orsay.ts';
import { createTestServer, type TestServer } from '../../support/testServer.ts';

type Operations = Readonly<Record<string, Readonly<Record<string, Part>>>>;

const PAGE = readFileSync(resolve(import.meta.dirname, '../../../docs/reference/http.md'), 'utf8');
const DESCRIBED = API_DESCRIPTIONS.flatMap(({ operations }) => Object.entries(operations));

function audiencesOf(document: Part): readonly unknown[] {
  const operations = Object.values(document.paths as Operations).flatMap((item) => Object.values(item));
  return [...new Set(operations.map(({ 'x-audience': audience }) => audience))].sort();
}

describe('the OpenAPI document', () => {
  let server: TestServer;
  let document: Part;

  before(async () => {
    server = createTestServer();
    document = (await server.send('GET', '/openapi.json')).json as Part;
  });
  after(() => server.orsay.close());

  it('describes every route of the server, and no other', () => {
    const routes = server.orsay.routes.map(({ method, path }) => `${method} ${path}`);
    const described = DESCRIBED.map(([key]) => key);
    expect(
      described.filter((key, at) => described.indexOf(key) !== at || !routes.includes(key)),
    ).to.deep.equal([]);
    expect(routes.filter((key) => !described.includes(key))).to.deep.equal([]);
    const operations = Object.values(document.paths as Operations).flatMap((item) => Object.keys(item));
    expect(operations).to.have.length(described.length);
  });

  it('is valid OpenAPI 3.1', async () => {
    const { valid, errors } = await new Validator().validate(structuredClone(document));
    expect(errors ?? []).to.deep.equal([]);
    expect(valid).to.equal(true);
  });

  it('has the version of the package and the URL of the server', () => {
    expect(document.info).to.include({ title: 'Orsay', version: '0.1.0' });
    expect(document.servers).to.deep.equal([{ url: 'http://orsay.test' }]);
  });

  it('names only parameters that the path of their route has', () => {
    const wrong = DESCRIBED.flatMap(([key, { path = {} }]) =>
      Object.keys(path)
        .filter((name) => !parametersOf(key).includes(name))
        .map((name) => `${key}: ${name}`),
    );
    expect(wrong).to.deep.equal([]);
  });

  it('says the same about the repetition of a request as docs/reference/http.md', () => {
    const rows = [...PAGE.matchAll(/^\| `([A-Z ]+) (\/\S*)` *\|[^|]*\|[^|]*\| ([a-z, ]+?) *\|$/gm)];
    const onPage = new Map(
      rows.flatMap(([, methods = '', path = '', repeated = '']) =>
        methods.split(' ').map((method): [string, string] => [`${method} ${path}`, repeated]),
      ),
    );
    const wrong = DESCRIBED.filter(([key, { repeated }]) => onPage.get(key) !== repeated);
    expect(
      wrong.map(([key, { repeated }]) => `${key}: ${repeated}, on the page ${onPage.get(key)}`),
    ).to.deep.equal([]);
  });

  it('gives each operation an id of its own', () => {
    const ids = Object.values(document.paths as Operations).flatMap((item) =>
      Object.values(item).map(({ operationId }) => operationId),
    );
    expect(ids.filter((id, at) => ids.indexOf(id) !== at)).to.deep.equal([]);
  });

  it('has the schema of every error of the server', () => {
    const { schemas } = document.components as { readonly schemas: Part };
    const codes = Object.keys(schemas).flatMap((name) => (name.startsWith('Error_') ? [name.slice(6)] : []));
    expect(codes.sort()).to.deep.equal(Object.keys(WIRE_ERRORS).sort());
  });

  it('carries the values of each example where tools look for them, under one name', () => {
    const texts = JSON.stringify(document);
    const lost = DESCRIBED.flatMap(([key, { examples = {} }]) =>
      Object.entries(examples).flatMap(([name, { body, reply }]) =>
        [body, reply.body]
          .filter((value) => value !== undefined && !texts.includes(`"value":${JSON.stringify(value)}`))
          .map((value) => `${key} ${name}: ${JSON.stringify(value)}`),
      ),
    );
    expect(lost).to.deep.equal([]);
  });
});

describe('the types of the console', () => {
  it('are as `npm run console:api` writes them', () => {
    expect(readFileSync(CONSOLE_API_FILE, 'utf8')).to.equal(consoleApiText());
  }).timeout(20_000);
});

describe('the routes of the OpenAPI document', () => {
  const EVERY = ['administrator', 'agent', 'customer', 'everybody', 'platform'];

  async function served(authorization?: string): Promise<Response> {
    const headers = authorization === undefined ? {} : { authorization };
    return fetch(`${url}/openapi.json`, { headers });
  }
  const basic = (user: string, password = 'secret-1'): string =>
    `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

  let orsay: Awaited<ReturnType<typeof startOrsay>>;
  let url: string;
  afterEach(() => orsay.close());

  it('are those of the audiences of the listener', async () => {
    orsay = await startOrsay();
    for (const audiences of [['customer'], ['agent', 'platform'], ['administrator']] as const) {
      const [own] = await orsay.listenOn([{ address: '127.0.0.1', port: 0, audiences }]);
      const found = (await (await fetch(`${own}/openapi.json`)).json()) as Part;
      expect(audiencesOf(found)).to.deep.equal([...audiences, 'everybody'].sort());
    }
  });

  it('are those that the user may use, and wrong credentials are refused', async () => {
    const passwordHash = await hashPassword('secret-1');
    orsay = await startOrsay({
      change(config) {
        config.users = {
          alice: { role: 'administrator', passwordHash },
          kate: { role: 'agent', agentId: 'kate', passwordHash },
          vera: { role: 'viewer', passwordHash },
        };
      },
    });
    url = orsay.base;
    const seen = async (authorization?: string): Promise<unknown> => {
      const reply = await served(authorization);
      return reply.status === 200 ? audiencesOf((await reply.json()) as Part) : reply.status;
    };
    expect(await seen()).to.deep.equal(['customer', 'everybody']);
    expect(await seen(basic('alice'))).to.deep.equal(EVERY);
    expect(await seen(basic('kate'))).to.deep.equal(['agent', 'everybody']);
    expect(await seen(basic('vera'))).to.deep.equal(['administrator', 'agent', 'everybody']);
    const refused = await served(basic('alice', 'wrong'));
    expect(refused.status).to.equal(401);
    expect(refused.headers.get('www-authenticate')).to.equal('Basic realm="orsay", charset="UTF-8"');
  });
});

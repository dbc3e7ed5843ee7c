import { expect } from 'chai';
import { drain } from '../support/drain.ts';
import { createTestServer, type TestReply, type TestServer } from '../support/testServer.ts';
import { orsDocument, writeDocuments } from '../support/writeDocuments.ts';

/** Names of properties that every object inherits, and the ones that change its prototype. */
const INHERITED = ['constructor', 'hasOwnProperty', '__proto__'];
const HALF = '\ud83d';
const SRC = 'http://orsay.test/genesys/1/document/service_template/hello/hello.scxml';

/** Fields that let a request pass the first checks of its route. */
const FIELDS = {
  message: 'hello',
  subject: 'shoes',
  agentId: 'kate',
  VQ: 'VQ',
  VQ_TARGET: 'A@S.GA',
  _customer_number: '5551234',
  firstName: 'Ann',
  tag: 'news',
  filter: 'news',
  subscriberId: 'me',
  src: SRC,
};
const DETAILS = { type: 'comet', deviceId: 'anna' };

type Content = NonNullable<Parameters<TestServer['send']>[2]>;

/** Requests that once made a route fail, or could: a name, and the content for any route. */
const HOSTILE: readonly (readonly [string, (method: string) => Content & { readonly query?: string }])[] = [
  ...INHERITED.flatMap((name): (readonly [string, () => Content & { query?: string }])[] => [
    [`a JSON field '${name}'`, () => ({ json: JSON.parse(`{${JSON.stringify(name)}:"x"}`) })],
    [
      `a JSON field '${name}' beside good ones`,
      () => ({
        body: `${JSON.stringify({ ...FIELDS, notificationDetails: DETAILS }).slice(0, -1)},"${name}":{"${name}":1}}`,
        headers: { 'content-type': 'application/json' },
      }),
    ],
    [`a form field '${name}'`, () => ({ form: { ...FIELDS, [name]: 'x' } })],
    [`a query field '${name}'`, () => ({ query: `${name}=x&${name}=y` })],
    [
      `ids and names '${name}'`,
      () => ({ form: Object.fromEntries(Object.keys(FIELDS).map((key) => [key, name])) }),
    ],
  ]),
  [
    'half of a surrogate pair in every field',
    () => ({
      json: {
        ...Object.fromEntries(Object.keys(FIELDS).map((key) => [key, `x${HALF}y`])),
        notificationDetails: { type: 'comet', deviceId: HALF },
      },
    }),
  ],
  [
    'half of a surrogate pair as a name',
    () => ({ json: { ...FIELDS, [HALF]: 'x', notificationDetails: DETAILS } }),
  ],
  [
    'half of a surrogate pair deep inside',
    () => ({ json: { ...FIELDS, more: [{ deep: [HALF] }], notificationDetails: DETAILS } }),
  ],
  [
    'many targets',
    () => ({ json: { ...FIELDS, VQ_TARGET: 'A@S.A,'.repeat(149_000), _target: 'A@S.A,'.repeat(10) } }),
  ],
  [
    '200,000 items',
    () => ({
      json: { ...FIELDS, list: new Array(200_000).fill(1), _target: new Array(100_000).fill(1) },
    }),
  ],
  [
    'headers with the name of a property',
    () => ({ headers: { gms_user: 'constructor', 'idempotency-key': 'toString' } }),
  ],
];

/** Creates things and puts their ids into paths, so that no route refuses because they do not exist. */
async function createThings(server: TestServer): Promise<(path: string) => string> {
  const post = async (url: string, form: Record<string, string>): Promise<Record<string, string>> =>
    (await server.send('POST', url, { form })).json as Record<string, string>;
  const service = (await post('/genesys/1/service/request-chat', {}))._id!;
  const chat = (await post(`/genesys/1/service/${service}/ixn/chat`, { subject: 'shoes' })).chatSessionId!;
  const area = (await post('/genesys/1/storage/600', { colour: 'red' })).id!;
  const session = (await post('/scxml/session/start', { src: SRC }))._id!;
  const values: readonly (readonly [RegExp, string])[] = [
    [/^(\/genesys\/1\/service\/):(?:serviceId|id)\b/, service],
    [/^(\/agent\/1\/interactions\/):id\b/, chat],
    [/^(\/genesys\/1\/storage\/):id\b/, area],
    [/^(\/genesys\/1\/storage\/):ttl\b/, '600'],
    [/:ttl\b/, '600'],
    [/^(\/scxml\/session\/):sid\b/, session],
    [/^(\/genesys\/1\/service\/callback\/):name\b/, 'chat-delay'],
    [/^(\/genesys\/1\/service\/):service\b/, 'hello'],
  ];
  return (path) =>
    values
      .reduce((url, [place, value]) => url.replace(place, `$1${value}`.replace('$1600', '600')), path)
      .replace('{/*path}', '')
      .replace(/[:*](\w+)/g, 'some$1');
}

/** Paths whose ids are no UTF-8, or no text at all. */
const BAD_IDS = ['%ED%A0%BD', '%E0%A4%A', '%', '%00', '%2e%2e', 'constructor', '__proto__', '%F0%9F%98%80'];

describe('Hostile input', () => {
  let server: TestServer;
  let urlOf: (path: string) => string;

  before(async () => {
    server = createTestServer();
    urlOf = await createThings(server);
  });

  after(() => server.orsay.close());

  /** A session may not answer at all; then its time has to pass. */
  async function answered(replying: Promise<TestReply>): Promise<TestReply> {
    let isOver = false;
    void replying.finally(() => {
      isOver = true;
    });
    for (let turn = 0; !isOver; turn++) {
      if (turn > 0 && turn % 100 === 0) await server.advance(31_000);
      await drain();
    }
    return replying;
  }

  for (const [what, contentOf] of HOSTILE) {
    it(`with ${what} is never a fault of the server, on any route`, async () => {
      const faults: string[] = [];
      for (const { method, path } of server.orsay.routes) {
        // It answers with a stream that does not end.
        if (path.endsWith('/events')) continue;
        const { query, ...content } = contentOf(method);
        const url = `${urlOf(path)}${query === undefined ? '' : `?${query}`}`;
        const reply = await answered(server.send(method, url, content));
        if (reply.status === 500) faults.push(`${method} ${urlOf(path)}`);
      }
      expect(faults).to.deep.equal([]);
    });
  }

  for (const id of BAD_IDS) {
    it(`with the id '${id}' in a path is never a fault of the server`, async () => {
      const faults: string[] = [];
      for (const { method, path } of server.orsay.routes) {
        if (path.endsWith('/events')) continue;
        const url = path.replace('{/*path}', '').replace(/[:*]\w+/g, id);
        const { status } = await answered(server.send(method, url, method === 'GET' ? {} : { form: FIELDS }));
        if (status === 500) faults.push(`${method} ${url}`);
      }
      expect(faults).to.deep.equal([]);
    });
  }

  it('with half of a surrogate pair is refused with the text, on HTTP and on CometD', async () => {
    const text = '{"_customer_number":"a\\ud83d"}';
    const { status, json } = await server.send('POST', '/genesys/1/service/callback/chat-delay', {
      body: text,
      headers: { 'content-type': 'application/json' },
    });
    expect({ status, json }).to.deep.equal({
      status: 400,
      json: {
        message: 'Expected Unicode text in the body, got half of a surrogate pair in "a\\ud83d".',
        exception: 'orsay.BadRequestException',
        code: 'BODY_MALFORMED',
      },
    });
    const handshake = [{ channel: '/meta/handshake', version: '1.0', ext: { gms_user: HALF } }];
    const comet = await server.send('POST', '/genesys/cometd', { json: handshake });
    expect(comet.status).to.equal(400);
    const whole = await server.send('POST', '/genesys/1/storage/600', { json: { smile: '\ud83d\ude00' } });
    expect(whole.status).to.equal(200);
  });

  it('as the level of a <log> is written, and the session continues', async () => {
    const levels = ['constructor', 'toString', '__proto__', '9', '2'];
    const logging = createTestServer({
      documents: writeDocuments({
        'w/w.scxml': orsDocument(
          `<state id="a"><onentry>${levels.map((level) => `<log level="${level}" expr="'at ${level}'"/>`).join('')}</onentry></state>`,
          'initial="a"',
        ),
      }),
    });
    const src = 'http://orsay.test/genesys/1/document/service_template/w/w.scxml';
    const { status } = await logging.send('POST', '/scxml/session/start', { form: { src } });
    expect(status).to.equal(200);
    const written = logging.lines.filter(({ message }) => message.startsWith('at '));
    expect(written.map(({ level, message }) => [level, message])).to.deep.equal(
      levels.map((level) => [level === '2' ? 'error' : 'info', `at ${level}`]),
    );
    await logging.orsay.close();
  });
});

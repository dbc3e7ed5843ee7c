import { expect } from 'chai';
import { drain } from './drain.ts';
import type { STORES, StorePlace } from './eachStore.ts';
import { sampleOf } from './runLength.ts';
import { createTestServer, type TestReply, type TestServer } from './testServer.ts';

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
/** Parameters of lists and searches. */
const QUERY = [
  '_customer_number',
  'after',
  'before',
  'since',
  'until',
  'who',
  'object',
  'action',
  'limit',
  'status',
  'document',
  'key',
  'value',
  'gms_user',
  'fields',
  'operand',
  'transcriptPosition',
  'aqt',
  'id',
  'filter',
];
const DETAILS = { type: 'comet', deviceId: 'anna' };

type Content = NonNullable<Parameters<TestServer['send']>[2]>;

/** Longer than any key of a store, in characters of one and of four bytes. */
const LONG = ['x'.repeat(5_000), '\u{1d11e}'.repeat(1_000), `a\u0000${'\uffff'.repeat(700)}`];
const WRONG_TYPES: readonly unknown[] = [null, 5, true, ['a'], { a: 1 }, { toString: 1, valueOf: 1 }];

/** A name for text in the name of a test. */
function shown(text: string): string {
  return text.length <= 20 ? text : `${text.slice(0, 2)}… of ${text.length}`.replace('\u0000', 'NUL');
}

/** Refused downloads of Chat V2 have a documented 500 page with a reference id. */
function isFault({ status, text }: Pick<TestReply, 'status' | 'text'>): boolean {
  return status === 500 && !text.includes('referenceId[');
}

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
  ...LONG.flatMap((text): (readonly [string, () => Content & { query?: string }])[] => [
    [
      `${shown(text)} in every field`,
      () => ({
        json: {
          ...Object.fromEntries(Object.keys(FIELDS).map((key) => [key, text])),
          notificationDetails: { type: 'comet', deviceId: text },
        },
      }),
    ],
    [`${shown(text)} in every field of a form`, () => ({ form: { ...FIELDS, [text]: text } })],
    [
      `${shown(text)} in every parameter of a query`,
      () => ({ query: QUERY.map((name) => `${name}=${encodeURIComponent(text)}`).join('&') }),
    ],
  ]),
  ...WRONG_TYPES.map((value): readonly [string, () => Content] => [
    `${JSON.stringify(value)} in every field`,
    () => ({
      json: {
        ...Object.fromEntries(Object.keys(FIELDS).map((key) => [key, value])),
        notificationDetails: value,
      },
    }),
  ]),
  [
    'long headers',
    () => ({ headers: { gms_user: 'x'.repeat(256), 'idempotency-key': '\u00ff'.repeat(256) } }),
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
const BAD_IDS = [
  '%ED%A0%BD',
  '%E0%A4%A',
  '%',
  '%00',
  '%2e%2e',
  'constructor',
  '__proto__',
  '%F0%9F%98%80',
  ...LONG.map(encodeURIComponent),
];

/** Tests that no request of a table is a fault of a server on this store, and that it serves others then. */
export function describeHostileInput({ name: storeName, make }: (typeof STORES)[number]): void {
  describe(`Hostile input, with the ${storeName}`, () => {
    let place: StorePlace;
    let server: TestServer;
    let urlOf: (path: string) => string;

    before(async () => {
      place = await make();
      server = createTestServer({ store: place.open() });
      urlOf = await createThings(server);
    });

    after(async () => {
      await server.orsay.close();
      await place.remove();
    });

    /** A fault of the store ends all writes, so others would notice. */
    afterEach(async () => {
      const reply = await server.send('POST', '/genesys/1/storage/600', { form: { colour: 'red' } });
      expect(reply.status, reply.text).to.equal(200);
    });

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

    for (const [what, contentOf] of sampleOf(HOSTILE, 8)) {
      it(`with ${what} is never a fault of the server, on any route`, async () => {
        const faults: string[] = [];
        for (const { method, path } of server.orsay.routes) {
          // It answers with a stream that does not end.
          if (path.endsWith('/events')) continue;
          const { query, ...content } = contentOf(method);
          const url = `${urlOf(path)}${query === undefined ? '' : `?${query}`}`;
          const reply = await answered(server.send(method, url, content));
          if (isFault(reply)) faults.push(`${method} ${urlOf(path)}`);
        }
        expect(faults).to.deep.equal([]);
      });
    }

    for (const text of sampleOf(LONG, 3)) {
      it(`with ${shown(text)} in one parameter of a query is never a fault of the server, on any route`, async () => {
        const faults: string[] = [];
        const names = sampleOf(QUERY, 3);
        for (const { method, path } of server.orsay.routes) {
          if (method !== 'GET' || path.endsWith('/events')) continue;
          for (const name of names) {
            const url = `${urlOf(path)}?${name}=${encodeURIComponent(text)}`;
            const reply = await answered(server.send(method, url));
            if (isFault(reply)) faults.push(`${method} ${urlOf(path)} ${name}`);
          }
        }
        expect(faults).to.deep.equal([]);
      });
    }

    for (const id of sampleOf(BAD_IDS, 4)) {
      it(`with the id '${shown(id)}' in a path is never a fault of the server`, async () => {
        const faults: string[] = [];
        for (const { method, path } of server.orsay.routes) {
          if (path.endsWith('/events')) continue;
          const url = path.replace('{/*path}', '').replace(/[:*]\w+/g, id);
          const reply = await answered(server.send(method, url, method === 'GET' ? {} : { form: FIELDS }));
          if (isFault(reply)) faults.push(`${method} ${url}`);
        }
        expect(faults).to.deep.equal([]);
      });
    }
  });
}

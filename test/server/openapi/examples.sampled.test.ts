import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { expect } from 'chai';
import type { Part } from '../../../server/openapi/jsonSchema.ts';
import type { Example, Operation } from '../../../server/openapi/operation.ts';
import { API_DESCRIPTIONS } from '../../../server/process/apiDescriptions.ts';
import { sampleOf } from '../../support/runLength.ts';
import { createTestServer, type TestReply, type TestServer } from '../../support/testServer.ts';
import { ARRANGEMENTS } from './arrangements/all.ts';
import type { Arrangement } from './arrangements/arrangement.ts';
import { replaced, sendExample } from './exampleRequest.ts';
import { differencesOf } from './shape.ts';
import { eventsIn, STREAM_TYPE } from './streams.ts';

interface Sent {
  readonly key: string;
  readonly name: string;
  readonly operation: Operation;
  readonly example: Example;
}

const EXAMPLES: readonly Sent[] = API_DESCRIPTIONS.flatMap(({ operations }) =>
  Object.entries(operations).flatMap(([key, operation]) =>
    Object.entries(operation.examples ?? {}).map(([name, example]) => ({ key, name, operation, example })),
  ),
);

describe('an example of the OpenAPI document', () => {
  let ajv: Ajv2020;
  let document: Part;
  /** For the examples that need no arrangement. */
  let plain: TestServer;

  before(async () => {
    plain = createTestServer();
    document = (await plain.send('GET', '/openapi.json')).json as Part;
    ajv = new Ajv2020({ strict: false, allErrors: true });
    (addFormats as unknown as (ajv: Ajv2020) => void)(ajv);
    ajv.addSchema(document, 'openapi');
  });
  after(() => plain.orsay.close());

  /** The server of an example, in the state that it needs. */
  async function serverOf(arrangement: Arrangement | undefined): Promise<TestServer> {
    if (arrangement === undefined) return plain;
    const { arrange: _, headers: __, open, ...options } = arrangement;
    return (await open?.()) ?? createTestServer(options);
  }

  /** The operation of a route in the document. */
  function partOf(key: string): Part {
    const [method = '', path = ''] = key.split(' ');
    const words = path.match(/[A-Za-z0-9]+/g) ?? [];
    const id =
      method.toLowerCase() + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
    const items = Object.values(document.paths as Record<string, Record<string, Part>>);
    return items.flatMap((item) => Object.values(item)).find(({ operationId }) => operationId === id)!;
  }

  function problemsOf(schema: Part, value: unknown): readonly string[] {
    const text = JSON.stringify(schema).replaceAll('"#/components/', '"openapi#/components/');
    const validate = ajv.compile(JSON.parse(text) as Part);
    if (validate(value)) return [];
    return (validate.errors ?? []).map(
      ({ instancePath, message, params }) =>
        `${instancePath || 'the body'} ${message} ${JSON.stringify(params)}`,
    );
  }

  /** The schema of a reply; undefined: the document has no body for this status and type. */
  function schemaOf(key: string, { status, headers }: TestReply): Part | undefined {
    const replies = partOf(key).responses as Record<string, { readonly content?: Record<string, Part> }>;
    const content = replies[String(status)]?.content ?? {};
    const type = (headers['content-type'] ?? '').split(';')[0]!;
    return (content[type] ?? content['*/*'])?.schema as Part | undefined;
  }

  for (const { key, name, operation, example } of sampleOf(EXAMPLES, 6)) {
    it(`of ${key}, ${name}, is sent and gets its reply`, async () => {
      const arrangement = ARRANGEMENTS[`${key} ${name}`];
      const { arrange, headers } = arrangement ?? {};
      const [method = '', path = ''] = key.split(' ');
      const server = await serverOf(arrangement);
      const replacements = (await arrange?.(server)) ?? {};
      const sent = { ...example, headers: { ...example.headers, ...headers } };
      const reply = await sendExample(server, { method, path }, { operation, example: sent, replacements });
      if (server !== plain) await server.orsay.close();

      expect(reply.status, reply.text.slice(0, 500)).to.equal(example.reply.status);
      const expected = replaced(example.reply.body, replacements);
      if (reply.text !== '') {
        const schema = schemaOf(key, reply);
        expect(schema, `${key} ${reply.status} ${reply.headers['content-type']}`).not.to.equal(undefined);
        expect(problemsOf(schema!, reply.json ?? reply.text)).to.deep.equal([]);
        if (example.reply.body !== undefined) {
          expect(problemsOf(schema!, example.reply.body), 'the printed reply').to.deep.equal([]);
        }
      }
      if (expected === undefined) return;
      if (reply.headers['content-type']?.startsWith(STREAM_TYPE)) {
        expect(differencesOf(eventsIn(String(expected)), eventsIn(reply.text))).to.deep.equal([]);
        return;
      }
      expect(differencesOf(expected, reply.json ?? reply.text)).to.deep.equal([]);
    });

    it(`of ${key}, ${name}, has a body as its schema says`, () => {
      // A refused request may be against its schema.
      if (example.body === undefined || example.reply.status >= 400) return;
      const { content } = partOf(key).requestBody as { readonly content: Record<string, Part> };
      const type = example.type ?? Object.keys(content)[0]!;
      expect(problemsOf(content[type]!.schema as Part, example.body)).to.deep.equal([]);
    });
  }

  it('has a route for each arrangement', () => {
    const known = new Set(EXAMPLES.map(({ key, name }) => `${key} ${name}`));
    expect(Object.keys(ARRANGEMENTS).filter((key) => !known.has(key))).to.deep.equal([]);
  });
});

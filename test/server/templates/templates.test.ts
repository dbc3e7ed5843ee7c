import { expect } from 'chai';
import { ZipFile } from 'yazl';
import { readZip, TEMPLATE_LIMITS } from '../../../server/templates/readZip.ts';
import { BASE, createTestServer, type TestReply, type TestServer } from '../../support/testServer.ts';
import { orsDocument } from '../../support/writeDocuments.ts';

const ROOT = '/genesys/1/admin/templates';
const ZIP = { 'content-type': 'application/zip' };

/** A document that answers `start` with a word, taken from an included script. */
function greeting(word: string): Record<string, string> {
  return {
    'src/greet.scxml': orsDocument(
      `<script><xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="lib/word.js" parse="text"/></script>
       <state id="s"><transition event="start">
         <ws:response requestid="_event.sendid"><param name="word" expr="theWord()"/></ws:response>
       </transition></state>`,
      'initial="s"',
    ),
    'src/lib/word.js': `function theWord() { return '${word}'; }`,
  };
}

async function zipOf(
  files: Readonly<Record<string, string | Buffer>>,
  options: (path: string) => { mode?: number; compress?: boolean } = () => ({}),
): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [path, content] of Object.entries(files)) {
    zip.addBuffer(Buffer.from(content), path, options(path));
  }
  zip.end();
  const chunks: Buffer[] = [];
  for await (const chunk of zip.outputStream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** yazl writes no hostile names: they are put in afterwards, at the same length. */
function renamed(zip: Buffer, from: string, to: string): Buffer {
  expect(from.length).to.equal(to.length);
  return Buffer.from(zip.toString('latin1').replaceAll(from, to), 'latin1');
}

describe('service templates', () => {
  let server: TestServer;

  beforeEach(() => {
    server = createTestServer({
      config: (config) => ({
        ...config,
        services: { ...config.services, greet: { _type: 'ors', _service: 'greet', _ttl: '60' } },
      }),
    });
  });
  afterEach(() => server.orsay.close());

  const put = (
    name: string,
    body: Buffer | string,
    headers: Record<string, string> = ZIP,
  ): Promise<TestReply> => server.send('PUT', `${ROOT}/${name}`, { body, headers });
  const word = async (): Promise<unknown> => {
    const reply = await server.send('POST', '/genesys/1/service/greet');
    return (reply.json as { word?: string; code?: string }).word ?? (reply.json as { code?: string }).code;
  };

  it('are used at once, served under their name, and run by the services that name them', async () => {
    expect(await word()).to.equal('SERVICE_MISCONFIGURED');
    const reply = await put('greet', await zipOf(greeting('hello')));
    expect(reply.status, reply.text).to.equal(200);
    expect(reply.json).to.deep.include({
      name: 'greet',
      origin: 'uploaded',
      files: ['src/greet.scxml', 'src/lib/word.js'],
      uploadedAt: '2026-01-05T09:00:00.000Z',
    });
    expect(await word()).to.equal('hello');
    const file = await server.send('GET', '/genesys/1/document/service_template/greet/src/lib/word.js');
    expect(file.text).to.equal(greeting('hello')['src/lib/word.js']);
    const list = (await server.send('GET', ROOT)).json as { name: string; origin: string }[];
    expect(list.map(({ name, origin }) => [name, origin])).to.deep.equal([
      ['callback', 'installed'],
      ['greet', 'uploaded'],
      ['hello', 'installed'],
    ]);
  });

  it('switch to the new version for new sessions, and keep the files of the old one', async () => {
    await put('greet', await zipOf(greeting('one')));
    const first = (await server.send('GET', `${ROOT}/greet`)).json as { version: string };
    await put('greet', await zipOf(greeting('two')));
    expect(await word()).to.equal('two');
    const old = await server.send(
      'GET',
      `/genesys/1/document/service_template/greet~${first.version}/src/lib/word.js`,
    );
    expect(old.text).to.contain("'one'");
  });

  it('may be a single document', async () => {
    const document = orsDocument(
      `<state id="s"><transition event="start">
         <ws:response requestid="_event.sendid"><param name="word" expr="'single'"/></ws:response>
       </transition></state>`,
      'initial="s"',
    );
    for (const type of ['application/xml', 'application/scxml+xml', 'text/xml', 'application/octet-stream']) {
      expect((await put('greet', document, { 'content-type': type })).status, type).to.equal(200);
    }
    expect(await word()).to.equal('single');
  });

  it('are refused while a scenario of theirs fails, unless the request says that they are not played', async () => {
    const scenario = (word: string): string =>
      `scenario: 1\ndocument: greet.scxml\nsteps: [start, { request: start, reply: { body: { word: ${word} } } }]\n`;
    const files = async (word: string): Promise<Buffer> =>
      zipOf({ ...greeting('good'), 'src/greet.scenario.yaml': scenario(word) });
    const refused = await put('greet', await files('bad'));
    const { code, message, scenarios, failed, problems } = refused.json as Record<string, unknown>;
    expect({ status: refused.status, code, scenarios, failed }).to.deep.equal({
      status: 400,
      code: 'SCENARIOS_FAILED',
      scenarios: 1,
      failed: 1,
    });
    expect(message).to.match(
      /^1 of 1 scenarios failed; \?tests=false uploads the template nevertheless\.\nsrc\/greet\.scenario\.yaml:3:\d+: SCENARIO_FAILED: /,
    );
    expect((problems as object[])[0]).to.deep.include({
      expected: { word: 'bad' },
      actual: { word: 'good' },
    });
    expect(await word()).to.equal('SERVICE_MISCONFIGURED');
    expect((await put('greet', await files('good'))).status).to.equal(200);
    expect((await put('greet?tests=false', await files('bad'))).status).to.equal(200);
  });

  it('are refused with every problem of every document at once, and the old version stays', async () => {
    await put('greet', await zipOf(greeting('good')));
    const reply = await put(
      'greet',
      await zipOf({
        'src/greet.scxml': orsDocument(
          '<state id="s"><transition event="a" target="nowhere"/></state>\n<state id="s"/>',
        ),
        'other.scxml': orsDocument(
          '<script><xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="../none.js" parse="text"/></script><state id="a"/>',
        ),
        'broken.scxml': '<scxml><state></scxml>',
      }),
    );
    expect(reply.status).to.equal(400);
    const { code, problems, message } = reply.json as {
      code: string;
      message: string;
      problems: { file: string; line: number; column: number }[];
    };
    expect(code).to.equal('TEMPLATE_REFUSED');
    expect(new Set(problems.map(({ file }) => file))).to.deep.equal(
      new Set(['src/greet.scxml', 'other.scxml', 'broken.scxml']),
    );
    for (const problem of problems) {
      expect(problem).to.include.keys('file', 'line', 'column', 'code', 'message');
    }
    expect(message).to.match(/^src\/greet\.scxml:\d+:\d+: /m);
    expect(await word()).to.equal('good');
  });

  it('refuse an upload that is not a template', async () => {
    const cases: readonly [string, Promise<TestReply>, number, string][] = [
      ['empty body', put('x', ''), 400, 'BODY_MALFORMED'],
      ['neither zip nor xml', put('x', 'hello'), 415, 'BODY_TYPE_UNSUPPORTED'],
      ['a zip without a document', put('x', await zipOf({ 'a.txt': 'a' })), 400, 'TEMPLATE_REFUSED'],
      ['a zip cut short', put('x', (await zipOf(greeting('a'))).subarray(0, 300)), 400, 'TEMPLATE_REFUSED'],
      ['a name with a dot', put('a.b', await zipOf(greeting('a'))), 400, 'PARAMETER_INVALID'],
      ['a name that is a version', put('a~b', await zipOf(greeting('a'))), 400, 'PARAMETER_INVALID'],
    ];
    for (const [name, pending, status, code] of cases) {
      const reply = await pending;
      expect([reply.status, (reply.json as { code: string }).code], name).to.deep.equal([status, code]);
    }
  });

  it('refuse the entries of a hostile zip archive by name', async () => {
    const good = greeting('a');
    const encrypted = await zipOf({ ...good, 'secret.txt': 'x' });
    for (const signature of ['PK\x01\x02', 'PK\x03\x04']) {
      const at = encrypted.lastIndexOf(signature, encrypted.lastIndexOf('secret.txt'), 'latin1');
      const flags = at + (signature === 'PK\x01\x02' ? 8 : 6);
      encrypted.writeUInt16LE(encrypted.readUInt16LE(flags) | 1, flags);
    }
    const bomb = Buffer.alloc(4 * 1024 * 1024);
    const cases: readonly [string, Buffer, RegExp][] = [
      [
        'slip',
        renamed(await zipOf({ ...good, 'aa/aa/evil.txt': 'x' }), 'aa/aa/evil.txt', '../../evil.txt'),
        /evil/,
      ],
      [
        'absolute',
        renamed(await zipOf({ ...good, 'Xetc/evil.txt': 'x' }), 'Xetc/evil.txt', '/etc/evil.txt'),
        /evil/,
      ],
      [
        'backslash',
        renamed(await zipOf({ ...good, 'aa/evil.txt': 'x' }), 'aa/evil.txt', 'aa\\evil.txt'),
        /evil/,
      ],
      [
        'link',
        await zipOf({ ...good, 'link.js': '/etc/passwd' }, (path) =>
          path === 'link.js' ? { mode: 0o120777 } : {},
        ),
        /'link\.js': it is a symbolic link/,
      ],
      [
        'duplicate',
        renamed(await zipOf({ ...good, 'one.txt': '1', 'two.txt': '2' }), 'two.txt', 'one.txt'),
        /'one\.txt': it occurs twice/,
      ],
      [
        'case',
        await zipOf({ ...good, 'A.txt': '1', 'a.txt': '2' }),
        /'a\.txt': it occurs twice \(also as 'A\.txt'\)/,
      ],
      [
        'file and folder',
        await zipOf({ ...good, 'x.txt': '1', 'x.txt/y.js': '2' }),
        /'x\.txt' is a file, and also its folder/,
      ],
      ['ratio', await zipOf({ ...good, 'zeros.bin': bomb }), /'zeros\.bin': .*MAX_RATIO/],
      [
        'size',
        await zipOf({ ...good, 'big.bin': Buffer.alloc(TEMPLATE_LIMITS.MAX_FILE_BYTES + 1) }),
        /'big\.bin': .*MAX_FILE_BYTES/,
      ],
      ['encrypted', encrypted, /secret\.txt.*encrypted/],
      [
        'entries',
        await zipOf(
          Object.fromEntries(
            Array.from({ length: TEMPLATE_LIMITS.MAX_ENTRIES + 1 }, (_, at) => [`${at}.txt`, '']),
          ),
        ),
        /MAX_ENTRIES/,
      ],
    ];
    for (const [name, body, expected] of cases) {
      const reply = await put('x', body);
      expect([reply.status, (reply.json as { code: string }).code], `${name}: ${reply.text}`).to.deep.equal([
        400,
        'TEMPLATE_REFUSED',
      ]);
      expect((reply.json as { message: string }).message, name).to.match(expected);
    }
    expect((await server.send('GET', `${ROOT}/x`)).status).to.equal(404);
  });

  it('refuse a zip archive that states wrong sizes', async () => {
    const zip = await zipOf({ 'a.scxml': orsDocument(' '.repeat(5000)) });
    const central = zip.lastIndexOf('PK\x01\x02', undefined, 'latin1');
    zip.writeUInt32LE(10, central + 24);
    const reply = await put('x', zip);
    expect([reply.status, (reply.json as { code: string }).code]).to.deep.equal([400, 'TEMPLATE_REFUSED']);
    expect((reply.json as { message: string }).message).to.contain('a.scxml');
  });

  it('are removed when no service runs them; an installed template is then used again', async () => {
    await put('greet', await zipOf(greeting('a')));
    const used = await server.send('DELETE', `${ROOT}/greet`);
    expect([used.status, (used.json as { code: string }).code]).to.deep.equal([409, 'CONFLICT']);
    await put('free', await zipOf(greeting('a')));
    expect((await server.send('DELETE', `${ROOT}/free`)).status).to.equal(200);
    expect((await server.send('DELETE', `${ROOT}/free`)).status).to.equal(404);
    expect((await server.send('DELETE', `${ROOT}/callback`)).status).to.equal(409);
  });

  it('keep their versions, which can be downloaded and used again, also after they were removed', async () => {
    const versions = async (name: string) =>
      (await server.send('GET', `${ROOT}/${name}/versions`)).json as {
        version: string;
        isPresent: boolean;
        uploadedAt: string;
      }[];
    await put('greet', await zipOf(greeting('one')));
    await server.advance(1000);
    await put('greet', await zipOf(greeting('two')));
    const [second, first] = await versions('greet');
    expect([second, first].map((one) => [one?.uploadedAt, one?.isPresent])).to.deep.equal([
      ['2026-01-05T09:00:01.000Z', true],
      ['2026-01-05T09:00:00.000Z', false],
    ]);

    const back = (version: string) => server.send('POST', `${ROOT}/greet/rollback`, { json: { version } });
    const reply = await back(first!.version);
    expect([reply.status, (reply.json as { version: string }).version]).to.deep.equal([200, first!.version]);
    expect([await word(), (await versions('greet')).map(({ isPresent }) => isPresent)]).to.deep.equal([
      'one',
      [false, true],
    ]);
    expect((await back('0123456789abcdef')).json).to.include({
      code: 'TEMPLATE_NOT_FOUND',
      message: "No version '0123456789abcdef' of the template 'greet' was uploaded.",
    });
    expect((await server.send('POST', `${ROOT}/greet/rollback`)).json).to.include({
      code: 'PARAMETER_INVALID',
      message: "Expected version to be the version of an upload, got 'null'.",
    });

    const texts = async (query: string) => {
      const archive = await server.send('GET', `${ROOT}/greet/archive${query}`);
      expect([archive.status, archive.headers['content-type']]).to.deep.equal([200, 'application/zip']);
      return Object.fromEntries(
        [...(await readZip(archive.bytes))].map(([path, bytes]) => [path, `${Buffer.from(bytes)}`]),
      );
    };
    expect(await texts('')).to.deep.equal(greeting('one'));
    expect(await texts(`?version=${second!.version}`)).to.deep.equal(greeting('two'));
    expect((await server.send('GET', `${ROOT}/greet/archive?version=none`)).status).to.equal(404);

    await put('free', await zipOf(greeting('kept')));
    await server.send('DELETE', `${ROOT}/free`);
    const [kept] = await versions('free');
    expect(kept?.isPresent).to.equal(false);
    await server.send('POST', `${ROOT}/free/rollback`, { json: { version: kept!.version } });
    expect((await versions('free')).map(({ isPresent }) => isPresent)).to.deep.equal([true]);
    expect((await server.send('GET', `${ROOT}/nothing/versions`)).status).to.equal(404);
  });

  it('are removed under their sessions only with force, and the sessions go on', async () => {
    await put('free', orsDocument('<state id="s"/>', 'initial="s"'), { 'content-type': 'application/xml' });
    const url = `${BASE}/genesys/1/document/service_template/free/free.scxml`;
    const started = await server.send('POST', '/scxml/session/start', { form: { src: url } });
    expect(started.status, started.text).to.equal(200);
    expect((await server.send('DELETE', `${ROOT}/free`)).json).to.include({
      code: 'CONFLICT',
      message:
        "The template 'free' has 1 session(s). Expected ?force=true to remove it: they keep their documents.",
    });
    expect((await server.send('DELETE', `${ROOT}/free?force=true`)).status).to.equal(200);
    const { _id } = started.json as { _id: string };
    expect((await server.send('GET', `/scxml/session/${_id}/query`)).status).to.equal(200);
  });

  it('replace an installed template only by name, and give it back although services run it', async () => {
    const zip = await zipOf({ 'hello.scxml': orsDocument('<state id="mine"/>') });
    for (const query of ['', '?override=', '?override=true', '?override=callback']) {
      const reply = await put(`hello${query}`, zip);
      expect([reply.status, (reply.json as { code: string }).code], query).to.deep.equal([409, 'CONFLICT']);
    }
    const origin = async (): Promise<unknown> =>
      ((await server.send('GET', `${ROOT}/hello`)).json as { origin: string }).origin;
    expect(await origin()).to.equal('installed');

    expect((await put('hello?override=hello', zip)).status).to.equal(200);
    expect(await origin()).to.equal('uploaded');
    expect((await put('hello', zip)).status, 'a second upload').to.equal(409);

    expect((await server.send('DELETE', `${ROOT}/hello`)).status).to.equal(200);
    expect(await origin()).to.equal('installed');
  });
});

import { expect } from 'chai';
import { parseConfig } from '../../../server/process/config.ts';
import { createTestServer, type TestReply, type TestServer } from '../../support/testServer.ts';

const LISTS = {
  list: { '911': '911-?', slow: 'z(a+)+b', number: '\\+33612345678' },
  groups: { patterns_def1: { email: '[\\w.]+@[\\w.]+' }, none: {} },
};
const BOUNDARY = '----WebKitFormBoundaryTkdw0u7LG1bBGbnj';

function multipart(fields: Readonly<Record<string, string>>): {
  readonly body: string;
  readonly headers: Record<string, string>;
} {
  const parts = Object.entries(fields).map(
    ([name, value]) => `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  return {
    body: `${parts.join('')}--${BOUNDARY}--\r\n`,
    headers: { 'Content-Type': `multipart/form-data; boundary=${BOUNDARY}` },
  };
}

describe('chapter 2, the Pattern Matcher API', () => {
  let server: TestServer;

  beforeEach(() => {
    server = createTestServer({
      config: (config) => ({
        ...config,
        patterns: LISTS,
        services: {
          ...config.services,
          'match-interaction': { _type: 'builtin', _service: 'request-chat' },
          excepting: { ...config.services['chat-delay'], _exceptions: 'patterns_def1' },
        },
      }),
    });
  });
  afterEach(() => server.orsay.close());

  const post = (path: string, form: Readonly<Record<string, string>>): Promise<TestReply> =>
    server.send('POST', `/genesys/1/patterns${path}`, { form });

  it('answers the sample of the general list: the parameters that match, with the names of the patterns', async () => {
    const fields = { param1: '', param2: 'john.doe@gmail.com', param3: '911-' };
    const reply = await server.send('POST', '/genesys/1/patterns', multipart(fields));
    expect([reply.status, reply.json]).to.deep.equal([200, { param3: '911', param2: 'email' }]);
    expect(reply.headers).to.include({
      'content-type': 'application/json;charset=UTF-8',
      'cache-control': 'no-cache, no-store',
      pragma: 'no-cache',
    });
  });

  it('answers the sample of a group', async () => {
    const reply = await server.send('POST', '/genesys/1/patterns/group/patterns_def1', {
      body: 'param1=john.doe%40gmail.com&param2=blabla',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    });
    expect([reply.status, reply.text]).to.deep.equal([200, '{"param1":"email"}']);
  });

  it('answers an empty object when nothing matches', async () => {
    expect((await post('', { param1: 'blabla' })).text).to.equal('{}');
    expect((await post('', {})).text).to.equal('{}');
    expect((await post('/group/none', { param1: '911' })).text).to.equal('{}');
  });

  it('answers 403 for an unknown group', async () => {
    for (const group of ['patterns_def1s', 'constructor']) {
      const reply = await post(`/group/${group}`, { param1: 'x' });
      expect([reply.status, reply.json]).to.deep.equal([
        403,
        {
          message: `Group (${group}) unknown.`,
          exception: 'com.genesyslab.gsg.services.pattern.MatchPattern',
          code: 'PATTERN_GROUP_UNKNOWN',
        },
      ]);
    }
  });

  it('answers 403 for a service without exceptions, and uses the exceptions of another', async () => {
    const reply = await post('/group/match-interaction', { param1: 'x' });
    expect([reply.status, reply.json]).to.deep.equal([
      403,
      {
        message: 'Service (match-interaction) not configured to support exceptions.',
        exception: 'com.genesyslab.gsg.services.pattern.MatchPattern',
        code: 'EXCEPTIONS_UNSUPPORTED',
      },
    ]);
    const excepting = await post('/group/excepting', { param1: 'a@b.c' });
    expect(excepting.text).to.equal('{"param1":"email"}');
  });

  it('refuses a value that takes a pattern too long, and answers other requests meanwhile and after it', async () => {
    const [slow, quick, status] = await Promise.all([
      post('', { param1: `z${'a'.repeat(60)}` }),
      post('/group/patterns_def1', { param1: 'a@b.c' }),
      server.send('GET', '/genesys/1/admin/node/status'),
    ]);
    expect([slow.status, slow.json]).to.deep.equal([
      400,
      {
        message: "Expected every match within 100 ms; the pattern 'slow' took longer.",
        exception: 'com.genesyslab.gsg.services.pattern.MatchPattern',
        code: 'PATTERN_TOO_COSTLY',
      },
    ]);
    expect([quick.text, status.text]).to.deep.equal(['{"param1":"email"}', 'ONLINE']);
  });

  it('refuses more values than MAX_MATCHED_VALUES, and values longer than MAX_MATCHED_CHARS', async () => {
    const many = Object.fromEntries(Array.from({ length: 101 }, (_, index) => [`param${index}`, 'x']));
    const messages = [await post('', many), await post('', { param1: 'x'.repeat(1001) })].map(
      ({ status, json }) => [status, (json as { message: string }).message],
    );
    expect(messages).to.deep.equal([
      [400, 'Expected at most MAX_MATCHED_VALUES (100) parameters, got 101.'],
      [400, "Expected 'param1' to have at most MAX_MATCHED_CHARS (1000) characters, got 1001."],
    ]);
  });
});

describe('the section patterns of the configuration', () => {
  it('names a pattern that cannot be used, and the reason', () => {
    const wrong = { patterns: { list: { bad: '(?u)a' }, groups: { g: { worse: '*' } } } };
    expect(() => parseConfig(wrong, 'x'))
      .to.throw()
      .with.property('problems')
      .that.include.members([
        "patterns.list.bad: expected a pattern of java.util.regex, got '(?u)a': at position 3, the flag 'u' is not supported; only i, m, s, d and x are",
        "patterns.groups.g.worse: expected a pattern of java.util.regex, got '*': at position 1, there is nothing that '*' repeats",
      ]);
  });

  it('refuses a configuration with too many patterns, before it reads them', () => {
    const list = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`p${index}`, `(${index}`]));
    const wrong = { patterns: { list: list(600), groups: { a: list(400), b: list(1) } } };
    expect(() => parseConfig(wrong, 'x'))
      .to.throw()
      .with.property('problems')
      .that.satisfies((problems: readonly string[]) => {
        const own = problems.filter((problem) => problem.startsWith('patterns'));
        expect(own).to.deep.equal([
          'patterns: expected at most MAX_PATTERNS (1000) patterns in all lists, got 1001',
        ]);
        return true;
      });
  });
});

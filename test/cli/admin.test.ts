import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { hashPassword } from '../../server/identity/passwordHash.ts';
import { asId } from '../support/ids.ts';
import { withoutSense } from '../support/keptSnapshots.ts';
import { type OrsayRun, runOrsay } from '../support/runOrsay.ts';
import { createTestServer, type TestServer } from '../support/testServer.ts';
import { orsDocument, writeDocuments } from '../support/writeDocuments.ts';

const SRC = 'http://orsay.test/genesys/1/document/service_template/w/w.scxml';
const ADMIN = { ORSAY_ADMIN_USER: 'admin', ORSAY_ADMIN_PASSWORD: 'secret: with a colon' };
const BASIC = `Basic ${Buffer.from('admin:secret: with a colon').toString('base64')}`;

const orsay = (env: Record<string, string>, ...args: readonly string[]): Promise<OrsayRun> =>
  runOrsay(args, { env: { PATH: process.env.PATH ?? '', ...env } });

describe('orsay with a running server', () => {
  let server: TestServer;
  let env: Record<string, string>;
  let ids: string[];

  beforeEach(async () => {
    server = createTestServer({
      config: (config) => ({
        ...config,
        server: { ...config.server, maxLiveSessions: 1 },
        administrator: { user: 'admin', passwordHash: hashPassword(ADMIN.ORSAY_ADMIN_PASSWORD) },
      }),
      documents: writeDocuments({ 'w/w.scxml': orsDocument('<state id="waiting"/>', 'initial="waiting"') }),
    });
    const { url } = await server.orsay.listen(0, '127.0.0.1');
    env = { ...ADMIN, ORSAY_URL: url };
    ids = [await start(), await start()].sort();
  });

  afterEach(() => server.orsay.close());

  async function start(): Promise<string> {
    const { json } = await server.send('POST', '/scxml/session/start', { form: { src: SRC } });
    return (json as { _id: string })._id;
  }

  async function documentHash(): Promise<string> {
    return (await server.orsay.sessions.query(asId(ids[0]!)))!.documentHash;
  }

  /** Its snapshot makes no sense until the returned function is called. */
  async function breakSession(id: string): Promise<() => Promise<void>> {
    const { durable } = server.orsay;
    const text = durable.text('session', id)!;
    ids.push(await start()); // one session may be in memory: the other leaves it
    await durable.commit({ put: [withoutSense(durable, id)] });
    await server.send('POST', `/scxml/session/${id}/event/any`);
    return () =>
      durable.commit({ put: [{ table: 'session', key: id, value: durable.get('session', id), text }] });
  }

  it('ends all sessions of a document and blocks it, until it is allowed', async () => {
    const terminate = ['sessions', 'terminate', '--document', SRC];
    const blocked = await orsay(env, ...terminate);
    expect([blocked.code, blocked.stdout]).to.deep.equal([
      0,
      `The document ${SRC} is blocked. Sessions that the server ends: 2.\n`,
    ]);
    await server.advance(0);
    expect(await server.orsay.sessions.versions()).to.deep.equal([]);
    expect((await orsay(env, 'documents', '--blocked')).stdout).to.contain(SRC);
    expect((await orsay(env, ...terminate, '--allow')).stdout).to.equal(
      `Sessions may start on the document ${SRC} again.\n`,
    );
    expect((await orsay(env, ...terminate, '--allow')).stderr).to.contain('is not blocked');
    expect((await orsay(env, 'sessions', 'terminate')).stderr).to.contain('--document');
    await start();
    expect(
      (await orsay(env, 'sessions', '--document', (await server.orsay.sessions.versions())[0]!.documentHash))
        .stdout,
    ).to.contain(SRC);
  });

  it('prints sessions as a table, page by page', async () => {
    const hash = await documentHash();
    const startedAt = new Date(server.clock.now()).toISOString();
    const head = `SESSION${' '.repeat(27)}STATUS   STARTED${' '.repeat(19)}VERSION${' '.repeat(59)}DOCUMENT`;
    const row = (id: string): string => `${id}  running  ${startedAt}  ${hash}  ${SRC}`;
    const tail = `${' '.repeat(SRC.length - 'DOCUMENT'.length)}  REASON`;

    const all = await orsay(env, 'sessions');
    expect(all).to.deep.equal({
      code: 0,
      stdout: `${head}${tail}\n${row(ids[0]!)}\n${row(ids[1]!)}\n`,
      stderr: '',
    });
    const page = await orsay(env, 'sessions', '--limit', '1', '--document', hash);
    expect(page.stdout).to.equal(`${head}${tail}\n${row(ids[0]!)}\n`);
    expect(page.stderr).to.equal(`There may be more sessions. Continue with --after ${ids[0]}\n`);
    const next = await orsay(env, 'sessions', '--after', ids[0]!, '--status', 'running');
    expect(next).to.deep.equal({ code: 0, stdout: `${head}${tail}\n${row(ids[1]!)}\n`, stderr: '' });
    const none = await orsay(env, 'sessions', '--status', 'failed');
    expect(none.stdout).to.equal('SESSION  STATUS  STARTED  VERSION  DOCUMENT  REASON\n');
  });

  it('prints the audit log as a table, newest first, and continues it', async () => {
    const record = (name: string) =>
      server.orsay.audit.record({ who: 'server', action: 'template.uploaded', object: `template:${name}` });
    for (const name of ['a', 'b', 'c']) await record(name);
    const time = new Date(server.clock.now()).toISOString();
    const head = `TIME${' '.repeat(22)}WHO     ADDRESS  ACTION${' '.repeat(13)}OBJECT      DETAILS`;
    const row = (name: string) => `${time}  server${' '.repeat(11)}template.uploaded  template:${name}`;
    const first = await orsay(env, 'audit', '--limit', '2', '--who', 'server');
    expect(first.stdout).to.equal(`${head}\n${row('c')}\n${row('b')}\n`);
    const id = /--before (\S+)\n$/.exec(first.stderr)![1]!;
    const next = await orsay(env, 'audit', '--before', id, '--since', time, '--action', 'template.uploaded');
    expect(next).to.deep.equal({ code: 0, stdout: `${head}\n${row('a')}\n`, stderr: '' });
    const found = await orsay(env, 'audit', '--object', 'template:b', '--json');
    expect(JSON.parse(found.stdout)).to.have.length(1);
    const wrong = await orsay(env, 'audit', '--since', 'yesterday');
    expect(wrong.code).to.equal(4);
    expect(wrong.stderr).to.contain('Expected since to be a time');
  });

  it('prints the JSON of the server with --json', async () => {
    const sessions = await orsay(env, 'sessions', '--json', '--limit', '1');
    const { json } = await server.send('GET', '/genesys/1/admin/sessions?limit=1', {
      headers: { authorization: BASIC },
    });
    expect(JSON.parse(sessions.stdout)).to.deep.equal(json);
    expect(JSON.parse(sessions.stderr)).to.deep.equal({
      severity: 'note',
      code: 'NOTE',
      message: `There may be more sessions. Continue with --after ${ids[0]}`,
    });
    expect((await orsay(env, 'sessions', '--limit', '1', '--quiet')).stderr).to.equal('');
    const documents = await orsay(env, 'documents', '--json');
    expect(JSON.parse(documents.stdout)).to.deep.equal([
      { documentHash: await documentHash(), src: SRC, sessions: 2 },
    ]);
  });

  it('prints the versions of documents of the server that --server names', async () => {
    const { ORSAY_URL: url, ...others } = env;
    const hash = await documentHash();
    expect(await orsay(others, 'documents', '--server', `${url}/`)).to.deep.equal({
      code: 0,
      stdout: `VERSION${' '.repeat(59)}SESSIONS  DOCUMENT\n${hash}  2         ${SRC}\n`,
      stderr: '',
    });
  });

  it('shows a session that is set aside with its reason, and retries it', async () => {
    const id = ids[0]!;
    const repair = await breakSession(id);
    const listed = await orsay(env, 'sessions', '--status', 'setAside');
    expect(listed.stdout.split('\n')).to.have.length(3);
    expect(listed.stdout).to.match(new RegExp(`\n${id}  setAside .* ${SRC}  .*99.*\n$`));
    const refused = await orsay(env, 'retry', id);
    expect(refused).to.include({ code: 4, stdout: '' });
    expect(refused.stderr).to.match(/^SESSION_SET_ASIDE: Session '.*' still cannot be restored: .*99.*\n$/);
    await repair();
    expect(await orsay(env, 'retry', id)).to.deep.equal({
      code: 0,
      stdout: `Session ${id} is restored.\n`,
      stderr: '',
    });
    expect(await server.orsay.sessions.query(asId(id))).to.include({ status: 'running' });
  });

  it('reports an error in one line', async () => {
    const { ORSAY_URL: url = '' } = env;
    const failures: [Record<string, string>, string[], string, number?][] = [
      [env, ['retry', 'a/b'], "SESSION_NOT_FOUND: No session 'a/b' is set aside."],
      [
        { ORSAY_URL: url },
        ['sessions'],
        `UNAUTHORIZED: ${url} requires the credentials of its administrator. Set`,
      ],
      [
        { ...env, ORSAY_ADMIN_PASSWORD: 'wrong' },
        ['documents'],
        `UNAUTHORIZED: ${url} requires the credentials of its administrator. It does not`,
      ],
      [{ ORSAY_URL: url, ORSAY_ADMIN_USER: 'admin' }, ['documents'], 'Expected a user (--user or', 2],
      [env, ['sessions', '--document', 'x'], 'PARAMETER_INVALID: Expected documentHash to be 64 hex'],
    ];
    for (const [environment, args, expected, exit = 4] of failures) {
      const { code, stdout, stderr } = await orsay(environment, ...args);
      expect({ code, stdout }, stderr).to.deep.equal({ code: exit, stdout: '' });
      expect(stderr.trimEnd().split('\n'), expected).to.have.length(1);
      expect(stderr.slice(0, expected.length)).to.equal(expected);
    }
  });

  it('refuses a server that is not Orsay, and reports an unreachable one', async () => {
    let answer = { status: 200, body: '<html>' };
    const stranger: Server = createServer((_request, response) => {
      response.writeHead(answer.status, { location: env.ORSAY_URL! }).end(answer.body);
    }).listen(0, '127.0.0.1');
    await once(stranger, 'listening');
    const url = `http://127.0.0.1:${(stranger.address() as AddressInfo).port}`;
    for (answer of [
      { status: 200, body: '<html>' },
      { status: 302, body: '' },
      { status: 502, body: '{}' },
    ]) {
      expect(await orsay(env, 'sessions', '--server', url)).to.deep.equal({
        code: 3,
        stdout: '',
        stderr: `${url} answered ${answer.status} in a way that no Orsay server does.\n`,
      });
    }
    stranger.close();
    await once(stranger, 'close');
    // A client may still have a connection to the first one.
    const closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const { port } = closed.address() as AddressInfo;
    closed.close();
    await once(closed, 'close');
    const gone = await orsay(env, 'sessions', '--server', `http://127.0.0.1:${port}`);
    expect(gone).to.include({ code: 3, stdout: '' });
    expect(gone.stderr).to.match(/^http:\S+ could not be reached: connect ECONNREFUSED .*\n$/);
  });

  it('exits with 2 when the command line is invalid', async () => {
    for (const args of [
      ['sessions', '--limit', '1001'],
      ['sessions', '--limit', '0'],
      ['sessions', '--status', 'asleep'],
      ['documents', '--server', 'ftp://x'],
      ['documents', '--server', 'http://admin:secret@localhost'],
      ['retry'],
    ]) {
      expect((await orsay(env, ...args)).code, args.join(' ')).to.equal(2);
    }
  });
});

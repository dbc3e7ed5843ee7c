import { expect } from 'chai';
import { hashPassword } from '../../../server/identity/passwordHash.ts';
import type { Config } from '../../../server/process/config.ts';
import { withoutSense } from '../../support/keptSnapshots.ts';
import { createTestServer, type TestServer } from '../../support/testServer.ts';
import { orsDocument, writeDocuments } from '../../support/writeDocuments.ts';

const ROOT = '/genesys/1/admin/sessions';
const DOCUMENT = 'http://orsay.test/genesys/1/document/service_template';
const PASSWORD_HASH = hashPassword('secret');
const USERS: NonNullable<Config['users']> = {
  olga: { role: 'administrator', passwordHash: PASSWORD_HASH },
  sam: { role: 'supervisor', passwordHash: PASSWORD_HASH },
  dora: { role: 'debugger', passwordHash: PASSWORD_HASH },
  vera: { role: 'viewer', passwordHash: PASSWORD_HASH },
};

interface Found {
  readonly found: number;
  readonly counts: Readonly<Record<string, number>>;
  readonly sessions: readonly Readonly<Record<string, unknown>>[];
}

describe('the search for sessions', () => {
  let server: TestServer;

  beforeEach(() => {
    server = createTestServer({
      config: (config) => ({
        ...config,
        server: { ...config.server, maxLiveSessions: 1 },
      }),
      documents: writeDocuments({
        'w/w.scxml': orsDocument('<state id="waiting"/>', 'initial="waiting"'),
        'v/v.scxml': orsDocument('<state id="other"/>', 'initial="other"'),
      }),
    });
  });
  afterEach(() => server.orsay.close());

  async function start(name: string): Promise<string> {
    const { json } = await server.send('POST', '/scxml/session/start', {
      form: { src: `${DOCUMENT}/${name}/${name}.scxml` },
    });
    // Each start has a time of its own, and searches read anew.
    await server.advance(1_000);
    return (json as { _id: string })._id;
  }

  async function search(query: Readonly<Record<string, string>> = {}): Promise<Found> {
    const { status, json } = await server.send('GET', `${ROOT}/search?${new URLSearchParams(query)}`);
    expect(status).to.equal(200);
    return json as Found;
  }
  const idsOf = ({ sessions }: Found): readonly unknown[] => sessions.map(({ _id }) => _id);

  it('has the latest start first, and counts all sessions', async () => {
    const [first, second] = [await start('w'), await start('v')];
    const found = await search();
    expect(idsOf(found)).to.deep.equal([second, first]);
    expect(found.sessions[1]).to.deep.equal({
      _id: first,
      src: `${DOCUMENT}/w/w.scxml`,
      documentHash: found.sessions[1]!.documentHash,
      status: 'running',
      configuration: ['waiting'],
      startedAt: found.sessions[1]!.startedAt,
    });
    const none = { scheduled: 0, setAside: 0, completed: 0, terminated: 0, failed: 0, waiting: 0 };
    expect(found.counts).to.deep.equal({ ...none, running: 2 });
    const one = await search({ limit: '1' });
    expect([one.found, idsOf(one)]).to.deep.equal([2, [second]]);
  });

  it('finds by document, status and words, and says what it does not understand', async () => {
    const [first, second] = [await start('w'), await start('v')];
    const { documentHash } = (await search({ find: 'v.scxml' })).sessions[0]!;
    expect(idsOf(await search({ document: `${DOCUMENT}/w/w.scxml` }))).to.deep.equal([first]);
    expect(idsOf(await search({ document: String(documentHash) }))).to.deep.equal([second]);
    expect(idsOf(await search({ find: 'OTHER running' }))).to.deep.equal([second]);
    expect(idsOf(await search({ find: 'other waiting' }))).to.deep.equal([]);
    expect(idsOf(await search({ status: 'failed' }))).to.deep.equal([]);
    for (const query of ['status=gone', 'waiting=no', 'limit=0', 'find=a&find=b']) {
      const { status, json } = await server.send('GET', `${ROOT}/search?${query}`);
      expect([status, (json as { code: string }).code], query).to.deep.equal([400, 'PARAMETER_INVALID']);
    }
  });

  it('shows the service and the customer, and finds by them', async () => {
    await server.orsay.close();
    server = createTestServer();
    const reply = await server.send('POST', '/genesys/1/service/callback/chat-delay', {
      form: { _customer_number: '4082652649' },
      headers: { gms_user: 'jbond' },
    });
    expect(reply.status).to.equal(200);
    await server.advance(1_000);
    const found = await search({ customer: 'jbond' });
    const [session] = found.sessions;
    expect(session!.service).to.include({ name: 'chat-delay', state: 'QUEUED' });
    expect(session!.customer).to.include.members(['jbond', '4082652649']);
    expect(found.counts.waiting).to.equal(1);
    for (const query of [{ waiting: 'true' }, { service: 'chat-delay' }, { find: '408265' }]) {
      expect(idsOf(await search(query as never)), JSON.stringify(query)).to.deep.equal([session!._id]);
    }
    expect(idsOf(await search({ customer: 'jbon' }))).to.deep.equal([]);
  });

  it('reads the sessions once a second for all who ask', async () => {
    await start('w');
    const before = await search();
    await server.send('POST', '/scxml/session/start', { form: { src: `${DOCUMENT}/w/w.scxml` } });
    expect(await search()).to.deep.equal(before);
    await server.advance(1_000);
    expect((await search()).found).to.equal(2);
  });

  it('ends many sessions with a reason, and says which it could not end', async () => {
    const [first, second] = [await start('w'), await start('w')];
    const unknown = '0'.repeat(32);
    const { status, json } = await server.send('POST', `${ROOT}/terminate`, {
      json: { sessions: [first, unknown, second, first], reason: ' a test ' },
    });
    expect(status).to.equal(200);
    expect(json).to.deep.equal({
      results: [
        { _id: first, done: true },
        {
          _id: unknown,
          done: false,
          code: 'SESSION_NOT_FOUND',
          message: `No session '${unknown}', or it has ended.`,
        },
        { _id: second, done: true },
      ],
    });
    await server.advance(1_000);
    const { sessions, counts } = await search({ status: 'terminated' });
    expect(counts.terminated).to.equal(2);
    expect(sessions[0]!.reason).to.equal('Terminated by administrator: a test');
    const audit = await server.send('GET', `/genesys/1/admin/audit?object=session:${first}`);
    const [entry] = (audit.json as { entries: readonly object[] }).entries;
    expect(entry).to.deep.include({ action: 'session.terminated', details: { reason: 'a test' } });
  });

  it('retries sessions that are set aside, and says why it cannot', async () => {
    const [broken, running] = [await start('w'), await start('w')];
    const { durable } = server.orsay;
    const text = durable.text('session', broken)!;
    await durable.commit({ put: [withoutSense(durable, broken)] });
    await server.send('POST', `/scxml/session/${broken}/event/any`);
    await server.advance(1_000);
    expect(idsOf(await search({ status: 'setAside' }))).to.deep.equal([broken]);
    const retry = async (): Promise<unknown> =>
      (await server.send('POST', `${ROOT}/retry`, { json: { sessions: [broken, running], reason: 'again' } }))
        .json;
    const refused = (await retry()) as { results: readonly { code: string }[] };
    expect(refused.results.map(({ code }) => code)).to.deep.equal(['SESSION_SET_ASIDE', 'SESSION_NOT_FOUND']);
    const record = durable.get<object>('session', broken)!;
    await durable.commit({ put: [{ table: 'session', key: broken, value: record, text }] });
    expect(((await retry()) as { results: readonly unknown[] }).results[0]).to.deep.equal({
      _id: broken,
      done: true,
    });
  });

  it('refuses lists that are too long or empty, and changes without a reason', async () => {
    const id = await start('w');
    for (const json of [
      { sessions: [], reason: 'x' },
      { sessions: Array(1_001).fill(id), reason: 'x' },
      { sessions: id, reason: 'x' },
      { sessions: [id], reason: ' ' },
      { sessions: [id] },
      { sessions: [id], reason: 'x'.repeat(201) },
    ]) {
      const { status } = await server.send('POST', `${ROOT}/terminate`, { json });
      expect(status, JSON.stringify(json).slice(0, 60)).to.equal(400);
    }
    expect((await search({ status: 'running' })).found).to.equal(1);
  });
});

describe('a search for sessions', () => {
  it('is for those who see sessions, and changes are for those who may change one', async () => {
    const server = createTestServer({ config: (config) => ({ ...config, users: USERS }) });
    const statusOf = async (user: string, method: string, path: string): Promise<number> => {
      const authorization = `Basic ${Buffer.from(`${user}:secret`).toString('base64')}`;
      return (await server.send(method, `${ROOT}/${path}`, { headers: { authorization } })).status;
    };
    for (const [user, search, change] of [
      ['olga', 200, 400],
      ['sam', 200, 400],
      ['dora', 200, 403],
      ['vera', 200, 403],
    ] as const) {
      expect(await statusOf(user, 'GET', 'search'), user).to.equal(search);
      expect(await statusOf(user, 'POST', 'terminate'), user).to.equal(change);
      expect(await statusOf(user, 'POST', 'retry'), user).to.equal(change);
    }
    await server.orsay.close();
  });
});

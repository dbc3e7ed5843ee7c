import { expect } from 'chai';
import { ConfiguredServer, refusal } from '../../support/configuredServer.ts';

describe('the users of the configuration over HTTP', () => {
  const PASSWORD = 'correct horse';
  let opened: ConfiguredServer;
  beforeEach(async () => {
    opened = await ConfiguredServer.open();
  });
  afterEach(() => opened.close());

  const basic = (user: string, password = PASSWORD) => ({
    authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
  });

  async function addOlga(): Promise<void> {
    const first = await opened.send('PUT', '/users/olga', { role: 'administrator', password: PASSWORD });
    expect([first.status, first.json]).to.deep.equal([200, { role: 'administrator' }]);
  }

  it('exist at once, and the server asks for their passwords from then on', async () => {
    await addOlga();
    expect((await opened.send('GET', '/users')).status).to.equal(401);
    expect((await opened.send('GET', '/users', undefined, basic('olga', 'wrong'))).status).to.equal(401);
    const kate = { role: 'agent', agentId: 'kate', password: PASSWORD };
    expect((await opened.send('PUT', '/users/kate', kate, basic('olga'))).status).to.equal(200);
    const list = await opened.send('GET', '/users', undefined, basic('olga'));
    expect(list.json).to.deep.equal({
      olga: { role: 'administrator' },
      kate: { role: 'agent', agentId: 'kate' },
    });
    const agents = await opened.server.send('GET', '/agent/1/agents/kate', { headers: basic('kate') });
    expect(agents.status).to.equal(404);
    expect((await opened.send('DELETE', '/users/kate', undefined, basic('olga'))).status).to.equal(200);
    const gone = await opened.server.send('GET', '/agent/1/agents/kate', { headers: basic('kate') });
    expect(gone.status).to.equal(401);
  });

  it('get another password or role, and keep the password that the request leaves out', async () => {
    await addOlga();
    const mia = { role: 'administrator', password: PASSWORD };
    await opened.send('PUT', '/users/mia', mia, basic('olga'));
    expect((await opened.send('GET', '/services', undefined, basic('mia'))).status).to.equal(200);
    await opened.send('PUT', '/users/mia', { role: 'viewer' }, basic('olga'));
    expect((await opened.send('GET', '/services', undefined, basic('mia'))).status).to.equal(200);
    expect((await opened.send('DELETE', '/services/hello', undefined, basic('mia'))).status).to.equal(403);
    await opened.send('PUT', '/users/mia', { role: 'viewer', password: 'another one' }, basic('olga'));
    expect((await opened.send('GET', '/services', undefined, basic('mia'))).status).to.equal(401);
    const present = await opened.send('GET', '/services', undefined, basic('mia', 'another one'));
    expect(present.status).to.equal(200);
  });

  it('never appear with a password or its hash in a reply, a log line or the audit log', async () => {
    await addOlga();
    const { passwordHash } = opened.file.users!.olga!;
    const replies = [
      await opened.send('GET', '/users', undefined, basic('olga')),
      await opened.send('GET', '/users/olga', undefined, basic('olga')),
      await opened.send('PUT', '/users/olga', { role: 'boss', password: PASSWORD }, basic('olga')),
      await opened.send('PUT', '/users/olga', { role: 'viewer', passwordHash }, basic('olga')),
      await opened.send('PUT', '/users/mia', { role: 'viewer', password: 'secret' }, basic('olga')),
    ];
    expect(replies.map(({ status }) => status)).to.deep.equal([200, 200, 400, 400, 400]);
    expect((replies[2]!.json as { message: string }).message).to.match(/^role: Invalid option.*got "boss"$/);
    expect(refusal(replies[4]!)).to.deep.include({
      message:
        'password: expected 8 (MIN_PASSWORD_CHARS) to 1024 (MAX_PASSWORD_CHARS) characters, and no control characters, got 6 characters',
    });
    const said = JSON.stringify([replies, opened.server.lines, opened.entries()]);
    for (const secret of [PASSWORD, passwordHash, 'secret']) expect(said).not.to.contain(secret);
    expect(opened.entries()[0]).to.deep.equal({
      who: 'administrator',
      address: '127.0.0.1',
      action: 'user.changed',
      object: 'user:olga',
      details: { created: true, changes: { role: { from: null, to: 'administrator' } }, password: 'set' },
    });
  });

  it('are refused when no administrator would remain', async () => {
    const kate = { role: 'agent', agentId: 'kate', password: PASSWORD };
    const message = 'Expected a user with the role administrator to remain in the configuration, got none.';
    const expected = { status: 409, code: 'CONFLICT', message };
    expect(refusal(await opened.send('PUT', '/users/kate', kate))).to.deep.equal(expected);
    await addOlga();
    const demoted = await opened.send('PUT', '/users/olga', { role: 'viewer' }, basic('olga'));
    expect(refusal(demoted)).to.deep.equal(expected);
    const removed = await opened.send('DELETE', '/users/olga', undefined, basic('olga'));
    expect(refusal(removed)).to.deep.equal(expected);
    expect(opened.file.users).to.have.all.keys('olga');
  });
});

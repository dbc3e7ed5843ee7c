import { expect } from 'chai';
import { hashPassword } from '../../../server/identity/passwordHash.ts';
import { ConfiguredServer, HELLO, refusal } from '../../support/configuredServer.ts';
import { createTestServer } from '../../support/testServer.ts';
import { orsDocument, writeDocuments } from '../../support/writeDocuments.ts';

const PASSWORD = 'correct horse';
const SECRETS = { crm_password: 'p4ss', apiKey: 'k3y', hook: 'https://user:p4ss@crm.test/x?a=1' };
const MASKED = { crm_password: '***', apiKey: '***', hook: 'https://***@crm.test/x?a=1' };

function basic(user: string): { readonly authorization: string } {
  return { authorization: `Basic ${Buffer.from(`${user}:${PASSWORD}`).toString('base64')}` };
}

describe('the secrets among the options of a service', () => {
  let opened: ConfiguredServer;
  beforeEach(async () => {
    opened = await ConfiguredServer.open();
    await opened.send('PUT', '/users/olga', { role: 'administrator', password: PASSWORD });
    for (const role of ['viewer', 'supervisor']) {
      await opened.send('PUT', `/users/${role}`, { role, password: PASSWORD }, basic('olga'));
    }
    await opened.send('PUT', '/services/crm', { ...HELLO, ...SECRETS, empty_token: '' }, basic('olga'));
  });
  afterEach(() => opened.close());

  it('are masked for users who may not change them', async () => {
    for (const user of ['viewer', 'supervisor']) {
      const one = await opened.send('GET', '/services/crm', undefined, basic(user));
      expect(one.json).to.deep.equal({ ...HELLO, ...MASKED, empty_token: '' });
      const all = await opened.send('GET', '/services', undefined, basic(user));
      expect(all.text).not.to.match(/p4ss|k3y/);
      const seen = await opened.send('GET', '/services/crm', undefined, basic('olga'));
      expect(seen.json).to.deep.equal({ ...HELLO, ...SECRETS, empty_token: '' });
      expect(one.headers.etag).to.equal(seen.headers.etag);
    }
  });

  it('stay when a change has their masks', async () => {
    const edited = { ...HELLO, ...MASKED, _ttl: '61' };
    expect((await opened.send('PUT', '/services/crm', edited, basic('olga'))).status).to.equal(200);
    expect(opened.file.services.crm).to.deep.equal({ ...HELLO, ...SECRETS, _ttl: '61' });
    const other = { ...HELLO, ...SECRETS, crm_password: 'n3w' };
    await opened.send('PUT', '/services/crm', other, basic('olga'));
    expect(opened.file.services.crm).to.deep.equal(other);
  });

  it('are not replaced by a mask where none is stored', async () => {
    const reply = await opened.send('PUT', '/services/other', { ...HELLO, ...MASKED }, basic('olga'));
    expect(refusal(reply)).to.deep.include({ status: 400, code: 'PARAMETER_INVALID' });
    const moved = { ...HELLO, hook: 'https://***@elsewhere.test/' };
    const redirected = await opened.send('PUT', '/services/crm', moved, basic('olga'));
    expect(redirected.status).to.equal(400);
    expect(opened.file.services.crm).to.include(SECRETS);
  });

  it('stay in lists too, also when an entry before them is removed', async () => {
    const hooks = ['https://a:p4ss@one.test/', 'https://b:k3y@one.test/', 'https://two.test/'];
    const push = { httpcb: { allow: hooks } };
    expect((await opened.send('PUT', '/push', push, basic('olga'))).status).to.equal(200);
    const seen = await opened.send('GET', '/push', undefined, basic('viewer'));
    const masked = ['https://***@one.test/', 'https://***@one.test/', 'https://two.test/'];
    expect(seen.json).to.deep.equal({ httpcb: { allow: masked } });
    expect((await opened.send('PUT', '/push', seen.json, basic('olga'))).status).to.equal(200);
    expect(opened.file.push).to.deep.equal(push);
    const fewer = { httpcb: { allow: ['https://two.test/', masked[1]] } };
    expect((await opened.send('PUT', '/push', fewer, basic('olga'))).status).to.equal(200);
    expect(opened.file.push).to.deep.equal({ httpcb: { allow: ['https://two.test/', hooks[1]] } });
    for (const wrong of ['https://***@three.test/', 'https://b:***@one.test/']) {
      const body = { httpcb: { allow: [wrong] } };
      expect(refusal(await opened.send('PUT', '/push', body, basic('olga')))).to.deep.equal({
        status: 400,
        code: 'PARAMETER_INVALID',
        message: 'allow: expected a value, got the mask of a secret that is not stored here',
      });
    }
  });

  it('are in no entry of the audit log', async () => {
    await opened.send('PUT', '/services/crm', { ...HELLO, crm_password: 'n3w' }, basic('olga'));
    const audit = await opened.send('GET', '/audit', undefined, basic('viewer'));
    expect(audit.text)
      .to.contain('service:crm')
      .and.not.match(/p4ss|k3y|n3w/);
  });
});

describe('the secrets in the data of a session', () => {
  it('are shown to the platform and to administrators, and masked for supervisors', async () => {
    const passwordHash = hashPassword(PASSWORD);
    const document = orsDocument(`
      <datamodel><data id="crm_password" _type="parameter" expr="''"/><data id="other" expr="'x'"/></datamodel>
      <state id="waits"/>`);
    const server = createTestServer({
      documents: writeDocuments({ 'crm/crm.scxml': document }),
      config: (config) => ({
        ...config,
        services: { crm: { _type: 'ors', _service: 'crm', crm_password: 'p4ss' } },
        users: {
          olga: { role: 'administrator', passwordHash },
          ors: { role: 'platform', passwordHash },
          supervisor: { role: 'supervisor', passwordHash },
        },
      }),
    });
    void server.send('POST', '/genesys/1/service/crm');
    let sid: unknown;
    while (sid === undefined) {
      const list = await server.send('GET', '/genesys/1/admin/sessions', { headers: basic('supervisor') });
      sid = (list.json as readonly { readonly _id: string }[])[0]?._id;
    }
    const dataFor = async (user: string): Promise<unknown> =>
      (await server.send('GET', `/scxml/session/${String(sid)}/query`, { headers: basic(user) })).json;
    for (const user of ['olga', 'ors']) {
      expect(await dataFor(user))
        .to.have.property('data')
        .that.includes({ crm_password: 'p4ss', other: 'x' });
    }
    expect(await dataFor('supervisor'))
      .to.have.property('data')
      .that.includes({ crm_password: '***', other: 'x' });
    await server.orsay.close();
  });
});

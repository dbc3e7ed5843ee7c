import { expect } from 'chai';
import { hashPassword } from '../../../server/identity/passwordHash.ts';
import { createTestServer } from '../../support/testServer.ts';
import { orsDocument, writeDocuments } from '../../support/writeDocuments.ts';

const DOCUMENT = orsDocument(
  `<state id="working"><transition event="start"><ws:response requestid="_event.sendid"/></transition></state>`,
  'initial="working"',
);
const ROOT = '/genesys/1/service/callback/chat-delay';
const OLGA = { authorization: `Basic ${Buffer.from('olga:secret').toString('base64')}` };

describe('callbacks that an administrator handles over the routes of customers', () => {
  it('are in the audit log, also when the attempt was refused, and readings once a minute', async () => {
    const server = createTestServer({
      documents: writeDocuments({ 'callback/src/chat-delay.scxml': DOCUMENT }),
      config: (config) => ({
        ...config,
        users: { olga: { role: 'administrator', passwordHash: hashPassword('secret') } },
      }),
    });
    const form = { _customer_number: '5115' };
    const created = await server.send('POST', ROOT, { form, headers: OLGA });
    expect(created.status, created.text).to.equal(200);
    const { _id: id } = created.json as { _id: string };
    await server.send('POST', ROOT, { form });
    await server.send('POST', '/genesys/1/service/callback/nobody', { form, headers: OLGA });
    await server.send('GET', '/genesys/1/service/callback?_customer_number=5115', { headers: OLGA });
    await server.send('GET', '/genesys/1/service/callback?_customer_number=5116', { headers: OLGA });
    await server.send('PUT', `${ROOT}/${id}`, {
      json: { _new_desired_time: '2030-01-01T10:00:00.000Z' },
      headers: OLGA,
    });
    await server.send('DELETE', `${ROOT}/${id}`, { headers: OLGA });
    const { json } = await server.send('GET', '/genesys/1/admin/audit', { headers: OLGA });
    const { entries } = json as { entries: { action: string; who: string; object: string }[] };
    const shown = entries.filter(({ action }) => action.startsWith('callback')).reverse();
    expect(shown.map(({ action, who, object }) => [action, who, object])).to.deep.equal([
      ['callback.created', 'administrator olga', 'callbacks:chat-delay'],
      ['callback.created', 'administrator olga', 'callbacks:nobody'],
      ['callbacks.read', 'administrator olga', 'callbacks:all'],
      ['callback.changed', 'administrator olga', `callback:${id}`],
      ['callback.cancelled', 'administrator olga', `callback:${id}`],
    ]);
    expect(JSON.stringify(entries)).not.to.contain('511');
    await server.orsay.close();
  });
});

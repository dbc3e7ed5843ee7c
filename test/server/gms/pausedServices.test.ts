import { expect } from 'chai';
import { ConfiguredServer } from '../../support/configuredServer.ts';

const ROOT = '/genesys/1/service/callback/chat-delay';
const MINUTE_MS = 60_000;
const LIST = 'GMS_Paused_Services';

interface Callback {
  readonly _callback_state: string;
  readonly _callback_reason: string;
}

/** The installed documents, and a list that an administrator changes while the server runs. */
describe('a service that is paused while its callbacks wait', () => {
  let opened: ConfiguredServer;

  beforeEach(async () => {
    opened = await ConfiguredServer.open();
    const options = {
      ...opened.file.services['chat-delay'],
      _paused_services_list: LIST,
      _enable_in_queue_checking: 'false',
    };
    expect((await opened.send('PUT', '/services/chat-delay', options)).status).to.equal(200);
  });
  afterEach(() => opened.close());

  async function pause(value: 'true' | 'false'): Promise<void> {
    const list = { services: { 'chat-delay': value } };
    expect((await opened.send('PUT', `/lists/${LIST}`, list)).status).to.equal(200);
  }

  async function create(key?: string): Promise<string> {
    const reply = await opened.server.send('POST', ROOT, {
      form: { _customer_number: '5551230001' },
      headers: key === undefined ? {} : { 'idempotency-key': key },
    });
    expect(reply.status).to.equal(200);
    await opened.server.orsay.durable.idle();
    return (reply.json as { _id: string })._id;
  }

  async function stateOf(id: string): Promise<string> {
    const reply = await opened.server.send('GET', `/genesys/1/service/callback?_id=${id}`);
    return (reply.json as readonly Callback[])[0]!._callback_state;
  }

  async function requestOf(id: string, name: string): Promise<number> {
    return (await opened.server.send('POST', `/genesys/1/service/${id}/${name}`)).status;
  }

  it('holds them within 80 seconds, also those of a keyed request, and lets them go on', async () => {
    const ids = [await create(), await create('key-1')];
    expect(await Promise.all(ids.map(stateOf))).to.deep.equal(['QUEUED', 'QUEUED']);
    await pause('true');
    await opened.server.advance(80_000);
    expect(await Promise.all(ids.map(stateOf))).to.deep.equal(['PAUSED', 'PAUSED']);
    expect(await requestOf(ids[0]!, 'connect')).to.equal(409);
    await pause('false');
    await opened.server.advance(80_000);
    expect(await Promise.all(ids.map(stateOf))).to.deep.equal(['QUEUED', 'QUEUED']);
    expect(await requestOf(ids[0]!, 'connect')).to.equal(200);
  });

  it('holds new ones at once, and keeps all of them over a restart and a long pause', async () => {
    const waiting = await create();
    await pause('true');
    const fresh = await create();
    expect(await stateOf(fresh)).to.equal('PAUSED');
    await opened.server.advance(2 * MINUTE_MS);
    const passed = opened.server.clock.now();
    await opened.close();
    await opened.start();
    await opened.server.advance(passed - opened.server.clock.now() + 300 * MINUTE_MS);
    expect([await stateOf(waiting), await stateOf(fresh)]).to.deep.equal(['PAUSED', 'PAUSED']);
    await pause('false');
    await opened.server.advance(2 * MINUTE_MS);
    expect([await stateOf(waiting), await stateOf(fresh)]).to.deep.equal(['QUEUED', 'QUEUED']);
  });

  it('has its held callbacks cancelled by their customers, with their sessions', async () => {
    const id = await create('key-1');
    await pause('true');
    await opened.server.advance(80_000);
    expect((await opened.server.send('DELETE', `${ROOT}/${id}`)).status).to.equal(200);
    await opened.server.orsay.durable.idle();
    expect(await stateOf(id)).to.equal('COMPLETED');
    const sessions = await opened.server.orsay.sessions.list();
    expect(sessions.map(({ status }) => status)).to.deep.equal(['completed']);
  });

  it('has no task when nothing of it waits any more', async () => {
    const id = await create();
    expect(opened.server.orsay.durable.taskKeys('service.pauses')).to.have.length(1);
    expect((await opened.server.send('DELETE', `${ROOT}/${id}`)).status).to.equal(200);
    await opened.server.advance(2 * MINUTE_MS);
    expect(opened.server.orsay.durable.taskKeys('service.pauses')).to.deep.equal([]);
  });
});

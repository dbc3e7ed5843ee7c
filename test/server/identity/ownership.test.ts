import { expect } from 'chai';
import { hashPassword } from '../../../server/identity/passwordHash.ts';
import type { Config } from '../../../server/process/config.ts';
import { createTestServer, type TestReply, type TestServer } from '../../support/testServer.ts';

const CALLBACK = '/genesys/1/service/callback';
const NUMBER = { _customer_number: '5115' };
const PARTNER = { authorization: `Basic ${Buffer.from('urs:secret').toString('base64')}` };
const UNKNOWN = '1-00000000-0000-4000-8000-00000000dead';

const anna = { gms_user: 'anna' };
const berta = { gms_user: 'berta' };

function secured(security: NonNullable<Config['security']>): (config: Config) => Config {
  return (config) => ({
    ...config,
    security,
    users: { urs: { role: 'platform', passwordHash: hashPassword('secret') } },
  });
}

/** Requests come from the gateway: a test without sockets has the address 127.0.0.1. */
const GATEWAY = secured({
  gateways: ['loopback'],
  customers: { mode: 'gateway', anonymous: true, signatureMaxAge: 300 },
});

function idOf(reply: TestReply): string {
  expect(reply.status, reply.text).to.equal(200);
  return (reply.json as { readonly _id: string })._id;
}

function idsIn(reply: TestReply): readonly string[] {
  expect(reply.status, reply.text).to.equal(200);
  return (reply.json as readonly { readonly _id: string }[]).map(({ _id }) => _id);
}

describe('a customer whose name is proven', () => {
  let server: TestServer;
  beforeEach(() => {
    server = createTestServer({ config: GATEWAY });
  });
  afterEach(() => server.orsay.close());

  const create = async (path: string, headers: Record<string, string>): Promise<string> =>
    idOf(await server.send('POST', path, { form: NUMBER, headers }));

  it('does not see the services of another, as if they did not exist', async () => {
    const callback = await create(`${CALLBACK}/chat-delay`, anna);
    const chat = await create('/genesys/1/service/request-chat', anna);
    await server.send('POST', `/genesys/1/service/${chat}/ixn/chat`, {
      form: { subject: 'shoes' },
      headers: anna,
    });
    const form = { message: 'hello', subject: 'shoes', colour: 'red' };
    const paths: string[] = [];
    for (const { method, path, audience } of server.orsay.routes) {
      if (audience !== 'customer' || !/\/:(?:id|serviceId)\b/.test(path)) continue;
      const urlOf = (id: string): string =>
        path
          .replace(/:(?:id|serviceId)\b/, id)
          .replace(':name', 'chat-delay')
          .replace(/:(\w+)/g, 'some$1');
      for (const id of [callback, chat]) {
        const content = method === 'GET' ? { headers: berta } : { form, headers: berta };
        const hidden = await server.send(method, urlOf(id), content);
        const unknown = await server.send(method, urlOf(UNKNOWN), content);
        expect(hidden.status, `${method} ${path}`).to.be.oneOf([400, 404]);
        expect([hidden.status, hidden.text.replaceAll(id, 'ID')], `${method} ${path}`).to.deep.equal([
          unknown.status,
          unknown.text.replaceAll(UNKNOWN, 'ID'),
        ]);
      }
      paths.push(path);
    }
    expect(paths.length).to.be.greaterThan(12);
    const own = await server.send('GET', `/genesys/1/service/${callback}/storage`, { headers: anna });
    expect(own.status).to.equal(200);
  });

  it('cannot report the state of their own callback, or a reason', async () => {
    const id = await create(`${CALLBACK}/chat-delay`, anna);
    const put = (json: Record<string, string>, headers: Record<string, string>): Promise<TestReply> =>
      server.send('PUT', `${CALLBACK}/chat-delay/${id}`, { json, headers });
    for (const report of [
      { _callback_state: 'COMPLETED' },
      { _reason: 'CANCELLED_BY_AGENT' },
      { _callback_reason: 'CANCELLED_BY_AGENT', usr_colour: 'red' },
    ]) {
      const { status, json } = await put(report, anna);
      expect([status, (json as { code: string }).code]).to.deep.equal([401, 'UNAUTHORIZED']);
    }
    expect((await put({ usr_colour: 'red', _reason: '' }, anna)).status).to.equal(200);
    expect((await put({ _callback_reason: 'FAIL_QUEUEING' }, { ...PARTNER, ...anna })).status).to.equal(200);
  });

  it('finds only their own callbacks by a phone number; a partner finds all', async () => {
    const ofAnna = await create(`${CALLBACK}/chat-delay`, anna);
    const ofBerta = await create(`${CALLBACK}/chat-delay`, berta);
    const anonymous = await create(`${CALLBACK}/chat-delay`, {});
    const find = async (headers: Record<string, string>) =>
      idsIn(await server.send('GET', `${CALLBACK}?_customer_number=5115`, { headers }));
    expect(await find(anna)).to.deep.equal([ofAnna]);
    expect(await find(berta)).to.deep.equal([ofBerta]);
    expect(await find({})).to.deep.equal([]);
    expect(await find(PARTNER)).to.deep.equal([ofAnna, ofBerta, anonymous]);
  });

  describe('who subscribes', () => {
    const ROOT = '/genesys/1/notification';
    const subscribe = async (headers: Record<string, string>, more: object = {}): Promise<TestReply> =>
      server.send('POST', `${ROOT}/subscription`, {
        json: {
          subscriberId: 'me',
          filter: 'service.agentavailable.x',
          notificationDetails: { type: 'comet' },
          ...more,
        },
        headers,
      });
    const tagOf = (id: string) => ({ filter: `service.agentavailable.${id}` });
    const codeOf = ({ status, json }: TestReply) => (status === 200 ? 200 : (json as { code: string }).code);

    it('gets the events of own services, and no others', async () => {
      const id = await create('/genesys/1/service/request-chat', anna);
      expect(codeOf(await subscribe(anna, tagOf(id)))).to.equal(200);
      expect(codeOf(await subscribe(berta, tagOf(id)))).to.equal('SERVICE_NOT_FOUND');
      expect(codeOf(await subscribe(berta, tagOf(UNKNOWN)))).to.equal('SERVICE_NOT_FOUND');
      for (const filter of ['*', 'service.*', `service.agentavailable.*`, 'news', 'ors.agent.free']) {
        expect(codeOf(await subscribe(anna, { filter })), filter).to.equal('UNAUTHORIZED');
        expect(codeOf(await subscribe({ ...PARTNER, ...anna }, { filter })), filter).to.equal(200);
      }
    });

    it('cannot have events sent to a URL or to a session', async () => {
      const id = await create('/genesys/1/service/request-chat', anna);
      for (const notificationDetails of [
        { type: 'httpcb', deviceId: 'http://hook.example/' },
        { type: 'orscb', deviceId: '0'.repeat(32) },
      ]) {
        const reply = await subscribe(anna, { ...tagOf(id), notificationDetails });
        expect(codeOf(reply)).to.equal('UNAUTHORIZED');
      }
    });

    it('cannot publish', async () => {
      const json = { tag: 'news', message: 'hello' };
      expect(codeOf(await server.send('POST', `${ROOT}/publish`, { json, headers: anna }))).to.equal(
        'UNAUTHORIZED',
      );
      expect(codeOf(await server.send('POST', `${ROOT}/publish`, { json, headers: PARTNER }))).to.equal(200);
    });

    it('cannot remove the subscriptions of another', async () => {
      const id = await create('/genesys/1/service/request-chat', anna);
      const { id: subscription } = (await subscribe(anna, tagOf(id))).json as { readonly id: string };
      const remove = async (path: string, headers: Record<string, string>) =>
        codeOf(await server.send('DELETE', `${ROOT}/subscription/${path}`, { headers }));
      for (const headers of [berta, {}] as Record<string, string>[]) {
        expect(await remove(subscription, headers)).to.equal('SUBSCRIPTION_NOT_FOUND');
        expect(await remove('subscriber/me', headers)).to.equal('SUBSCRIBER_NOT_FOUND');
      }
      expect(await remove('subscriber/me', anna)).to.equal(200);
      expect(await remove(subscription, anna)).to.equal('SUBSCRIPTION_NOT_FOUND');
    });

    it('has a CometD client that no other customer can take over', async () => {
      const comet = async (json: object, headers: Record<string, string>) =>
        server.send('POST', '/genesys/cometd', { json, headers });
      const handshake = await comet({ channel: '/meta/handshake' }, anna);
      const [{ clientId }] = handshake.json as [{ clientId: string }];
      const cookie = String(handshake.headers['set-cookie']).split(';')[0]!;
      const message = { channel: '/meta/subscribe', clientId, subscription: '/_genesys' };
      const isAccepted = async (headers: Record<string, string>): Promise<unknown> =>
        ((await comet(message, headers)).json as [{ successful: boolean }])[0].successful;
      expect(await isAccepted({ cookie, ...berta })).to.equal(false);
      expect(await isAccepted({ cookie })).to.equal(false);
      expect(await isAccepted(anna)).to.equal(true);
      const claimed = await comet({ channel: '/meta/handshake', ext: { gms_user: 'anna' } }, {});
      expect((claimed.json as [{ error: string }])[0].error).to.match(/^401::Expected ext.gms_user/);
    });
  });

  it('cannot have notifications of a service sent to another customer', async () => {
    const form = { ...NUMBER, _device_os: 'Comet', _device_notification_id: 'berta' };
    for (const headers of [anna, {}] as Record<string, string>[]) {
      const reply = await server.send('POST', `${CALLBACK}/chat-delay`, { form, headers });
      expect([reply.status, (reply.json as { code: string }).code]).to.deep.equal([403, 'FORBIDDEN']);
    }
    const own = await server.send('POST', `${CALLBACK}/chat-delay`, { form, headers: berta });
    expect(own.status).to.equal(200);
  });

  it('cannot have notifications of a service sent to a URL, a session or a device that a change names', async () => {
    const refusalOf = async (
      method: string,
      path: string,
      form: Record<string, string>,
    ): Promise<unknown> => {
      const reply = await server.send(method, path, { form, headers: anna });
      return [reply.status, (reply.json as { code?: string }).code];
    };
    for (const path of [`${CALLBACK}/chat-delay`, '/genesys/1/service/request-chat']) {
      for (const type of ['httpcb', 'HttpCB', ' orscb ']) {
        const form = { ...NUMBER, _device_os: type, _device_notification_id: 'http://93.184.216.34/' };
        expect(await refusalOf('POST', path, form), type).to.deep.equal([401, 'UNAUTHORIZED']);
      }
    }
    const json = { ...NUMBER, _device_os: { toString: 1, valueOf: 1 }, _device_notification_id: ['berta'] };
    const unread = await server.send('POST', `${CALLBACK}/chat-delay`, { json, headers: anna });
    expect([unread.status, (unread.json as { code: string }).code]).to.deep.equal([400, 'PARAMETER_INVALID']);
    const later = { ...NUMBER, _desired_time: '2026-01-20T00:00:00.000Z' };
    const created = await server.send('POST', `${CALLBACK}/chat-delay`, { form: later, headers: anna });
    const path = `${CALLBACK}/chat-delay/${idOf(created)}`;
    expect(await refusalOf('PUT', path, { _device_os: 'httpcb' })).to.deep.equal([401, 'UNAUTHORIZED']);
    expect(await refusalOf('PUT', path, { _device_os: 'comet' })).to.deep.equal([403, 'FORBIDDEN']);
    const device = { _device_notification_id: 'berta' };
    expect(await refusalOf('PUT', path, device)).to.deep.equal([403, 'FORBIDDEN']);
    expect(await refusalOf('PUT', path, { usr_colour: 'red' })).to.deep.equal([200, undefined]);
  });

  it('uses the service of nobody by its id', async () => {
    const id = await create('/genesys/1/service/request-chat', {});
    const url = `/genesys/1/service/${id}/storage`;
    expect((await server.send('GET', url, { headers: anna })).status).to.equal(200);
    expect((await server.send('GET', url)).status).to.equal(200);
  });

  it('is named by nobody but the gateway', async () => {
    await server.orsay.close();
    server = createTestServer({
      config: secured({
        gateways: ['10.0.0.5'],
        customers: { mode: 'gateway', anonymous: true, signatureMaxAge: 300 },
      }),
    });
    const reply = await server.send('POST', '/genesys/1/service/request-chat', { headers: anna });
    expect([reply.status, (reply.json as { code: string }).code]).to.deep.equal([401, 'UNAUTHORIZED']);
    const comet = await server.send('POST', '/genesys/cometd?gms_user=anna', {
      json: { channel: '/meta/handshake' },
    });
    expect(comet.status).to.equal(401);
  });

  it('sets no option of a service that a partner may set', async () => {
    const form = { ...NUMBER, _urs_vq_priority: '1000' };
    const priorityOf = async (headers: Record<string, string>): Promise<unknown> => {
      const id = idOf(await server.send('POST', `${CALLBACK}/chat-delay`, { form, headers }));
      return server.orsay.services.get(id as never)?.options._urs_vq_priority;
    };
    expect(await priorityOf(anna)).to.equal('');
    expect(await priorityOf(PARTNER)).to.equal('1000');
  });
});

describe('a gateway on the same machine, and no users', () => {
  it('leaves no URL of the platform open, because customers reach it through the gateway', async () => {
    const server = createTestServer({ config: (config) => ({ ...GATEWAY(config), users: undefined }) });
    const json = { subscriberId: 'me', filter: '*', notificationDetails: { type: 'comet' } };
    const wide = await server.send('POST', '/genesys/1/notification/subscription', { json, headers: anna });
    expect(wide.status).to.equal(401);
    const src = 'http://orsay.test/genesys/1/document/service_template/hello/hello.scxml';
    expect((await server.send('POST', '/scxml/session/start', { form: { src } })).status).to.equal(401);
    expect((await server.send('GET', '/agent/1/agents')).status).to.equal(200);
    await server.orsay.close();
  });
});

describe('a customer in mode open', () => {
  it('finds callbacks of everybody only on a server that other machines do not reach', async () => {
    for (const [isReachable, queries, found] of [
      [false, undefined, [2, 2, 2]],
      [true, undefined, [1, 0, 2]],
      [true, 'everyone', [2, 2, 2]],
    ] as const) {
      const customers = { mode: 'open', ...(queries && { queries }) } as const;
      const server = createTestServer({ config: secured({ gateways: [], customers }), isReachable });
      for (const headers of [anna, {}]) {
        await server.send('POST', `${CALLBACK}/chat-delay`, { form: NUMBER, headers });
      }
      const counts: number[] = [];
      for (const headers of [anna, {}, PARTNER]) {
        const reply = await server.send('GET', `${CALLBACK}?_customer_number=5115`, { headers });
        counts.push(idsIn(reply).length);
      }
      expect(counts, JSON.stringify([isReachable, queries])).to.deep.equal(found);
      await server.orsay.close();
    }
  });
});

describe('an agent with a login', () => {
  let server: TestServer;
  const kate = { authorization: `Basic ${Buffer.from('kate:secret').toString('base64')}` };
  const admin = { authorization: `Basic ${Buffer.from('olga:secret').toString('base64')}` };

  before(async () => {
    const passwordHash = hashPassword('secret');
    server = createTestServer({
      config: (config) => ({
        ...config,
        users: {
          kate: { role: 'agent', agentId: 'kate1', passwordHash },
          olga: { role: 'administrator', passwordHash },
        },
      }),
    });
    for (const id of ['kate1', 'liz1']) {
      await server.send('PUT', `/agent/1/agents/${id}`, {
        json: { state: 'ready', groups: ['Billing'] },
        headers: admin,
      });
    }
  });
  after(() => server.orsay.close());

  it('acts only as the agent of that login', async () => {
    const list = await server.send('GET', '/agent/1/agents', { headers: kate });
    expect((list.json as { agentId: string }[]).map(({ agentId }) => agentId)).to.deep.equal(['kate1']);
    for (const path of ['', '/interactions', '/events']) {
      const reply = await server.send('GET', `/agent/1/agents/liz1${path}`, { headers: kate });
      expect(reply.status, path).to.equal(404);
    }
    const put = (id: string, json: object) =>
      server.send('PUT', `/agent/1/agents/${id}`, { json, headers: kate });
    expect((await put('liz1', { state: 'notReady' })).status).to.equal(403);
    expect((await put('kate1', { state: 'notReady' })).status).to.equal(200);
    expect((await put('kate1', { skills: { Gold: 10 } })).json).to.deep.equal({
      message: 'Expected an agent to change only state, mediaStates, place, nickname, reason, got skills.',
      exception: 'orsay.ForbiddenException',
      code: 'FORBIDDEN',
    });
  });
});

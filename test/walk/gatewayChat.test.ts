import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { WebSocket } from 'ws';
import { SimulatedAgent } from '../simulators/agent.ts';
import { SimulatedCustomer } from '../simulators/customer.ts';
import { startOrsay, type TestOrsay } from '../support/orsay.ts';
import { hasProxy, samplesOf, startProxy, type TestProxy } from '../support/proxy.ts';

const LOGIN_IN_SAMPLE = '127.0.0.1:9000';
/** The customers whom the login service knows, by what their clients send. */
const CUSTOMERS: Readonly<Record<string, string>> = { 'Bearer of-anna': 'anna', 'Bearer of-ben': 'ben' };

describe('the nginx of docs/guides/run-in-production.md as the gateway of customers', () => {
  const trust = process.env.NODE_TLS_REJECT_UNAUTHORIZED;
  let orsay: TestOrsay;
  let login: Server;
  let proxy: TestProxy;

  before(async function () {
    if (!hasProxy('nginx')) {
      console.log('        skipped: this machine has no nginx');
      this.skip();
    }
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
    login = createServer((req, res) => {
      const user = CUSTOMERS[req.headers.authorization ?? ''];
      res.writeHead(user === undefined ? 401 : 200, user === undefined ? {} : { 'X-User': user }).end();
    }).listen(0, '127.0.0.1');
    await once(login, 'listening');
    orsay = await startOrsay({
      change(config) {
        config.http.hosts = ['127.0.0.1'];
        config.security = {
          ...config.security,
          customers: { mode: 'gateway', anonymous: false, signatureMaxAge: 300 },
          gateways: ['127.0.0.1'],
        };
      },
    });
    const [sample = ''] = samplesOf('nginx', 'run-in-production.md');
    expect(sample).to.include(LOGIN_IN_SAMPLE);
    const { port } = login.address() as AddressInfo;
    proxy = await startProxy('nginx', sample.replace(LOGIN_IN_SAMPLE, `127.0.0.1:${port}`), [orsay.port]);
  });

  after(async () => {
    await proxy?.close();
    await orsay?.close();
    login?.close();
    if (trust === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    else process.env.NODE_TLS_REJECT_UNAUTHORIZED = trust;
  });

  function customerWith(authorization: string): SimulatedCustomer {
    return new SimulatedCustomer(proxy.url, '', { authorization });
  }

  it('plays the chat of the README for a customer who is logged in there', async () => {
    const agent = new SimulatedAgent(orsay.base, 'KSippola');
    await agent.put('ready');
    const anna = customerWith('Bearer of-anna');
    await anna.listen();
    await anna.create('chat-delay', { _customer_number: '4082652649', usr_reason: 'billing question' });
    expect(await anna.request('check-queue-position')).to.include({ _position: 1 });
    expect(await anna.request('connect')).to.include({ _action: 'StartChat' });
    await anna.request('ixn/chat', { firstName: 'Anna', subject: 'billing', notify_by: 'comet' });
    await orsay.durable.idle();
    const { interactionId } = (await agent.interactions())[0]!;
    const joined = anna.nextPush('service.chat', pushes('has joined the session'));
    await agent.post(interactionId, 'accept');
    await joined;
    const answered = anna.nextPush('service.chat', pushes('Hello'));
    await agent.post(interactionId, 'message', { text: 'Hello' });
    await answered;

    const ben = customerWith('Bearer of-ben');
    ben.serviceId = anna.serviceId;
    const theft = await ben.request('ixn/chat/refresh', { transcriptPosition: '1' }).catch(String);
    expect(theft).to.include('404');
    expect(await anna.request('ixn/chat/disconnect')).to.include({ chatIxnState: 'DISCONNECTED' });
    await anna.close();
  });

  it('names the customer of a WebSocket, whatever their client says', async () => {
    const socket = new WebSocket(`${proxy.url.replace('https', 'wss')}/genesys/cometd`, {
      headers: { authorization: 'Bearer of-ben', gms_user: 'anna' },
    });
    await once(socket, 'open');
    const ask = async (message: object): Promise<Record<string, unknown>> => {
      socket.send(JSON.stringify([message]));
      const [data] = await once(socket, 'message');
      return (JSON.parse(String(data)) as Record<string, unknown>[])[0]!;
    };
    const hello = { channel: '/meta/handshake', version: '1.0', supportedConnectionTypes: ['websocket'] };
    const { clientId } = await ask(hello);
    const subscription = '/_genesys';
    expect(await ask({ channel: '/meta/subscribe', clientId, subscription })).to.include({
      successful: true,
    });
    const notice = (id: string) => ({ id, tag: 'a', message: id });
    await orsay.bayeux.comet.deliver('anna', notice('for anna'));
    const heard = once(socket, 'message');
    await orsay.bayeux.comet.deliver('ben', notice('for ben'));
    expect(String((await heard)[0])).to.include('for ben');
    socket.close();
    await once(socket, 'close');
  });

  it('lets in nobody else, and nothing else', async () => {
    const ask = async (method: string, path: string, headers: Record<string, string>): Promise<number> =>
      (await fetch(`${proxy.url}${path}`, { method, headers })).status;
    const anna = { authorization: 'Bearer of-anna' };
    const callbacks = '/genesys/1/service/callback/chat-delay';
    expect(await ask('POST', callbacks, {})).to.equal(401);
    expect(await ask('POST', callbacks, { gms_user: 'anna' })).to.equal(401);
    expect(await ask('POST', '/genesys/cometd', { authorization: 'Bearer of-nobody' })).to.equal(401);
    expect(await ask('PUT', `${callbacks}/1`, anna)).to.equal(403);
    expect(await ask('GET', '/login/check', anna)).to.equal(404);
    for (const path of ['/agent/1/agents', '/genesys/1/admin/templates', '/scxml/session', '/']) {
      expect([path, await ask('GET', path, anna)]).to.deep.equal([path, 404]);
    }
  });
});

function pushes(text: string): (push: { readonly message: object }) => boolean {
  return ({ message }) => JSON.stringify(message).includes(JSON.stringify(text));
}

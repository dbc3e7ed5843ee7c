import { expect } from 'chai';
import { WebSocket } from 'ws';
import { hashPassword } from '../../../server/identity/passwordHash.ts';
import { HEARTBEAT_MS } from '../../../server/middleware/eventStream.ts';
import { ConfiguredServer } from '../../support/configuredServer.ts';
import { EventReader } from '../../support/eventReader.ts';

const passwordHash = hashPassword('secret');
const USERS = {
  olga: { role: 'administrator', passwordHash },
  kate: { role: 'agent', agentId: 'kate', passwordHash },
  gms: { role: 'platform', passwordHash },
};
const KATE = '/agent/1/agents/kate';
const USER_OF_KATE = '/genesys/1/admin/users/kate';

function basic(user: string, password = 'secret'): Record<string, string> {
  return { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` };
}

describe('a connection whose user loses the right to it', () => {
  let configured: ConfiguredServer;
  let base: string;
  beforeEach(async () => {
    configured = await ConfiguredServer.open();
    configured.edit((text) => JSON.stringify({ ...JSON.parse(text), users: USERS }));
    await configured.start();
    base = (await configured.server.orsay.listen(0, '127.0.0.1')).url;
    await asOlga('PUT', KATE, { state: 'ready' });
  });
  afterEach(() => configured.close());

  async function asOlga(method: string, path: string, json?: unknown): Promise<void> {
    const headers = { ...basic('olga'), 'content-type': 'application/json' };
    const body = json === undefined ? {} : { body: JSON.stringify(json) };
    const reply = await fetch(`${base}${path}`, { method, headers, ...body });
    expect(reply.status, await reply.text()).to.equal(200);
  }

  async function open(headers: Record<string, string>): Promise<EventReader> {
    const reader = await EventReader.open(`${base}${KATE}/events`, headers);
    expect((await reader.next(1))[0]!.data).to.include({ type: 'state', state: 'ready' });
    return reader;
  }

  async function cookieOf(user: string): Promise<Record<string, string>> {
    const headers = { ...basic(user), 'x-orsay-console': '1' };
    const reply = await fetch(`${base}/console/login`, { method: 'POST', headers });
    return { cookie: reply.headers.get('set-cookie')!.split(';')[0]! };
  }

  const changes: readonly (readonly [change: string, make: () => Promise<void>])[] = [
    ['is removed', () => asOlga('DELETE', USER_OF_KATE)],
    ['gets another role', () => asOlga('PUT', USER_OF_KATE, { role: 'platform' })],
    [
      'gets another password',
      () => asOlga('PUT', USER_OF_KATE, { role: 'agent', agentId: 'kate', password: 'another one' }),
    ],
  ];
  for (const [change, make] of changes) {
    it(`ends before the next event when the user ${change}`, async () => {
      const readers = [await open(basic('kate')), await open(await cookieOf('kate'))];
      await make();
      await asOlga('PUT', KATE, { state: 'notReady' });
      for (const reader of readers) expect(await reader.rest()).to.deep.equal([]);
    });
  }

  it('ends at the next heartbeat when nothing happens', async () => {
    const reader = await open(basic('kate'));
    await asOlga('DELETE', USER_OF_KATE);
    await configured.server.advance(HEARTBEAT_MS);
    expect(await reader.rest()).to.deep.equal([]);
  });

  it('ends when the browser of the stream logs out, and no other one', async () => {
    const [mine, other] = [await cookieOf('kate'), await cookieOf('kate')];
    const [reader, stays] = [await open(mine), await open(other)];
    const headers = { ...mine, 'x-orsay-console': '1' };
    await fetch(`${base}/console/login`, { method: 'DELETE', headers });
    await asOlga('PUT', KATE, { state: 'notReady' });
    expect(await reader.rest()).to.deep.equal([]);
    expect((await stays.next(1))[0]!.data).to.include({ state: 'notReady' });
    await stays.cancel();
  });

  it('ends as a WebSocket of CometD with its next frame', async () => {
    const socket = new WebSocket(`${base.replace('http', 'ws')}/genesys/cometd`, {
      headers: { ...basic('gms'), gms_user: 'anna' },
    });
    const frames: string[] = [];
    socket.on('message', (data) => frames.push(String(data)));
    await new Promise((resolve) => socket.once('open', resolve));
    await asOlga('DELETE', '/genesys/1/admin/users/gms');
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.send(
      JSON.stringify([
        { channel: '/meta/handshake', version: '1.0', supportedConnectionTypes: ['websocket'] },
      ]),
    );
    expect(await closed).to.equal(1008);
    expect(frames).to.deep.equal([]);
  });
});

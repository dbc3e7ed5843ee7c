import { generateKeyPairSync } from 'node:crypto';
import { expect } from 'chai';
import type { HttpClient } from '../../../engine/ports/httpClient.ts';
import { ElsewhereOnly, ListedDestinations } from '../../../server/adapters/destinations.ts';
import { createHttpClient } from '../../../server/adapters/http.ts';
import { BoundedConnection } from '../../../server/pushServices/boundedConnection.ts';
import { FcmConnection, readServiceAccount } from '../../../server/pushServices/fcm.ts';
import type { DevicePush } from '../../../strategies/notification/mobilePush.ts';
import type { PushOptions } from '../../../strategies/notification/pushOptions.ts';
import { type FcmAnswer, FcmServer } from '../../simulators/fcmServer.ts';
import { createSimulatedClock, type SimulatedClock } from '../../support/simulatedClock.ts';

const ID = '0123456789abcdef0123456789abcdef';
const ANNOUNCEMENT = '{"_id":"7-1","_action":"get-dialog-start-chat"}';

function pushOf(deviceId: string, options: PushOptions = {}): DevicePush {
  return { id: ID, deviceId, message: ANNOUNCEMENT, options };
}

describe('a connection to Firebase Cloud Messaging', () => {
  let server: FcmServer;
  let clock: SimulatedClock;

  beforeEach(async () => {
    clock = createSimulatedClock();
    server = new FcmServer();
    await server.listen();
  });
  afterEach(() => server.close());

  function client(): HttpClient {
    const destinations = new ListedDestinations({ allow: [server.url], setting: 'push' });
    return createHttpClient({
      own: { pathOf: () => undefined, isOwnPort: () => false, isOwnSocket: () => false },
      dispatch: () => {
        throw new Error('no own URL is called');
      },
      destinations: new ElsewhereOnly(destinations),
      maxBytes: 65_536,
    });
  }

  function connection(accountFile = server.accountFile, timeoutMs = 2_000): FcmConnection {
    const account = readServiceAccount(accountFile);
    return new FcmConnection({ http: client(), clock, account, url: server.url, timeoutMs });
  }

  it('sends the text under message, and the visible part only if it is configured', async () => {
    const fcm = connection();
    expect(await fcm.send(pushOf('quiet'))).to.deep.equal({
      kind: 'delivered',
      receipt: 'projects/orsay-test/messages/1',
    });
    const options = { 'fcm.title': 'Support', 'fcm.body': 'An agent is ready', 'apple.badge': 1 };
    expect(await fcm.send(pushOf('visible', options))).to.include({ kind: 'delivered' });
    expect(server.messages).to.deep.equal([
      { token: 'quiet', data: { message: ANNOUNCEMENT }, android: { priority: 'HIGH' } },
      {
        token: 'visible',
        data: { message: ANNOUNCEMENT },
        notification: { title: 'Support', body: 'An agent is ready' },
        android: { priority: 'HIGH', notification: { tag: ID } },
      },
    ]);
  });

  it('asks for one access token for all its requests, and for another one before that ends', async () => {
    const fcm = connection();
    await Promise.all(['a', 'b', 'c'].map((device) => fcm.send(pushOf(device))));
    expect(server.tokensGiven).to.equal(1);
    await clock.advance(54 * 60_000, async () => {});
    await fcm.send(pushOf('d'));
    expect(server.tokensGiven).to.equal(1);
    await clock.advance(2 * 60_000, async () => {});
    expect(await fcm.send(pushOf('e'))).to.include({ kind: 'delivered' });
    expect(server.tokensGiven).to.equal(2);
  });

  it('asks for another access token when FCM does not take the present one', async () => {
    const fcm = connection();
    await fcm.send(pushOf('a'));
    server.next = [{ kind: 'fault', status: 401, code: 'UNAUTHENTICATED' }];
    expect(await fcm.send(pushOf('b'))).to.include({ kind: 'delivered' });
    expect(server.tokensGiven).to.equal(2);
  });

  const faults: readonly (readonly [string, FcmAnswer, object])[] = [
    ['a token that is not registered', fault(404, 'UNREGISTERED'), { kind: 'gone' }],
    ['a token that FCM cannot read', fault(400, 'INVALID_ARGUMENT', 'message.token'), { kind: 'gone' }],
    ['a message that FCM refuses', fault(400, 'INVALID_ARGUMENT'), { kind: 'failed', retry: false }],
    ['a token of another project', fault(403, 'SENDER_ID_MISMATCH'), { kind: 'failed', retry: false }],
    ['missing rights', fault(403, 'PERMISSION_DENIED'), { kind: 'failed', retry: true }],
    ['a fault of FCM', fault(500, 'INTERNAL'), { kind: 'failed', retry: true }],
    [
      'a pause',
      fault(503, 'UNAVAILABLE', undefined, '7'),
      { kind: 'failed', retry: true, retryAfterMs: 7_000 },
    ],
    [
      'too many messages',
      fault(429, 'QUOTA_EXCEEDED', undefined, '30'),
      { kind: 'failed', retry: true, retryAfterMs: 30_000 },
    ],
    [
      'too many messages without a time',
      fault(429, 'QUOTA_EXCEEDED'),
      { kind: 'failed', retry: true, retryAfterMs: 60_000 },
    ],
    ['an answer that is cut', { kind: 'cut' }, { kind: 'failed', retry: true }],
  ];

  function fault(status: number, code: string, field?: string, retryAfter?: string) {
    return {
      kind: 'fault' as const,
      status,
      code,
      ...(field !== undefined && { field }),
      ...(retryAfter !== undefined && { retryAfter }),
    };
  }

  for (const [name, answer, expected] of faults) {
    it(`reports ${name}`, async () => {
      server.next = [answer];
      const result = await connection().send(pushOf('device'));
      expect(result).to.include(expected);
      expect((result as { readonly reason: string }).reason)
        .to.be.a('string')
        .with.length.above(5);
      expect(server.messages).to.deep.equal([]);
    });
  }

  it('reports a service that does not answer in time', async () => {
    server.next = [{ kind: 'silent' }];
    const result = await connection(server.accountFile, 100).send(pushOf('device'));
    expect(result).to.include({ kind: 'failed', retry: true });
    expect((result as { readonly reason: string }).reason).to.include('did not answer within 100 ms');
  });

  it('reports a token endpoint that is down, and asks it again after a second', async () => {
    server.tokenStatus = 503;
    const fcm = connection();
    const result = await fcm.send(pushOf('a'));
    expect(result).to.include({ kind: 'failed', retry: true });
    expect((result as { readonly reason: string }).reason).to.include('expected a token, got 503');
    server.tokenStatus = 200;
    expect(await fcm.send(pushOf('a'))).to.include({ kind: 'failed' });
    await clock.advance(1_000, async () => {});
    expect(await fcm.send(pushOf('a'))).to.include({ kind: 'delivered' });
  });

  it('reports a key that Google does not know', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const result = await connection(server.accountWith(privateKey)).send(pushOf('a'));
    expect(result).to.include({ kind: 'failed', retry: true });
    expect((result as { readonly reason: string }).reason).to.include('invalid_grant');
  });

  it('refuses a message that FCM would not take', async () => {
    const result = await connection().send({ ...pushOf('a'), message: 'x'.repeat(4_097) });
    expect(result).to.deep.equal({
      kind: 'failed',
      reason: 'the message has 4097 bytes; FCM takes 4096',
      retry: false,
    });
    expect(server.tokensGiven).to.equal(0);
  });

  it('names what is wrong with a key file', () => {
    expect(() => readServiceAccount('{"type":"authorized_user"}')).to.throw(
      'expected the JSON key file of a service account, got:',
    );
    expect(() => readServiceAccount('key')).to.throw('expected the JSON key file of a service account');
  });

  it('bounds what waits for a slow service', async () => {
    const limits = { requestSeconds: 2, concurrent: 2, waiting: 1 };
    const fcm = new BoundedConnection(connection(), limits);
    // The access token first, so that the requests wait for FCM alone.
    await fcm.send(pushOf('first'));
    server.next = [{ kind: 'silent' }, { kind: 'silent' }];
    const slow = ['a', 'b', 'c'].map((device) => fcm.send(pushOf(device)));
    const refused = await fcm.send(pushOf('d'));
    expect(refused).to.deep.equal({
      kind: 'failed',
      reason: '1 notifications wait for this push service (limits.push.waiting)',
      retry: true,
      retryAfterMs: 1_000,
    });
    while (server.held < 2) await new Promise((done) => setImmediate(done));
    server.release();
    expect((await Promise.all(slow)).map(({ kind }) => kind)).to.deep.equal(slow.map(() => 'delivered'));
    expect(await fcm.send(pushOf('d'))).to.include({ kind: 'delivered' });
  });
});

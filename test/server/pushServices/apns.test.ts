import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import fc from 'fast-check';
import type { Json } from '../../../engine/ports/json.ts';
import { ListedDestinations } from '../../../server/adapters/destinations.ts';
import {
  ApnsConnection,
  type ApnsCredentials,
  readApnsCertificate,
  readApnsKey,
} from '../../../server/pushServices/apns.ts';
import { apnsMessage } from '../../../server/pushServices/apnsMessage.ts';
import type { DevicePush } from '../../../strategies/notification/mobilePush.ts';
import {
  PUSH_OPTION_NAMES,
  type PushOptions,
  pushOptionProblem,
} from '../../../strategies/notification/pushOptions.ts';
import { APP_P12, APP_PEM, type ApnsAnswer, ApnsServer } from '../../simulators/apnsServer.ts';
import { createSimulatedClock, type SimulatedClock } from '../../support/simulatedClock.ts';
import { TEST_TLS } from '../../support/tlsFront.ts';

const ID = '0123456789abcdef0123456789abcdef';
const ANNOUNCEMENT = '{"_id":"7-1","_action":"get-dialog-start-chat"}';

function pushOf(deviceId: string, options: PushOptions = {}): DevicePush {
  return { id: ID, deviceId, message: ANNOUNCEMENT, options };
}

describe('a connection to Apple Push Notification service', () => {
  let server: ApnsServer;
  let clock: SimulatedClock;
  let closing: AbortController;

  beforeEach(async () => {
    clock = createSimulatedClock();
    closing = new AbortController();
    server = new ApnsServer(clock);
    await server.listen();
  });
  afterEach(async () => {
    closing.abort();
    await server.close();
  });

  const token = (key = server.key): ApnsCredentials => ({
    kind: 'token',
    key: readApnsKey(key),
    keyId: 'KEY1234567',
    teamId: 'TEAM123456',
  });

  function connection(credentials = token(), timeoutMs = 2_000): ApnsConnection {
    const url = new URL(server.url);
    return new ApnsConnection({
      clock,
      credentials,
      topic: 'com.example.support',
      url,
      guard: new ListedDestinations({ allow: [url.origin], setting: 'push' }).guardOf(url),
      trusted: [readFileSync(TEST_TLS.certificate, 'utf8')],
      timeoutMs,
      closing: closing.signal,
    });
  }

  it('sends the text under message, and what apple.* shows, with one id for every attempt', async () => {
    const options: PushOptions = {
      'apple.title': 'Support',
      'apple.alertMessage.body': 'An agent is ready',
      'apple.badge': '9',
      'apple.sound': 'bingbong.aiff',
      'apple.content-available': 1,
      'fcm.title': 'not for Apple',
    };
    expect(await connection().send(pushOf('a1b2', options))).to.include({ kind: 'delivered' });
    const [{ device, headers, payload }] = server.notifications as [(typeof server.notifications)[0]];
    expect({ device, payload }).to.deep.equal({
      device: 'a1b2',
      payload: {
        aps: {
          alert: { title: 'Support', body: 'An agent is ready' },
          badge: 9,
          sound: 'bingbong.aiff',
          'content-available': 1,
        },
        message: ANNOUNCEMENT,
      },
    });
    expect(headers).to.include({
      'apns-topic': 'com.example.support',
      'apns-id': '01234567-89ab-cdef-0123-456789abcdef',
      'apns-collapse-id': ID,
      'apns-push-type': 'alert',
      'apns-priority': '10',
    });
  });

  it('shows a text message with a blank title, and only wakes the app for one that is not for people', async () => {
    const apns = connection();
    await apns.send({ ...pushOf('a'), message: 'Sehr geehrter Kunde Doe' });
    await apns.send(pushOf('b'));
    expect(
      server.notifications.map(({ payload, headers }) => [payload, headers['apns-push-type']]),
    ).to.deep.equal([
      [
        {
          aps: { alert: { title: '', body: 'Sehr geehrter Kunde Doe' } },
          message: 'Sehr geehrter Kunde Doe',
        },
        'alert',
      ],
      [{ aps: { 'content-available': 1 }, message: ANNOUNCEMENT }, 'background'],
    ]);
  });

  it('makes a notification of any options that are accepted (random options)', () => {
    const value = fc.oneof(fc.string(), fc.nat(), fc.boolean(), fc.constant(null), fc.jsonValue());
    const options = fc.dictionary(fc.constantFrom(...PUSH_OPTION_NAMES, 'apple.bagde', '__proto__'), value);
    fc.assert(
      fc.property(options, fc.jsonValue(), (given, message) => {
        const isAccepted = Object.entries(given).every(
          ([name, one]) => pushOptionProblem(name, one) === undefined,
        );
        if (!isAccepted) return;
        const push = { id: ID, deviceId: 'a', message: message as Json, options: given as PushOptions };
        const { headers, body } = apnsMessage(push, 0);
        const { aps } = JSON.parse(body) as { readonly aps: Readonly<Record<string, unknown>> };
        const isShown = aps.alert !== undefined || aps.badge !== undefined || aps.sound !== undefined;
        expect(headers['apns-push-type']).to.equal(isShown ? 'alert' : 'background');
        expect(['undefined', 'number']).to.include(typeof aps.badge);
        expect(aps.badge).to.not.equal(null);
      }),
    );
  });

  it('uses one session and one token, and makes another token after 40 minutes', async () => {
    const apns = connection();
    await Promise.all(Array.from({ length: 30 }, (_, index) => apns.send(pushOf(`d${index}`))));
    await clock.advance(39 * 60_000, async () => {});
    await apns.send(pushOf('later'));
    expect({ sessions: server.sessions, tokens: server.tokens.size }).to.deep.equal({
      sessions: 1,
      tokens: 1,
    });
    await clock.advance(2 * 60_000, async () => {});
    expect(await apns.send(pushOf('last'))).to.include({ kind: 'delivered' });
    expect({ sessions: server.sessions, tokens: server.tokens.size }).to.deep.equal({
      sessions: 1,
      tokens: 2,
    });
    expect(server.notifications).to.have.length(32);
  });

  for (const [name, file, passphrase] of [
    ['.pem', APP_PEM, undefined],
    ['.p12', APP_P12, 'app-secret'],
  ] as const) {
    it(`proves the app by a ${name} certificate`, async () => {
      const tls = readApnsCertificate(readFileSync(file), passphrase);
      const result = await connection({ kind: 'certificate', tls }).send(pushOf('a'));
      expect(result).to.include({ kind: 'delivered' });
      expect(server.notifications[0]?.headers).to.not.have.property('authorization');
    });
  }

  it('names what is wrong with a key or a certificate', () => {
    expect(() => readApnsCertificate(readFileSync(APP_P12), 'wrong')).to.throw(/mac verify failure|wrong/i);
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const pem = String(privateKey.export({ type: 'pkcs8', format: 'pem' }));
    expect(() => readApnsKey(pem)).to.throw('expected a key of the curve P-256, got rsa');
    expect(() => readApnsKey('no key')).to.throw();
  });

  it('reports a key that Apple does not know', async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const other = String(privateKey.export({ type: 'pkcs8', format: 'pem' }));
    expect(await connection(token(other)).send(pushOf('a'))).to.deep.equal({
      kind: 'failed',
      reason: 'APNs answered 403 InvalidProviderToken',
      retry: true,
    });
  });

  const fault = (status: number, reason: string, retryAfter?: string): ApnsAnswer => ({
    kind: 'fault',
    status,
    reason,
    ...(retryAfter !== undefined && { retryAfter }),
  });
  const faults: readonly (readonly [string, ApnsAnswer, object])[] = [
    ['a device that has removed the app', fault(410, 'Unregistered'), { kind: 'gone' }],
    ['a token that is none', fault(400, 'BadDeviceToken'), { kind: 'gone' }],
    ['a token of another app', fault(400, 'DeviceTokenNotForTopic'), { kind: 'failed', retry: false }],
    ['a notification that is too large', fault(413, 'PayloadTooLarge'), { kind: 'failed', retry: false }],
    [
      'too many notifications for a device',
      fault(429, 'TooManyRequests'),
      { kind: 'failed', retry: true, retryAfterMs: 60_000 },
    ],
    [
      'a service that is down',
      fault(503, 'ServiceUnavailable', '9'),
      { kind: 'failed', retry: true, retryAfterMs: 9_000 },
    ],
    ['a fault of the service', fault(500, 'InternalServerError'), { kind: 'failed', retry: true }],
    ['an answer that is cut', { kind: 'cut' }, { kind: 'failed', retry: true }],
  ];
  for (const [name, answer, expected] of faults) {
    it(`reports ${name}, and sends the next notification`, async () => {
      server.next = [answer];
      const apns = connection();
      expect(await apns.send(pushOf('a'))).to.include(expected);
      expect(await apns.send(pushOf('b'))).to.include({ kind: 'delivered' });
    });
  }

  for (const kind of ['goaway', 'refuse'] as const) {
    it(`sends again what the service has not processed (${kind})`, async () => {
      const apns = connection();
      await apns.send(pushOf('a'));
      server.next = [{ kind }];
      expect(await apns.send(pushOf('b'))).to.include({ kind: 'delivered' });
      expect(server.notifications.map(({ device }) => device)).to.deep.equal(['a', 'b']);
    });
  }

  it('gives up after two attempts that were not processed', async () => {
    server.next = [{ kind: 'refuse' }, { kind: 'refuse' }];
    expect(await connection().send(pushOf('a'))).to.include({ kind: 'failed', retry: true });
  });

  it('makes another token when the present one has expired for Apple', async () => {
    server.next = [fault(403, 'ExpiredProviderToken')];
    expect(await connection().send(pushOf('a'))).to.include({ kind: 'delivered' });
  });

  it('opens another session after a request without an answer', async () => {
    server.next = [{ kind: 'silent' }];
    const apns = connection(token(), 150);
    expect(await apns.send(pushOf('a'))).to.deep.equal({
      kind: 'failed',
      reason: 'APNs: no answer within 150 ms',
      retry: true,
    });
    expect(await apns.send(pushOf('b'))).to.include({ kind: 'delivered' });
    expect(server.sessions).to.equal(2);
  });

  it('reports a service that cannot be reached, or that it does not trust', async () => {
    const apns = connection();
    await server.close();
    expect(await apns.send(pushOf('a'))).to.include({ kind: 'failed', retry: true });
    server = new ApnsServer(clock);
    await server.listen();
    const url = new URL(server.url);
    const untrusting = new ApnsConnection({
      clock,
      credentials: token(),
      topic: 'com.example.support',
      url,
      guard: new ListedDestinations({ allow: [url.origin], setting: 'push' }).guardOf(url),
      timeoutMs: 2_000,
      closing: closing.signal,
    });
    expect(await untrusting.send(pushOf('a'))).to.include({ kind: 'failed', retry: true });
    expect(server.notifications).to.deep.equal([]);
  });
});

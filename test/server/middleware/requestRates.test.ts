import { expect } from 'chai';
import fc from 'fast-check';
import { RequestRate } from '../../../server/middleware/requestRates.ts';
import { fuzzSeed } from '../../support/fuzzSeed.ts';
import { startOrsay, type TestOrsay } from '../../support/orsay.ts';
import { type RawReply, sendRaw } from '../../support/rawHttp.ts';
import { createSimulatedClock } from '../../support/simulatedClock.ts';

describe('a rate of requests', () => {
  it('allows a burst, and then one request in each interval', async () => {
    const clock = createSimulatedClock();
    const rate = new RequestRate({ rate: { perSecond: 2, burst: 3 }, clock });
    const take = (times: number): number[] => Array.from({ length: times }, () => rate.take('anna'));
    expect(take(5)).to.deep.equal([0, 0, 0, 500, 500]);
    expect(rate.take('berta')).to.equal(0);
    await clock.advance(499, async () => {});
    expect(take(1)).to.deep.equal([1]);
    await clock.advance(1, async () => {});
    expect(take(2)).to.deep.equal([0, 500]);
    await clock.advance(60_000, async () => {});
    expect(take(4)).to.deep.equal([0, 0, 0, 500]);
  });

  it('never allows more in any time than the burst and the rate together', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          perSecond: fc.double({ min: 0.1, max: 500, noNaN: true }),
          burst: fc.integer({ min: 1, max: 50 }),
        }),
        fc.array(fc.record({ pauseMs: fc.nat(2000), requests: fc.nat(30) }), { maxLength: 8 }),
        async (rate, groups) => {
          const clock = createSimulatedClock();
          const counted = new RequestRate({ rate, clock });
          const allowed: number[] = [];
          for (const { pauseMs, requests } of groups) {
            await clock.advance(pauseMs, async () => {});
            for (let sent = 0; sent < requests; sent += 1) {
              if (counted.take('anna') === 0) allowed.push(clock.now());
            }
          }
          for (const [first, from] of allowed.entries()) {
            for (const [last, to] of allowed.entries()) {
              if (last < first) continue;
              const most = rate.burst + ((to - from) / 1000) * rate.perSecond;
              if (last - first + 1 > Math.floor(most + 0.01))
                expect.fail(`${last - first + 1} within ${most}`);
            }
          }
        },
      ),
      { ...fuzzSeed(), numRuns: 60 },
    );
  });
});

describe('the limits of requests', () => {
  let orsay: TestOrsay;
  afterEach(() => orsay.close());

  const REQUESTS = {
    ofAddress: { perSecond: 0.1, burst: 3 },
    ofUser: { perSecond: 0.1, burst: 2 },
    chatsOfAddress: { perSecond: 0.1, burst: 2 },
  };

  async function start(trustedProxies: readonly string[]): Promise<void> {
    orsay = await startOrsay({
      change: (config) => {
        config.limits = { ...config.limits, requests: REQUESTS };
        config.server.trustedProxies = [...trustedProxies];
      },
    });
  }

  function get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<RawReply> {
    const lines = Object.entries({ Host: `127.0.0.1:${orsay.port}`, Connection: 'close', ...headers });
    const text = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
    return sendRaw(orsay.port, `GET ${path} HTTP/1.1\r\n${text}\r\n`);
  }

  async function statuses(times: number, path: string, headers: Record<string, string>): Promise<number[]> {
    const found: number[] = [];
    for (let sent = 0; sent < times; sent += 1) found.push((await get(path, headers)).status);
    return found;
  }

  it('refuse an address that sends too much, for any URL, and no other address', async () => {
    await start(['loopback']);
    const from = (address: string) => ({ 'X-Forwarded-For': address });
    expect(await statuses(3, '/nothing/here', from('192.0.2.1'))).to.deep.equal([404, 404, 404]);
    const refused = await get('/genesys/1/storage/x', from('192.0.2.1'));
    expect([refused.status, refused.headers['retry-after'], JSON.parse(refused.body)]).to.deep.equal([
      429,
      '10',
      {
        message:
          'There are too many requests of address 192.0.2.1: limits.requests.ofAddress is 0.1 a second, 3 at once.',
        exception: 'orsay.TooManyRequestsException',
        code: 'TOO_MANY_REQUESTS',
      },
    ]);
    expect(await statuses(1, '/nothing/here', from('192.0.2.2'))).to.deep.equal([404]);
    await orsay.advance(10_000);
    expect(await statuses(2, '/nothing/here', from('192.0.2.1'))).to.deep.equal([404, 429]);
  });

  it('count all addresses of an IPv6 network of 64 bits together', async () => {
    await start(['loopback']);
    const found = await Promise.all(
      [1, 2, 3, 4].map((host) => get('/nothing', { 'X-Forwarded-For': `2001:db8:1:2::${host}` })),
    );
    expect(found.map(({ status }) => status).sort()).to.deep.equal([404, 404, 404, 429]);
  });

  it('refuse a user behind a gateway that sends too much, and no other user, nor the gateway', async () => {
    await start([]);
    const path = '/genesys/1/service/1-unknown/storage';
    expect(await statuses(3, path, { gms_user: 'anna' })).to.deep.equal([404, 404, 429]);
    const refused = await get(path, { gms_user: 'anna' });
    expect(JSON.parse(refused.body)).to.deep.equal({
      message:
        "There are too many requests of user 'anna': limits.requests.ofUser is 0.1 a second, 2 at once.",
      exception: 'orsay.TooManyRequestsException',
      code: 'TOO_MANY_REQUESTS',
    });
    expect(await statuses(1, path, { gms_user: 'berta' })).to.deep.equal([404]);
    expect(await statuses(5, path, {})).to.deep.equal([404, 404, 404, 404, 404]);
    await orsay.advance(10_000);
    expect(await statuses(2, path, { gms_user: 'anna' })).to.deep.equal([404, 429]);
  });
});

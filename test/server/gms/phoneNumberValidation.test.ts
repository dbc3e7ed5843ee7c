import { expect } from 'chai';
import { createTestServer, type TestReply, type TestServer } from '../../support/testServer.ts';

const ROOT = '/genesys/1/phonenumber';

describe('the Phone Number Validation API', () => {
  let server: TestServer;

  beforeEach(() => {
    server = createTestServer();
  });
  afterEach(() => server.orsay.close());

  const get = (query: string): Promise<TestReply> => server.send('GET', `${ROOT}?${query}`);
  const partsOf = async (query: string, ...names: readonly string[]): Promise<readonly unknown[]> => {
    const { json } = await get(query);
    return names.map((name) => (json as Record<string, unknown>)[name]);
  };

  it('answers the documented example with its 21 fields', async () => {
    const reply = await get('number=0612345678&country=FR&geocodingLocale=DE');
    expect([reply.status, reply.json]).to.deep.equal([
      200,
      {
        'number-specified': '0612345678',
        'number-original': '06 12 34 56 78',
        'number-E164': '+33612345678',
        'number-international': '+33 6 12 34 56 78',
        'number-national': '06 12 34 56 78',
        'number-national-short': '612345678',
        'number-type': 'MOBILE',
        'country-code': 33,
        'country-code-source': 'FROM_DEFAULT_COUNTRY',
        'country-default': 'FR',
        'region-code': 'FR',
        extension: '',
        'is-possible-number': true,
        'is-valid-number': true,
        'is-valid-number-for-region': true,
        'is-premium': false,
        'italian-leading-zero': false,
        carrier: 'SFR',
        location: 'Frankreich',
        'time-zone': 'Europe/Paris',
        'language-specified': 'de',
      },
    ]);
  });

  it('reads national numbers of the US, in English, without a country and a language', async () => {
    expect(
      await partsOf(
        'number=6502530000',
        'number-national',
        'number-type',
        'carrier',
        'location',
        'time-zone',
        'language-specified',
      ),
    ).to.deep.equal([
      '(650) 253-0000',
      'FIXED_LINE_OR_MOBILE',
      '',
      'Mountain View, CA',
      'America/Los_Angeles',
      'en',
    ]);
  });

  it('reads international numbers, also when the + arrives as a blank', async () => {
    for (const number of ['%2B33612345678', '+33612345678']) {
      expect(
        await partsOf(
          `number=${number}`,
          'number-E164',
          'number-original',
          'country-code-source',
          'region-code',
          'is-valid-number',
          'is-valid-number-for-region',
        ),
        number,
      ).to.deep.equal(['+33612345678', '+33 6 12 34 56 78', 'FROM_NUMBER_WITH_PLUS_SIGN', 'FR', true, false]);
    }
  });

  it('keeps the form without the prefix of national calls, extensions and Italian zeros', async () => {
    expect(await partsOf('number=612345678&country=FR', 'number-original')).to.deep.equal(['6 12 34 56 78']);
    expect(await partsOf('number=8003569377x55', 'extension', 'number-type')).to.deep.equal([
      '55',
      'TOLL_FREE',
    ]);
    expect(await partsOf('number=0236618300&country=IT', 'italian-leading-zero', 'location')).to.deep.equal([
      true,
      'Milan',
    ]);
  });

  it('marks numbers that parse and are premium, or not valid', async () => {
    expect(await partsOf('number=%2B19005550123', 'is-premium', 'number-type')).to.deep.equal([
      true,
      'PREMIUM_RATE',
    ]);
    expect(
      await partsOf('number=111', 'is-possible-number', 'is-valid-number', 'number-type', 'is-premium'),
    ).to.deep.equal([false, false, 'UNKNOWN', false]);
  });

  it('answers 400 for a text that is no number', async () => {
    for (const [query, number, country] of [
      ['number=abc', 'abc', 'US'],
      ['number=0612345678&country=xx', '0612345678', 'XX'],
      [`number=${'1'.repeat(300)}`, '1'.repeat(300), 'US'],
    ]) {
      const reply = await get(query!);
      expect([reply.status, reply.json]).to.deep.equal([
        400,
        {
          message: `Invalid Phone Number ${number} for Country ${country} (parsing impossible)`,
          exception: 'com.genesyslab.gsg.GSGException',
          code: 'PHONE_NUMBER_INVALID',
        },
      ]);
    }
  });

  it('refuses a missing number, and names of countries and languages that are none', async () => {
    for (const query of ['', 'number=', 'number=1&country=USA', 'number=1&geocodingLocale=..%2F..']) {
      expect((await get(query)).status, query).to.equal(400);
    }
  });

  it('reads its tables outside the event loop', async () => {
    await get('number=%2B33612345678');
    // A busy machine makes turns slower and the wait longer.
    let turns = 0;
    let isOver = false;
    const turn = (): void => {
      turns++;
      if (!isOver) setImmediate(turn);
    };
    turn();
    // The table of China is the largest one, and each number reads it again.
    for (const end of ['1', '2', '3', '4']) await get(`number=%2B861380013000${end}`);
    isOver = true;
    expect(turns).to.be.greaterThan(1_000);
  });

  it('refuses numbers that would wait too long', async () => {
    const replies = await Promise.all(Array.from({ length: 55 }, () => get('number=%2B33612345678')));
    // The connections of one moment arrive in any order.
    const refused = replies.filter(({ status }) => status !== 200);
    expect(refused.map(({ status, json }) => [status, json])).to.deep.equal(
      Array(5).fill([
        503,
        {
          message: 'Expected at most MAX_WAITING_PHONE_NUMBERS (50) phone numbers at one time, got one more.',
          exception: 'orsay.UnavailableException',
          code: 'SERVER_BUSY',
        },
      ]),
    );
  });
});

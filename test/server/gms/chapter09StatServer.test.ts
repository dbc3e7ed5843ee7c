import { expect } from 'chai';
import { hashPassword } from '../../../server/identity/passwordHash.ts';
import { createTestServer, type TestReply, type TestServer } from '../../support/testServer.ts';

const EXCEPTION = 'com.genesyslab.gsg.services.statistic.StatisticException';
/** The body of the documented sample. */
const SAMPLE = {
  objectId: 'KSippola',
  objectType: 'Agent',
  tenant: 'Environment',
  tenantPassword: '',
  metric: 'TotalLoginTime',
};

describe('chapter 9, the Stat Server API', () => {
  let server: TestServer;
  beforeEach(() => {
    server = createTestServer();
  });
  afterEach(() => server.orsay.close());

  const post = (
    path: string,
    form: Record<string, string>,
    headers: Record<string, string> = {},
  ): Promise<TestReply> => server.send('POST', `/genesys/1/${path}`, { form, headers });
  const login = (state = 'ready'): Promise<TestReply> =>
    server.send('PUT', '/agent/1/agents/KSippola', { json: { state, groups: ['Billing'] } });

  it('answers the documented request with a value and its age', async () => {
    await login();
    await server.advance(1_025_000);
    const first = await post('statistic', SAMPLE);
    expect([first.status, first.text, first.headers.age]).to.deep.equal([200, '{"value":1025}', '0']);
    expect(first.headers).to.include({ 'cache-control': 'no-cache, no-store', pragma: 'no-cache' });
    await server.advance(9_000);
    const kept = await post('statistic', SAMPLE);
    expect([kept.text, kept.headers.age]).to.deep.equal(['{"value":1025}', '9']);
    const fresh = await post('statistic', SAMPLE, { 'cache-control': 'max-age=2' });
    expect([fresh.text, fresh.headers.age]).to.deep.equal(['{"value":1034}', '0']);
    await server.advance(2_000);
    const still = await post('internal_statistic', SAMPLE, { 'cache-control': 'max-age=2' });
    expect([still.text, still.headers.age]).to.deep.equal(['{"value":1034}', '2']);
  });

  it('counts the callbacks of a service that have begun and have not ended', async () => {
    const peek = async (): Promise<unknown> =>
      (
        await post(
          'statistic',
          {
            ...SAMPLE,
            objectType: 'CallbackService',
            objectId: 'chat-delay',
            metric: 'CurrNumberWaitingCallbacks',
          },
          { 'cache-control': 'max-age=0' },
        )
      ).json;
    const start = async (more: Record<string, string> = {}): Promise<string> => {
      const json = { _customer_number: '5115', ...more };
      const made = await server.send('POST', '/genesys/1/service/callback/chat-delay', { json });
      return (made.json as { _id: string })._id;
    };
    await start();
    const second = await start();
    await start({ _desired_time: '2099-01-01T00:00:00.000Z' });
    expect(await peek()).to.deep.equal({ value: 2 });
    await server.send('DELETE', `/genesys/1/service/callback/chat-delay/${second}`);
    await server.advance(1_000);
    expect(await peek()).to.deep.equal({ value: 1 });
    const unknown = await post('statistic', {
      ...SAMPLE,
      objectType: 'CallbackService',
      objectId: 'hello',
      metric: 'CurrNumberWaitingCallbacks',
    });
    expect(unknown.status).to.equal(403);
  });

  it('has the message of the reference for a place that no agent has', async () => {
    const place = { ...SAMPLE, objectType: 'Place', objectId: 'SIP_Server_Place' };
    const unknown = await post('statistic', place);
    expect([unknown.status, (unknown.json as { message: string }).message]).to.deep.equal([
      403,
      "Place 'SIP_Server_Place' (Tenant 'Environment') not found",
    ]);
    await server.send('PUT', '/agent/1/agents/KSippola', {
      json: { state: 'ready', place: 'SIP_Server_Place' },
    });
    await server.advance(60_000);
    expect((await post('statistic', place)).text).to.equal('{"value":60}');
  });

  it('counts within the time profile, the time range and the filter that a request names', async () => {
    const own = createTestServer({
      config: (config) => ({
        ...config,
        statistics: {
          ...config.statistics,
          timeRanges: { Short: '0-60' },
          filters: { Gold: 'PairExists("segment","gold")' },
        },
      }),
    });
    const target = encodeURIComponent('Billing@S.GA');
    for (const segment of ['gold', 'silver']) {
      const url = `/urs/call/start?strategy=WaitForTarget&tenant=Environment&VQ=VQ&VQ_TARGET=${target}&segment=${segment}`;
      expect((await own.send('GET', url)).status).to.equal(200);
    }
    await own.advance(90_000);
    const peek = async (fields: Record<string, string>): Promise<string> =>
      (
        await own.send('POST', '/genesys/1/statistic', {
          form: { objectId: 'VQ', objectType: 'Queue', ...fields },
          headers: { 'cache-control': 'max-age=0' },
        })
      ).text;
    expect(await peek({ metric: 'TotalEntered' })).to.equal('{"value":2}');
    expect(await peek({ metric: 'TotalEntered', filter: 'Gold' })).to.equal('{"value":1}');
    const inRange = { metric: 'CurrNumberWaitingInRange', timeRange: 'Short' };
    expect(await peek(inRange)).to.equal('{"value":0}');
    expect(await peek({ ...inRange, timeRange: 'Default' })).to.equal('{"value":0}');
    await own.advance(3_600_000);
    expect(await peek({ metric: 'TotalEntered', timeProfile: 'LastHour' })).to.equal('{"value":0}');
    expect(await peek({ metric: 'CurrMaxWaitingTime' })).to.equal('{"value":3690}');
    await own.orsay.close();
  });

  it('takes statisticType for metric, and JSON', async () => {
    await login();
    const { metric: statisticType, ...rest } = SAMPLE;
    const reply = await server.send('POST', '/genesys/1/statistic', { json: { ...rest, statisticType } });
    expect([reply.status, reply.json]).to.deep.equal([200, { value: 0 }]);
  });

  it('answers 403 in the words of the reference when the object or the statistic does not exist', async () => {
    const unknown = await post('statistic', SAMPLE);
    expect([unknown.status, unknown.json]).to.deep.equal([
      403,
      {
        message: "Agent 'KSippola' (Tenant 'Environment') not found",
        exception: EXCEPTION,
        code: 'STATISTIC_INVALID',
      },
    ]);
    await login();
    // The second sample of the reference misspells the name.
    const misspelt = await post('statistic', { ...SAMPLE, metric: 'TotaLoginTime' });
    expect([misspelt.status, (misspelt.json as { message: string }).message]).to.deep.equal([
      403,
      "Expected a statistic of the object type Agent (CurrAgentsLoggedIn, CurrAgentsReady, CurrAgentsReadyForVoice, CurrAgentsNotReady, CurrAgentsBusy, CurrReadyTime, TotalLoginTime, TotalReadyTime, TotalNotReadyTime, TotalBusyTime, TotalHandlingTime, TotalAfterWorkTime, StatAgentOccupancy, PercentReadyTime, CurrNumberHandling, CurrMaxHandlingTime, TotalNumberHandled, AverHandlingTime, MaxHandlingTime, MinHandlingTime, AverAfterWorkTime, MaxNumberHandling, TotalNumberOffered, TotalNumberAccepted, TotalNumberRejected, TotalNumberRevoked, AverAcceptTime, PercentAccepted), got 'TotaLoginTime'. Did you mean 'TotalLoginTime'?",
    ]);
    for (const form of [
      { ...SAMPLE, objectType: 'GroupPlaces' },
      { ...SAMPLE, filter: 'VIP' },
      { ...SAMPLE, timeProfile: 'LastWeek' },
      { ...SAMPLE, timeRange: 'Short' },
      { ...SAMPLE, objectType: 'GroupAgents', objectId: 'Nobody' },
      { ...SAMPLE, objectType: 'GroupQueues', metric: 'ExpectedWaitTime' },
    ]) {
      expect((await post('statistic', form)).status, form.objectType).to.equal(403);
    }
  });

  it('answers 400 for a field that is missing or wrong', async () => {
    const { objectId: _, ...without } = SAMPLE;
    for (const form of [
      without,
      { ...SAMPLE, metric: '' },
      { ...SAMPLE, notificationMode: 'Sometimes' },
      { ...SAMPLE, filter: 'x'.repeat(256) },
    ]) {
      const reply = await post('statistic', form as Record<string, string>);
      expect([reply.status, (reply.json as { code: string }).code]).to.deep.equal([400, 'PARAMETER_INVALID']);
    }
    const reply = await server.send('POST', '/genesys/1/statistic', {
      json: { ...SAMPLE, objectId: { id: 1 }, tenant: ['a'] },
    });
    const problems = ['objectId', 'tenant'].map(
      (name) => `${name}: expected a text, got a list or an object`,
    );
    expect([reply.status, (reply.json as { problems: unknown }).problems]).to.deep.equal([400, problems]);
  });

  it('answers several statistics in one request, under the names of the request', async () => {
    const several = await post('statistics', {
      stat1: 'ExpectedWaitTime;Queue;9002@SIP Switch;Environment',
      stat2: 'CurrNumberWaitingCalls;Queue;9001@SIP Switch;Environment',
    });
    expect([several.status, several.text]).to.deep.equal([200, '{"stat1":0,"stat2":0}']);
    const unknown = await post('statistics', { stat1: 'ExpectedWaitTime;Agent;KSippola;Environment' });
    expect([unknown.status, (unknown.json as { code: string }).code]).to.deep.equal([
      404,
      'STATISTIC_UNKNOWN',
    ]);
    const long = await post('statistics', { stat1: `CurrNumberWaitingCalls;Queue;${'q'.repeat(9_000)};` });
    expect([long.status, (long.json as { message: string }).message]).to.deep.equal([
      404,
      'Expected the names of a statistic to have at most MAX_STATISTIC_CHARS (8192) characters together, got 9038.',
    ]);
    const wrong = await post('statistics', { stat1: 'ExpectedWaitTime' });
    expect([wrong.status, (wrong.json as { message: string }).message]).to.deep.equal([
      400,
      "Expected stat1 as 'Metric;ObjectType;ObjectId;TenantName', got 'ExpectedWaitTime'.",
    ]);
    const tooMany = Array.from({ length: 101 }, (_, at) => [`stat${at}`, 'a;Queue;b;c']);
    expect((await post('statistics', Object.fromEntries(tooMany))).status).to.equal(400);
    expect((await post('statistics', {})).status).to.equal(400);
  });

  it('takes the body of the sample of several statistics as it is printed', async () => {
    const reply = await server.send('POST', '/genesys/1/statistics', {
      body: 'stat1=ExpectedWaitTime;Queue;9002@SIP Switch;Environment&stat2=ExpectedWaitTime;Queue;9001@SIP Switch;Environment',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    // The page prints 10000 for both: here the queues are empty.
    expect([reply.status, reply.text]).to.deep.equal([200, '{"stat1":0,"stat2":0}']);
  });

  it('asks for the Basic authentication of a user of the platform once there are users', async () => {
    const secured = createTestServer({
      config: (config) => ({
        ...config,
        users: { default: { role: 'platform', passwordHash: hashPassword('password') } },
      }),
    });
    const queue = { ...SAMPLE, objectType: 'Queue', objectId: '9001', metric: 'CurrNumberWaitingCalls' };
    const send = (path: string, headers: Record<string, string>): Promise<TestReply> =>
      secured.send('POST', `/genesys/1/${path}`, { form: queue, headers });
    const refused = await send('statistic', {});
    // The header of the documented sample.
    const allowed = await send('statistic', { authorization: 'Basic ZGVmYXVsdDpwYXNzd29yZA==' });
    await secured.orsay.close();
    expect([refused.status, refused.headers['www-authenticate']?.toString().split(' ')[0]]).to.deep.equal([
      401,
      'Basic',
    ]);
    expect([allowed.status, allowed.json]).to.deep.equal([200, { value: 0 }]);
  });
});

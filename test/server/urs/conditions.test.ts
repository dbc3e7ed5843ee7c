import { expect } from 'chai';
import { ConfigError, initialConfig, parseConfig } from '../../../server/process/config.ts';
import { createTestServer, type TestServer } from '../../support/testServer.ts';
import { orsDocument, writeDocuments } from '../../support/writeDocuments.ts';

const BAD_TARGET = '{callage >}Billing@S.GA';
const FAULT =
  "expected a number, a function, a statistic or '(' at position 11 of '{callage >}Billing@S.GA', got the end of the threshold.";

describe('targets with conditions', () => {
  let server: TestServer;
  beforeEach(() => {
    server = createTestServer({
      documents: writeDocuments({
        'callback/src/chat-delay.scxml': orsDocument('<state id="waiting"/>'),
      }),
      config: (config) => ({
        ...config,
        options: { routing: { open: '1', closed: 0, text: 'yes' } },
        services: {
          ...config.services,
          'chat-delay': { ...config.services['chat-delay']!, _overwritable_options: '_target' },
        },
        lists: { Hours: { Night: { open: 22 } } },
      }),
    });
  });
  afterEach(() => server.orsay.close());

  const start = async (target: string): Promise<string> => {
    const { status, text, json } = await server.send(
      'GET',
      `/urs/call/start?VQ=VQ&VQ_TARGET=${encodeURIComponent(target)}`,
    );
    expect(status, text).to.equal(200);
    const { conn_id: connId } = json as { conn_id: string };
    await server.send('GET', `/urs/call/${connId}/invoke?strategy=SetRouteDelay&DELAY=0`);
    return connId;
  };
  const agentOf = async (connId: string): Promise<unknown> => {
    const { json } = await server.send('GET', `/urs/call/${connId}/query`);
    return (json as { agent?: unknown }).agent;
  };
  const ready = (agentId: string, more: object = {}) =>
    server.send('PUT', `/agent/1/agents/${agentId}`, {
      json: { state: 'ready', groups: ['Billing'], capacity: 9, ...more },
    });

  it('name the position of a fault in requests of URS and GMS, and in the configuration', async () => {
    const urs = await server.send('GET', `/urs/call/start?VQ_TARGET=${encodeURIComponent(BAD_TARGET)}`);
    expect([urs.status, (urs.json as { message: string }).message]).to.deep.equal([400, `Target: ${FAULT}`]);
    const gms = await server.send('POST', '/genesys/1/service/callback/chat-delay', {
      form: { _customer_number: '4082652649', _target: BAD_TARGET },
    });
    expect(gms.status).to.equal(400);
    expect(gms.text).to.include(JSON.stringify(FAULT).slice(1, -1));
    const config = initialConfig();
    const service = { ...config.services['chat-delay']!, _target: BAD_TARGET };
    expect(() => parseConfig({ ...config, services: { 'chat-delay': service } }, 'config.json'))
      .to.throw(ConfigError)
      .with.property('problems')
      .that.satisfies((problems: readonly string[]) => problems.some((problem) => problem.includes(FAULT)));
  });

  it('read options and lists of the installation', async () => {
    await ready('kate');
    const calls = await Promise.all(
      [
        '{acfgdata(Any,routing,open,0)=1}Billing.GA',
        '{acfgdata(Any,routing,closed,1)=0 & lcfgdata(Hours,Night,open,0)=22}Billing.GA',
        '{acfgdata(Any,routing,text,7)=7 & lcfgdata(Hours,Day,open,8)=8}Billing.GA',
        '{acfgdata(Any,constructor,name,7)!=7}Billing.GA',
      ].map(start),
    );
    await server.advance(0);
    expect(await Promise.all(calls.map(agentOf))).to.deep.equal(['kate', 'kate', 'kate', undefined]);
  });

  it('read the occupancy from the history of the agents', async () => {
    await ready('kate');
    await ready('sam', { groups: ['Gold'] });
    const busy = await start('kate.A');
    await server.advance(60_000);
    expect(await agentOf(busy)).to.equal('kate');
    const calls = await Promise.all([
      start('{StatAgentOccupancy>0}Billing.GA'),
      start('?:$(StatAgentOccupancy)<50&$(StatAgentLoggedIn)=1.GA'),
      start('{sdata(VQ.Q,StatCallsAnswered)>99}Billing.GA'),
    ]);
    await server.advance(15_000);
    expect((await Promise.all(calls.map(agentOf))).slice(1)).to.deep.equal(['sam', undefined]);
  });
});

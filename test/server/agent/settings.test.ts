import { expect } from 'chai';
import { MemoryStore } from '../../../engine/durable/memory/memoryStore.ts';
import { type AgentServer, openAgentServer } from '../../support/agentServer.ts';
import { openContactCentre } from '../../support/contactCentre.ts';
import { asId } from '../../support/ids.ts';

const KATE = '/agent/1/agents/kate';

describe('settings of an agent that change while calls wait', () => {
  let server: AgentServer;
  let store: MemoryStore;
  beforeEach(async () => {
    store = new MemoryStore();
    server = await openAgentServer({ store });
    await server.call('PUT', KATE, { state: 'ready', capacity: 10 });
  });
  afterEach(() => server.close());

  async function start(target: string): Promise<string> {
    const path = `/urs/call/start?VQ=VQ&VQ_TARGET=${encodeURIComponent(target)}`;
    const { conn_id: connId } = (await server.call('GET', path)).body as { conn_id: string };
    await server.call('GET', `/urs/call/${connId}/invoke?strategy=SetRouteDelay&DELAY=0`);
    return connId;
  }

  async function stateOf(connId: string): Promise<string | undefined> {
    await server.centre.settle();
    return server.centre.routing.get(asId(connId))?.state;
  }

  const changes: readonly (readonly [string, string, object, object])[] = [
    ['a skill', '?:Gold>5@S.GA', { skills: { Gold: 6 } }, { skills: { Silver: 6 } }],
    ['a level of a skill', '?:Gold>5@S.GA', { skills: { Gold: 6 } }, { skills: { Gold: 5 } }],
    ['a group', 'VIP@S.GA', { groups: ['Sales', 'VIP'] }, { groups: ['Sales'] }],
    ['a group of places', 'Floor2@S.GP', { groups: ['Floor2'], place: 'D1' }, { groups: [] }],
    ['a place', 'Desk7@S.AP', { place: 'Desk7' }, { place: 'Desk8' }],
  ];
  for (const [what, target, given, taken] of changes) {
    it(`lead calls to the agent as soon as they have ${what}, and no longer when they lost it`, async () => {
      const first = await start(target);
      expect(await stateOf(first)).to.equal('routable');
      expect((await server.call('PUT', KATE, given)).status).to.equal(200);
      expect(await stateOf(first)).to.equal('routed');
      expect((await server.call('PUT', KATE, taken)).status).to.equal(200);
      const second = await start(target);
      expect(await stateOf(second)).to.equal('routable');

      // They are durable: the same after a restart.
      const { clock, agents } = server.centre;
      const restarted = openContactCentre({ store, clock });
      expect(restarted.agents.get(asId('kate'))).to.deep.equal(agents.get(asId('kate')));
      await restarted.settle();
      expect(restarted.routing.get(asId(second))!.state).to.equal('routable');
      await restarted.interactions.setAgent(asId('kate'), given);
      await restarted.settle();
      expect(restarted.routing.get(asId(second))!.state).to.equal('routed');
    });
  }

  it('show in the capacity vector how many interactions of each medium the agent has and could have', async () => {
    const capacity = async (change: object): Promise<unknown> => {
      await server.call('PUT', KATE, change);
      return (await server.call('GET', `${KATE}/capacity`)).body;
    };
    await server.call('PUT', KATE, { groups: ['Billing'], media: ['chat', 'voice', 'email'], capacity: 4 });
    await start('Billing@S.GA');
    await server.centre.settle();
    const change = {
      mediaCapacity: { chat: 3, voice: 9 },
      mediaStates: { email: { state: 'notReady', reason: 'lunch' } },
    };
    expect(await capacity(change)).to.deep.equal({
      agentId: 'kate',
      current: 1,
      max: 4,
      more: 3,
      media: {
        chat: { state: 'ready', current: 1, max: 3, more: 2 },
        voice: { state: 'ready', current: 0, max: 4, more: 3 },
        email: { state: 'notReady', reason: 'lunch', current: 0, max: 4, more: 0 },
      },
    });
    expect(await capacity({ state: 'loggedOut' })).to.deep.include({ current: 1, max: 4, more: 0 });
  });
});

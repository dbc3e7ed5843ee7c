import { expect } from 'chai';
import { MemoryStore } from '../../../engine/durable/memory/memoryStore.ts';
import { type AgentSettings, ConfiguredAgents } from '../../../strategies/routing/configuredAgents.ts';
import { RoutingError } from '../../../strategies/routing/errors.ts';
import { type ContactCentre, openContactCentre } from '../../support/contactCentre.ts';
import { asId } from '../../support/ids.ts';
import { silentLog } from '../../support/silentLog.ts';

const KATE = asId<never>('kate');

async function configure(centre: ContactCentre, people: Record<string, AgentSettings>): Promise<void> {
  await new ConfiguredAgents({ ...centre, log: silentLog }).apply(people);
  await centre.settle();
}

describe('the agents of the configuration', () => {
  it('are created logged out, and get their settings again only when these have changed', async () => {
    const store = new MemoryStore();
    const first = openContactCentre({ store });
    await configure(first, { kate: { groups: ['Billing'], skills: { English: 3 } } });
    expect(first.agents.get(KATE)).to.deep.equal({
      agentId: 'kate',
      state: 'loggedOut',
      groups: ['Billing'],
      skills: { English: 3 },
      media: ['chat'],
      capacity: 1,
    });
    await first.interactions.setAgent(KATE, { state: 'ready', groups: ['Sales'] });
    await first.settle();
    await first.durable.stop();
    const second = openContactCentre({ store, clock: first.clock });
    await configure(second, { kate: { groups: ['Billing'], skills: { English: 3 } } });
    expect(second.agents.get(KATE)).to.deep.include({ state: 'ready', groups: ['Sales'] });
    await configure(second, { kate: { groups: ['VIP'], place: 'P1' } });
    expect(second.agents.get(KATE)).to.deep.include({
      state: 'ready',
      groups: ['VIP'],
      skills: { English: 3 },
      place: 'P1',
    });
  });

  it('stay when they leave the configuration, and get their settings when they come back', async () => {
    const centre = openContactCentre();
    await configure(centre, { kate: { groups: ['Billing'] } });
    await configure(centre, {});
    expect(centre.agents.get(KATE)).to.deep.include({ groups: ['Billing'] });
    await centre.interactions.setAgent(KATE, { groups: ['Sales'] });
    await configure(centre, { kate: { groups: ['Billing'] } });
    expect(centre.agents.get(KATE)).to.deep.include({ groups: ['Billing'] });
  });

  it('count at once for the calls that wait, and so does a change at run time', async () => {
    const centre = openContactCentre();
    const start = async (target: string): Promise<string> => {
      const { connId } = await centre.routing.startCall({ target, vq: 'VQ', media: 'chat', routeDelayMs: 0 });
      return connId;
    };
    const ids = [await start('Billing@S.GA'), await start('?:English>2@S.GA'), await start('P1@S.AP')];
    const states = (): unknown => ids.map((id) => centre.routing.get(asId(id))?.state);
    await centre.interactions.setAgent(KATE, { state: 'ready', capacity: 5 });
    await centre.settle();
    expect(states()).to.deep.equal(['routable', 'routable', 'routable']);
    await configure(centre, { kate: { groups: ['Billing'] } });
    expect(states()).to.deep.equal(['routed', 'routable', 'routable']);
    await centre.interactions.setAgent(KATE, { skills: { English: 3 } });
    await centre.settle();
    expect(states()).to.deep.equal(['routed', 'routed', 'routable']);
    await centre.interactions.setAgent(KATE, { place: 'P1' });
    await centre.settle();
    expect(states()).to.deep.equal(['routed', 'routed', 'routed']);
  });

  it('are refused with an id that no agent can have', async () => {
    const refused = await configure(openContactCentre(), { 'a/b': {} }).catch((error) => error);
    expect(refused).to.be.instanceOf(RoutingError).with.property('code', 'AGENT_INVALID');
  });
});

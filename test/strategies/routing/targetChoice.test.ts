import { expect } from 'chai';
import { type ContactCentre, openContactCentre, readyAgent } from '../../support/contactCentre.ts';

/** Three agents; the first has been ready longest. */
async function openCentre(skillPrecedence?: 'leftToRight' | 'andFirst'): Promise<ContactCentre> {
  const centre = openContactCentre(skillPrecedence === undefined ? {} : { skillPrecedence });
  const skills = { English: 5, Loans: 1 };
  await readyAgent(centre, 'kate', { groups: ['Billing'], skills });
  await centre.advance(1_000);
  await readyAgent(centre, 'olga', { groups: ['Gold'], skills });
  await centre.advance(1_000);
  await readyAgent(centre, 'sam', { groups: ['Gold'], skills: { Loans: 3 } });
  await centre.advance(1_000);
  return centre;
}

async function agentFor(centre: ContactCentre, target: string): Promise<string | undefined> {
  const { connId } = await centre.routing.startCall({ target, vq: 'VQ', routeDelayMs: 0 });
  await centre.settle();
  return centre.routing.get(connId)?.agentId;
}

describe('the agent of a target', () => {
  it('is in the group that a skill target names, or in any when it names none', async () => {
    const target = async (text: string) => agentFor(await openCentre(), text);
    expect(await target('?:English>0.GA')).to.equal('kate');
    expect(await target('?Gold:English>0@S.GA')).to.equal('olga');
    expect(await target('?Unknown:English>0@S.GA')).to.equal(undefined);
  });

  it('may be one without the skill, when level 0 fulfils the condition', async () => {
    expect(await agentFor(await openCentre(), '?:English<=4@.GA')).to.equal('sam');
  });

  it('is tried by weights, with fractions too', async () => {
    expect(await agentFor(await openCentre(), '[1.2]kate.A,[1.25]sam.A')).to.equal('sam');
  });

  it('is chosen by conditions from left to right, unless the installation lets `&` bind closer', async () => {
    // (English>0|Loans>0)&Loans>2 is true for sam only; English>0|(Loans>0&Loans>2) for kate, too.
    const text = '?:English>0|Loans>0&Loans>2@S.GA';
    expect(await agentFor(await openCentre(), text)).to.equal('sam');
    expect(await agentFor(await openCentre('andFirst'), text)).to.equal('kate');
    const list = JSON.stringify([{ target: text, timeout: 30 }]);
    expect(await agentFor(await openCentre(), list)).to.equal('sam');
    expect(await agentFor(await openCentre('andFirst'), list)).to.equal('kate');
    const found = (await openCentre('andFirst')).routing.findAgent(text, 'chat');
    expect(found?.agentId).to.equal('kate');
  });

  it('goes to the call that came first, in whichever queue and with whichever entry of its list', async () => {
    const centre = openContactCentre();
    const list = [{ target: 'Nobody.GA', timeout: 10, clear: true }, { target: 'Billing.GA' }];
    const start = async (target: string, vq: string) => {
      const { connId } = await centre.routing.startCall({ target, vq, routeDelayMs: 0 });
      await centre.advance(1_000);
      return connId;
    };
    const first = await start(JSON.stringify(list), 'VQ_1');
    const second = await start('Billing.GA', 'VQ_2');
    await centre.advance(10_000);
    await readyAgent(centre, 'kate');
    const agents = [first, second].map((connId) => centre.routing.get(connId)?.agentId);
    expect(agents).to.deep.equal(['kate', undefined]);
  });
});

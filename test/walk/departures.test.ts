import { setImmediate } from 'node:timers/promises';
import { expect } from 'chai';
import { SimulatedAgent } from '../simulators/agent.ts';
import { asId } from '../support/ids.ts';
import { startOrsay, type TestOptions, type TestOrsay } from '../support/orsay.ts';

const SECOND = 1000;
const NUMBER = '4082652649';

interface Answer {
  readonly status: number;
  readonly body: { readonly [field: string]: unknown };
}

/** The whole server, a customer who polls, and agents. */
describe('a chat whose agent or customer is gone', () => {
  let orsay: TestOrsay;
  let agents: SimulatedAgent[] = [];
  let id: string;

  afterEach(async () => {
    for (const agent of agents) agent.close();
    agents = [];
    await orsay.close();
  });

  const settle = (): Promise<void> => orsay.durable.idle();

  async function post(path: string, fields: Record<string, string> = {}): Promise<Answer> {
    const response = await fetch(`${orsay.base}${path}`, {
      method: 'POST',
      headers: { gms_user: 'jbond' },
      body: new URLSearchParams(fields),
    });
    const text = await response.text();
    await settle();
    return { status: response.status, body: text === '' ? {} : JSON.parse(text) };
  }

  const chat = (name: string, fields: Record<string, string> = {}): Promise<Answer> =>
    post(`/genesys/1/service/${id}/ixn/chat${name}`, fields);

  async function login(name: string): Promise<SimulatedAgent> {
    const agent = new SimulatedAgent(orsay.base, name);
    agents.push(agent);
    await agent.put('ready', { nickname: name });
    await settle();
    return agent;
  }

  /** A delayed chat that waits in the queue of agents. */
  async function openChat(options: TestOptions = {}): Promise<void> {
    orsay = await startOrsay(options);
    const { body } = await post('/genesys/1/service/callback/chat-delay', { _customer_number: NUMBER });
    id = String(body._id);
    await post(`/genesys/1/service/${id}/connect`);
    expect((await chat('', { firstName: 'James', subject: 'None' })).status).to.equal(200);
    await settle();
  }

  async function offerOf(agent: SimulatedAgent): Promise<string> {
    await settle();
    const found = (await agent.interactions()).find(({ state }) => state === 'offered');
    expect(found, 'an offer').to.not.equal(undefined);
    return found!.interactionId;
  }

  async function transcript(): Promise<string[]> {
    const { body } = await chat('/refresh', { transcriptPosition: '1' });
    return (body.transcriptToShow as string[][]).map(([type, who, text]) => `${type} ${who} ${text}`);
  }

  /** The time passes while the customer polls. */
  async function pollFor(seconds: number): Promise<void> {
    for (let passed = 0; passed < seconds; passed += 5) {
      await orsay.advance(5 * SECOND);
      await chat('/refresh');
    }
  }

  async function state(): Promise<string> {
    const response = await fetch(
      `${orsay.base}/genesys/1/service/callback/chat-delay?_customer_number=${NUMBER}`,
    );
    const [found] = (await response.json()) as { _callback_state: string; _callback_reason: string }[];
    return `${found!._callback_state} ${found!._callback_reason ?? ''}`.trim();
  }

  it('goes to the next agent with its transcript when the agent logs out', async () => {
    await openChat();
    const kate = await login('Kate');
    const interaction = await offerOf(kate);
    await kate.post(interaction, 'accept');
    await kate.post(interaction, 'message', { text: 'Good morning' });
    await settle();
    expect(await state()).to.equal('PROCESSING');
    await kate.put('loggedOut');
    await settle();
    const written = await kate.post(interaction, 'message', { text: 'late' }).catch(String);
    expect(written).to.match(/409.*INTERACTION_STATE/);
    const liz = await login('Liz');
    expect(await offerOf(liz)).to.equal(interaction);
    expect(await state()).to.equal('ROUTING');
    await liz.post(interaction, 'accept');
    await settle();
    expect(await state()).to.equal('PROCESSING');
    expect(await transcript()).to.deep.equal([
      'Notice.Joined Kate has joined the session',
      'Message.Text Kate Good morning',
      'Notice.Left Kate has left the session',
      'Notice.Joined Liz has joined the session',
    ]);
    await chat('/disconnect');
    expect(await state()).to.equal('COMPLETED AGENT_CONNECTED');
  });

  it('goes to the next agent when the desktop of the agent is gone for too long', async () => {
    await openChat();
    const kate = await login('Kate');
    await kate.listen();
    const interaction = await offerOf(kate);
    await kate.post(interaction, 'accept');
    kate.close();
    while (orsay.interactions.desktops.isOpen(asId('Kate'))) await setImmediate();
    const liz = await login('Liz');
    await pollFor(295);
    expect(await liz.interactions()).to.deep.equal([]);
    await pollFor(10);
    expect(await offerOf(liz)).to.equal(interaction);
  });

  it('ends before an agent came when the customer makes no request for 45 s, and the agent stays free', async () => {
    await openChat();
    await pollFor(60);
    await orsay.advance(44 * SECOND);
    expect(await state()).to.equal('ROUTING');
    await orsay.advance(1 * SECOND);
    await settle();
    expect(await state()).to.equal('COMPLETED FAIL_INTERACTION_DELETED');
    const kate = await login('Kate');
    expect(await kate.interactions()).to.deep.equal([]);
  });

  it('stays with its agent when the customer makes no request for 45 s, until the agent closes it', async () => {
    await openChat();
    const kate = await login('Kate');
    const interaction = await offerOf(kate);
    await kate.post(interaction, 'accept');
    await pollFor(120);
    await orsay.advance(45 * SECOND);
    await settle();
    expect((await kate.interactions())[0]).to.include({ interactionId: interaction, state: 'active' });
    expect(await state()).to.equal('PROCESSING');
    const { body } = await chat('/refresh', { transcriptPosition: '1' });
    expect(body).to.include({ chatIxnState: 'DISCONNECTED', chatServiceMessage: 'Chat was finished' });
    expect(await transcript()).to.deep.equal([
      'Notice.Joined Kate has joined the session',
      'Notice.Left James has left the session',
    ]);
    expect((await chat('/send', { message: 'late' })).body).to.include({ chatIxnState: 'DISCONNECTED' });
    await kate.post(interaction, 'leave');
    await settle();
    expect(await state()).to.equal('COMPLETED AGENT_CONNECTED');
    expect(orsay.agents.slots(asId('Kate'))).to.deep.equal([]);
  });

  it('ends with the agent instead where the installation is configured so, and the agent is free again', async () => {
    await openChat({ change: (config) => Object.assign(config.chat, { afterClientTimeout: 'end' }) });
    const kate = await login('Kate');
    const interaction = await offerOf(kate);
    await kate.post(interaction, 'accept');
    await pollFor(120);
    await orsay.advance(45 * SECOND);
    await settle();
    const [ended] = await kate.interactions();
    expect(ended).to.include({ interactionId: interaction, state: 'ended' });
    expect(await state()).to.equal('COMPLETED AGENT_CONNECTED');
    expect(orsay.agents.slots(asId('Kate'))).to.deep.equal([]);
  });
});

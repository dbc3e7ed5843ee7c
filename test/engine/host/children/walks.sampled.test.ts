import { expect } from 'chai';
import { SimulatedAgent } from '../../../simulators/agent.ts';
import { SimulatedCustomer } from '../../../simulators/customer.ts';
import { startOrsay, type TestOrsay } from '../../../support/orsay.ts';
import { runsOf } from '../../../support/runLength.ts';

describe('The installed documents, in engine children', () => {
  let orsay: TestOrsay;
  let killsLeft = runsOf({ sample: 1, all: 3 });

  beforeEach(async () => {
    orsay = await startOrsay({
      change: (config) => {
        config.engine = {
          ...config.engine,
          children: runsOf({ sample: 1, all: 2 }),
          sandbox: 'all',
          deadlineMs: 2_000,
        };
      },
    });
  });

  afterEach(() => orsay.close());

  it('say hello', async () => {
    const reply = await fetch(`${orsay.base}/genesys/1/service/hello`, { method: 'POST' });
    expect(await reply.json()).to.include({ msg: 'hello' });
    expect(orsay.enginePids()).to.not.be.empty;
  });

  it('connect a waiting customer with an agent, although the children are killed meanwhile', async () => {
    const customer = new SimulatedCustomer(orsay.base, 'jbond');
    const agent = new SimulatedAgent(orsay.base, 'KSippola');
    await agent.put('ready', { nickname: 'Kristi Sippola' });
    await customer.create('chat-delay', { _customer_number: '4082652649' });
    killChildren();
    expect(await customer.request('check-queue-position')).to.include({ _position: 1 });
    const menu = await customer.request('get-dialog-user-confirmation-provide_code-false');
    expect(menu).to.include({ _action: 'DisplayMenu' });
    killChildren();
    await customer.request('connect');
    const chat = await customer.request('ixn/chat', { firstName: 'James', subject: 'New gadget' });
    expect(chat).to.include({ chatIxnState: 'CONNECTED' });
    const chatSessionId = String(chat.chatSessionId);
    await orsay.durable.idle();
    expect((await agent.interactions())[0]).to.deep.include({
      interactionId: chatSessionId,
      state: 'offered',
    });
    killChildren();
    await agent.post(chatSessionId, 'accept');
    await orsay.advance(4_000);
    await agent.post(chatSessionId, 'message', { text: 'hello customer' });
    const transcript = await customer.request('ixn/chat/refresh', { transcriptPosition: '1' });
    expect(JSON.stringify(transcript)).to.include('hello customer');
    const failed = await orsay.sessions.list({ status: 'failed' });
    expect(failed).to.deep.equal([]);
  });

  /** A lost idle child blames no session: its sessions continue in other children, which compile anew. */
  function killChildren(): void {
    if (killsLeft === 0) return;
    killsLeft -= 1;
    for (const pid of orsay.enginePids()) process.kill(pid, 'SIGKILL');
  }
});

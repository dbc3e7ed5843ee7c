import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect } from 'chai';
import { SimulatedAgent } from '../simulators/agent.ts';
import { SimulatedCustomer } from '../simulators/customer.ts';
import { startOrsay, type TestOrsay } from '../support/orsay.ts';
import { type RawReply, sendRaw } from '../support/rawHttp.ts';

const folder = resolve(import.meta.dirname, '../../fixtures/chat-delayed-page');
const GMS_USER = 'b16416334828b1d26ef14f329628b55b5a8c631d8928a371a5584722dd7fb673';

interface Page {
  readonly headers: { readonly [name: string]: string };
  readonly replies: { readonly [step: string]: unknown };
  readonly pushes: { readonly [name: string]: { readonly [field: string]: unknown } };
}

describe('chapter 13, the Chat Delayed page, request by request as raw HTTP', () => {
  let orsay: TestOrsay;
  let customer: SimulatedCustomer;
  let agent: SimulatedAgent;

  beforeEach(async () => {
    // The requests of the page name the host under which its author reached GMS.
    orsay = await startOrsay({
      hasOwnUrl: true,
      change: ({ http }) => Object.assign(http, { hosts: ['localhost:8080'] }),
    });
    customer = new SimulatedCustomer(orsay.base, GMS_USER);
    agent = new SimulatedAgent(orsay.base, 'KSippola');
    await customer.listen();
    // A customer is told of an agent only while one is logged in.
    await agent.put('notReady');
  });

  afterEach(async () => {
    await customer.close();
    agent.close();
    await orsay.close();
  });

  it('gives the replies of the page, and the pushes, to the real CometD client', async () => {
    // The page shows position 2 of 2, so another customer comes first.
    await new SimulatedCustomer(orsay.base, 'earlier').create('chat-delay', {
      _customer_number: '4082650000',
    });
    await orsay.durable.idle();

    const created = await send('01-create', '');
    expect(created.status).to.equal(200);
    const id = String((JSON.parse(created.body) as { _id: unknown })._id);
    expect(id).to.match(/^\d+-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    const page = readPage(id);
    check(page, created, 'create');

    const available = await customer.nextPush('service.agentavailable');
    expect(available.id).to.match(/^[0-9a-f]{32}$/);
    expect(available).to.deep.equal({ ...page.pushes['service.agentavailable'], id: available.id });

    check(page, await send('02-connect', id), 'connect');
    check(page, await send('03-check-queue-position', id), 'check-queue-position');
    check(page, await send('04-ixn-chat', id), 'ixn-chat');
    check(page, await send('05-internal-notification', id), 'internal-notification');
    const internal = await customer.nextPush('', (push) => '_internal_message' in push.message);
    expect(internal.message).to.deep.equal(page.pushes['internal-notification']);
    check(page, await send('06-retrieve-notifications', id), 'retrieve-notifications');
    check(page, await send('07-agent-notification', id), 'agent-notification');
    check(page, await send('08-retrieve-agent-notifications', id), 'retrieve-agent-notifications');
  });

  it('continues to the agent and back: offer, accept, messages over CometD, disconnect, COMPLETED', async () => {
    await agent.put('ready', {
      nickname: 'Kristi Sippola',
      skills: { English: 20 },
      place: 'SIP_Server_Place1',
    });
    await agent.listen();
    const id = String((JSON.parse((await send('01-create', '')).body) as { _id: unknown })._id);
    customer.serviceId = id;
    await customer.nextPush('service.agentavailable');
    await send('02-connect', id);
    await send('04-ixn-chat', id);

    const offer = await agent.nextEvent('offered');
    const interactionId = offer.interactionId!;
    const [offered] = await agent.interactions();
    expect(offered).to.include({ interactionId, serviceId: id, state: 'offered' });
    await agent.post(interactionId, 'accept');
    const joined = await customer.nextPush(`service.chat.refresh.${id}`);
    expect(joined.message.transcriptToShow).to.deep.equal([
      ['Notice.Joined', 'Kristi Sippola', 'has joined the session', '0', 'AGENT'],
    ]);
    await orsay.durable.idle();
    expect(await callback(id)).to.include({ _callback_state: 'PROCESSING' });

    await agent.post(interactionId, 'message', { text: 'hello customer' });
    const said = await customer.nextPush(`service.chat.refresh.${id}`);
    expect(said.message).to.deep.include({
      chatIxnState: 'TRANSCRIPT',
      chatSessionId: interactionId,
      chatServiceMessage: 'Chat service is available',
      transcriptToShow: [['Message.Text', 'Kristi Sippola', 'hello customer', '0', 'AGENT']],
    });
    expect(await customer.request('ixn/chat/send', { message: 'hello agent' })).to.deep.equal({
      _id: id,
      comet_channel: '/_genesys',
    });
    const heard = [await agent.nextEvent('message'), await agent.nextEvent('message')];
    expect(heard.map((event) => event.text)).to.deep.equal(['hello customer', 'hello agent']);

    await customer.request('ixn/chat/disconnect');
    await agent.nextEvent('ended');
    await orsay.durable.idle();
    expect(await callback(id)).to.include({
      _callback_state: 'COMPLETED',
      _callback_reason: 'AGENT_CONNECTED',
    });
  });

  async function callback(id: string): Promise<{ readonly [field: string]: unknown }> {
    const found = (await customer.get(
      '/genesys/1/service/callback/chat-delay?_customer_number=4082652649',
    )) as { _id: string }[];
    return found.find((record) => record._id === id)!;
  }

  function send(step: string, serviceId: string): Promise<RawReply> {
    const request = readFileSync(join(folder, `${step}.http`), 'latin1').replace('{{service_id}}', serviceId);
    return sendRaw(orsay.port, Buffer.from(request, 'latin1'));
  }

  function readPage(serviceId: string): Page {
    const text = readFileSync(join(folder, 'replies.json'), 'utf8');
    return JSON.parse(
      text.replaceAll('{{service_id}}', serviceId).replaceAll('{{base}}', orsay.base),
    ) as Page;
  }

  /** Fields that a reply has besides those of the page, because another page shows them. gms-api 7.1. */
  const MORE: Readonly<Record<string, object>> = {
    'ixn-chat': {
      chatIxnState: 'CONNECTED',
      transcriptPosition: '1',
      chatServiceMessage: 'Chat service is available',
    },
  };

  function check(page: Page, reply: RawReply, step: string): void {
    const shown = page.replies[step];
    const more = MORE[step];
    expect(JSON.parse(reply.body), step).to.deep.equal(more ? Object.assign({}, shown, more) : shown);
    expect(reply.status, step).to.equal(200);
    for (const [name, value] of Object.entries(page.headers)) {
      expect(reply.headers[name], `${step}: ${name}`).to.equal(value);
    }
    const session = /^JSESSIONID=[0-9a-f]{32}\.node1; Path=\/genesys; HttpOnly; SameSite=Lax$/;
    if (step === 'ixn-chat') expect(reply.headers['set-cookie']).to.equal(undefined);
    else expect(reply.headers['set-cookie'], step).to.match(session);
  }
});

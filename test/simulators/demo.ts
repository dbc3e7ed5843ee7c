import { SimulatedAgent } from './agent.ts';
import { SimulatedCustomer } from './customer.ts';
import { Narrator } from './narrator.ts';
import { OwnServer } from './ownServer.ts';

const CUSTOMER_NUMBER = '4082652649';
const RECORDS = `/genesys/1/service/callback/chat-delay?_customer_number=${CUSTOMER_NUMBER}`;

/** SIMULATION: plays a customer and an agent against a real server, and prints the events. */
async function play(base: string, tell: Narrator): Promise<void> {
  const customer = new SimulatedCustomer(base, 'jbond');
  const agent = new SimulatedAgent(base, 'KSippola');

  tell.scene('An agent logs in and waits for chats of the group Billing.');
  await agent.put('ready', { nickname: 'Kristi Sippola', skills: { English: 20 } });
  await agent.listen();

  tell.scene('The customer opens the app. It listens over CometD and requests a chat.');
  await customer.listen();
  const created = await customer.create('chat-delay', {
    _customer_number: CUSTOMER_NUMBER,
    _device_os: 'comet',
    _device_notification_id: 'jbond',
    usr_reason: 'billing question',
  });
  const [record] = (await customer.get(RECORDS)) as [{ _ors_session_id: string; _data_id: string }];
  tell.name('server', base);
  tell.name('service', customer.serviceId);
  tell.name('session', record._ors_session_id);
  tell.name('user data', record._data_id);
  tell.reply('customer', 'create', created);

  tell.scene('The session waits in the virtual queue and tells the customer when an agent is near.');
  const push = await customer.nextPush('service.agentavailable');
  tell.push('customer', push);
  tell.reply('customer', 'check-queue-position', await customer.request('check-queue-position'));
  tell.reply('customer', String(push.message._action), await customer.request(String(push.message._action)));

  tell.scene('"Yes, I\'m ready": the app connects and opens the chat.');
  tell.reply('customer', 'connect', await customer.request('connect'));
  tell.reply(
    'customer',
    'ixn/chat',
    await customer.request('ixn/chat', {
      notify_by: 'comet',
      firstName: 'James',
      lastName: 'Bond',
      subject: 'New gadget',
    }),
  );

  tell.scene('inbound_chat passes the chat to the session, which routes it to the agent.');
  const offered = await agent.nextEvent('offered');
  const interactionId = offered.interactionId!;
  tell.name('interaction', interactionId);
  tell.event('agent', offered);
  await agent.post(interactionId, 'accept');
  tell.push('customer', await customer.nextPush('service.chat.refresh'));

  tell.scene('They chat.');
  await agent.post(interactionId, 'message', { text: 'Hello, this is Kristi. What can I do for you?' });
  tell.push('customer', await customer.nextPush('service.chat.refresh'));
  await agent.nextEvent('message');
  await customer.request('ixn/chat/send', { message: 'My invoice shows a gadget that I never got.' });
  tell.event('agent', await agent.nextEvent('message'));
  await agent.post(interactionId, 'message', { text: 'I have taken it off. Good bye!' });
  tell.push('customer', await customer.nextPush('service.chat.refresh', said('Good bye')));

  tell.scene('The customer leaves. The session reports the end and completes.');
  tell.reply('customer', 'ixn/chat/disconnect', await customer.request('ixn/chat/disconnect'));
  tell.event('agent', await agent.nextEvent('ended'));
  tell.reply('server', 'the callback', await completed(customer));
  agent.close();
  await customer.close();
}

const said =
  (text: string) =>
  (push: { message: { readonly [field: string]: unknown } }): boolean =>
    JSON.stringify(push.message).includes(text);

/** The callback's record, once the session's last report has arrived. */
async function completed(customer: SimulatedCustomer): Promise<{ readonly [field: string]: unknown }> {
  for (;;) {
    const [record] = (await customer.get(RECORDS)) as [{ readonly [field: string]: unknown }];
    if (record._callback_state === 'COMPLETED') return record;
    await new Promise((next) => setTimeout(next, 20));
  }
}

const server = await OwnServer.start();
try {
  const tell = new Narrator(process.stdout);
  tell.title('SIMULATION: a customer and an agent, played against a real Orsay server');
  await play(server.base, tell);
} finally {
  await server.stop();
}

import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hashPassword } from '../../../server/identity/passwordHash.ts';
import type { Config } from '../../../server/process/config.ts';
import { SimulatedAgent } from '../../simulators/agent.ts';
import { SimulatedCustomer } from '../../simulators/customer.ts';
import { openMediaConfig } from '../../support/openMediaCentre.ts';
import { startOrsay, type TestOrsay } from '../../support/orsay.ts';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
export const PASSWORD = 'correct horse';
const SHOP = ['open', 'open', 'ordered'];

/** Somebody who waits, or whose callback is booked: `inHours` from the start of the office. */
interface Person {
  readonly user: string;
  readonly number: string;
  readonly reason: string;
  readonly inHours?: number;
}

const PEOPLE: readonly Person[] = [
  { user: 'mona', number: '4082652651', reason: 'invoice of December' },
  { user: 'tariq', number: '4082652652', reason: 'change of address' },
  { user: 'ines', number: '4082652653', reason: 'lost parcel', inHours: 3 },
  { user: 'pavel', number: '4082652654', reason: 'second reminder', inHours: 3 },
  { user: 'ruth', number: '4082652655', reason: 'new contract', inHours: 5 },
  { user: 'yuki', number: '4082652656', reason: 'lost parcel', inHours: 27 },
  { user: 'carlos', number: '4082652657', reason: 'invoice of December', inHours: 28 },
  { user: 'amina', number: '4082652658', reason: 'a complaint', inHours: 50 },
];

type Body = string | URLSearchParams | object;

/** A server with the sample data of the pictures, on a clock that stands still between two steps. */
export interface Office {
  readonly orsay: TestOrsay;
  readonly customer: SimulatedCustomer;
  /** The chat of KSippola and the customer. */
  readonly interactionId: string;
  readonly callbackId: string;
  /** A running session of the template `shop`, and one that has ended. */
  readonly shop: string;
  readonly ended: string;
  send(method: string, path: string, body?: Body): Promise<unknown>;
}

export async function openOffice(): Promise<Office> {
  const folder = mkdtempSync(join(tmpdir(), 'orsay-pictures-'));
  const orsay = await startOrsay({ hasOwnUrl: true, folder, change });
  const authorization = `Basic ${Buffer.from(`olga:${PASSWORD}`).toString('base64')}`;
  const send = async (method: string, path: string, body?: Body): Promise<unknown> => {
    const isJson = typeof body === 'object' && !(body instanceof URLSearchParams);
    const reply = await fetch(`${orsay.base}${path}`, {
      method,
      headers: { authorization, ...(isJson && { 'content-type': 'application/json' }) },
      body: isJson ? JSON.stringify(body) : (body ?? null),
    });
    const text = await reply.text();
    if (!reply.ok) throw new Error(`${method} ${path}: ${reply.status} ${text}`);
    await orsay.durable.idle();
    return text === '' ? undefined : JSON.parse(text);
  };

  const agents = ['KSippola', 'Liz', 'Marco'].map(
    (id) => new SimulatedAgent(orsay.base, id, { authorization }),
  );
  const [kristi, liz, marco] = agents as [SimulatedAgent, SimulatedAgent, SimulatedAgent];
  await liz.put('ready', { nickname: 'Liz Taylor', skills: { English: 20 } });
  await orsay.advance(42 * MINUTE_MS);
  await liz.put('notReady', { reason: 'lunch' });
  await marco.put('notReady', { nickname: 'Marco Polo', groups: ['Sales'], reason: 'training' });
  for (const { user, number, reason, inHours } of PEOPLE) {
    const desired = new Date(orsay.clock.now() + (inHours ?? 0) * HOUR_MS).toISOString();
    await new SimulatedCustomer(orsay.base, user).create('sales', {
      _customer_number: number,
      usr_reason: reason,
      ...(inHours !== undefined && { _desired_time: desired }),
    });
    await orsay.advance(MINUTE_MS);
  }

  await kristi.put('ready', { nickname: 'Kristi Sippola', skills: { English: 20 } });
  const customer = new SimulatedCustomer(orsay.base, 'jbond');
  await customer.create('chat-delay', { _customer_number: '4082652649', usr_reason: 'billing question' });
  await orsay.advance(5_000);
  await customer.request('check-queue-position');
  await customer.request('connect');
  await customer.request('ixn/chat', { firstName: 'James', lastName: 'Bond', subject: 'New gadget' });
  await orsay.durable.idle();
  const [offer] = await kristi.interactions();
  const { interactionId } = offer!;
  await kristi.post(interactionId, 'accept');
  await orsay.advance(8_000);
  await kristi.post(interactionId, 'message', { text: 'Good morning, this is Kristi. How can I help?' });
  await orsay.advance(20_000);
  await customer.request('ixn/chat/send', { message: 'The bill of my last car is far too high.' });
  await orsay.advance(15_000);
  await kristi.post(interactionId, 'message', { text: 'I look it up. One moment, please.' });

  for (const states of [SHOP.slice(0, 2), SHOP]) {
    await send('PUT', '/genesys/1/admin/templates/shop', shopDocument(states.length > 2));
  }
  const started = async (): Promise<string> => {
    const src = `${orsay.base}/genesys/1/document/service_template/shop/shop.scxml`;
    const { _id } = (await send('POST', '/scxml/session/start', new URLSearchParams({ src }))) as {
      _id: string;
    };
    return _id;
  };
  const event = (sid: string, name: string, data: object): Promise<unknown> =>
    send('POST', `/scxml/session/${sid}/event/${name}`, data);
  const [ended, shop] = [await started(), await started()];
  for (const sid of [ended, shop]) {
    await event(sid, 'add', { article: 'lamp', price: 40 });
    await orsay.advance(20_000);
    await event(sid, 'add', { article: 'desk', price: 250 });
    await event(sid, 'order', {});
  }
  await event(ended, 'pay', {});
  await orsay.advance(5_000);
  return { orsay, customer, interactionId, callbackId: customer.serviceId, shop, ended, send };
}

function change(config: Config): void {
  const passwordHash = hashPassword(PASSWORD);
  // The clock runs ahead of the customer's.
  Object.assign(config.chat, { clientTimeout: 0 });
  Object.assign(config, openMediaConfig(config), {
    users: {
      olga: { role: 'administrator', passwordHash },
      sue: { role: 'supervisor', passwordHash, agentId: 'Sue' },
      kristi: { role: 'agent', passwordHash, agentId: 'KSippola' },
      dora: { role: 'debugger', passwordHash },
    },
    debug: { ...config.debug, enabled: true },
    traces: { ...config.traces, documents: ['*'] },
    desktop: {
      cannedTexts: [
        { id: 'hello', title: 'Greeting', group: 'Begin', text: 'Good morning, how can I help?' },
        {
          id: 'hello-de',
          title: 'Begrüßung',
          group: 'Begin',
          language: 'de',
          text: 'Guten Tag, wie kann ich helfen?',
        },
        { id: 'bye', title: 'Farewell', group: 'End', text: 'Thank you for the talk. Have a good day.' },
      ],
      notReadyReasons: [
        { code: 'lunch', text: 'Lunch' },
        { code: 'training', text: 'Training' },
      ],
      dispositions: [
        { code: 'solved', text: 'Solved' },
        { code: 'callback', text: 'Has to be called back' },
      ],
      afterWork: { seconds: 60, disposition: 'optional' },
    },
    patterns: {
      list: { email: '[\\w.]+@[\\w.]+' },
      groups: { exceptions: { premium: '0900.*', emergency: '11[02]' } },
    },
    lists: { flags: { services: { 'chat-delay': 'true', sales: 'true' } } },
    push: {
      provider: {
        Bank: { 'customhttp.url': 'https://push.bank.example/notify', 'customhttp.title': 'Bank' },
      },
    },
  });
  config.services.sales = {
    ...config.services['chat-delay']!,
    _urs_virtual_queue: 'VQ_Sales',
    _target: 'Sales@Stat_Server.GA',
    _customer_lookup_keys: '_customer_number,usr_reason',
    _business_hours_service: 'hours',
    _request_time_bucket: '30',
    _max_request_by_time_bucket: '2',
  };
  config.services.hours = {
    _type: 'builtin',
    _service: 'office-hours',
    _timezone: 'Europe/London',
    _bh_regular1: 'Mon-Fri 08:00-18:00',
    _bh_regular2: 'Sat 09:00-13:00',
    _holiday1: '2026-01-12',
  };
}

/** A basket that is ordered and paid. The second version of the document can be paid. */
function shopDocument(isSecond: boolean): string {
  const pay = isSecond ? '<transition event="pay" target="paid"/>' : '';
  return `<?xml version="1.0"?>
<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" profile="ecmascript" initial="open"
  xmlns:session="www.genesyslab.com/modules/session">
  <datamodel>
    <data id="articles" expr="[]"/>
    <data id="total" expr="0"/>
  </datamodel>
  <state id="open">
    <onentry><send event="'late'" delay="'1800s'"/></onentry>
    <transition event="add">
      <script>_data.articles.push(_event.data.article); _data.total += _event.data.price;</script>
    </transition>
    <transition event="order" cond="_data.total &gt; 0" target="ordered"/>
    <transition event="late" target="closed"/>
  </state>
  <state id="ordered">
    <onentry><log expr="'ordered: ' + _data.articles.join()"/></onentry>
    <transition event="cancel" target="open"/>
    ${pay}
  </state>
${isSecond ? '  <final id="paid"/>\n' : ''}  <final id="closed"/>
</scxml>
`;
}

/** As the second version, with a mistake. */
export const BROKEN_SHOP = shopDocument(true).replace('target="paid"', 'target="payed"');

import { expect } from 'chai';
import { MemoryStore } from '../../engine/durable/memory/memoryStore.ts';
import { startOrsay, type TestOptions, type TestOrsay } from '../support/orsay.ts';
import { createTestIds } from '../support/testIds.ts';

const MINUTE = 60_000;
const QUEUE = 'VQ_Waiting_for_agent';

describe('customers who are far from an agent', () => {
  let orsay: TestOrsay;

  afterEach(() => orsay.close());

  const get = async (path: string): Promise<Record<string, unknown>> =>
    (await fetch(`${orsay.base}${path}`, { headers: { gms_user: 'jbond' } })).json() as never;

  async function send(method: string, path: string, body?: object): Promise<Record<string, unknown>> {
    const headers = { gms_user: 'jbond', 'content-type': 'application/json' };
    const response = await fetch(`${orsay.base}${path}`, {
      method,
      headers,
      ...(body && { body: JSON.stringify(body) }),
    });
    expect(response.status, `${method} ${path}`).to.equal(200);
    await orsay.durable.idle();
    const text = await response.text();
    return text === '' ? {} : JSON.parse(text);
  }

  /** A server whose queue has had departures, so that it has estimates. */
  async function begin(options: TestOptions = {}): Promise<void> {
    orsay = await startOrsay({
      ...options,
      options: { _eta_pos_threshold: '0:3', _max_queued_callbacks_per_service: '10', ...options.options },
    });
    await send('PUT', '/agent/1/agents/kate', { state: 'ready', groups: ['Billing'], media: ['chat'] });
    for (let departures = 0; departures < 3; departures += 1) {
      const { conn_id } = await get(`/urs/call/start?VQ=${QUEUE}&VQ_TARGET=Billing@.GA`);
      await get(`/urs/call/${conn_id}/invoke?strategy=SetRouteDelay&DELAY=0`);
      await orsay.advance(MINUTE);
    }
  }

  async function customer(number: string): Promise<string> {
    const body = { _customer_number: `40826526${number}` };
    const { _id } = await send('POST', '/genesys/1/service/callback/chat-delay', body);
    return String(_id);
  }

  /** The last look of a customer's session at the queue, and whether the customer was told. */
  async function session(id: string): Promise<{ readonly waited: number; readonly announced: boolean }> {
    for (const { sessionId } of await orsay.sessions.list()) {
      const data = (await orsay.sessions.query(sessionId))?.data as unknown as {
        readonly _service_id?: string;
        readonly queue: { readonly waited: number };
        readonly announced: boolean;
      };
      if (data._service_id === id) return { waited: data.queue.waited, announced: data.announced };
    }
    throw new Error(`No session serves ${id}.`);
  }

  it('ask for their position seldom, and are told as soon as they are near', async () => {
    await begin();
    const [first, , third] = [await customer('01'), await customer('02'), await customer('03')];
    await orsay.advance(14 * MINUTE);
    expect(await session(third)).to.deep.equal({ waited: 0, announced: false });
    await send('DELETE', `/genesys/1/service/callback/chat-delay/${first}`);
    expect(await session(third)).to.deep.equal({ waited: 14 * 60, announced: true });
  });

  it('poll as documented with _wait_without_polling false', async () => {
    await begin({ options: { _wait_without_polling: 'false' } });
    const [first, , third] = [await customer('01'), await customer('02'), await customer('03')];
    await orsay.advance(14 * MINUTE);
    expect((await session(third)).waited).to.be.greaterThan(13 * 60);
    await send('DELETE', `/genesys/1/service/callback/chat-delay/${first}`);
    expect((await session(third)).announced).to.equal(false);
    await orsay.advance(MINUTE);
    expect((await session(third)).announced).to.equal(true);
  });

  it('are told after a restart', async () => {
    const store = new MemoryStore();
    const ids = createTestIds();
    await begin({ store, ids });
    const [first, , third] = [await customer('01'), await customer('02'), await customer('03')];
    const { clock } = orsay;
    await orsay.close();
    orsay = await startOrsay({ store, clock, ids });
    await orsay.durable.idle();
    await send('DELETE', `/genesys/1/service/callback/chat-delay/${first}`);
    expect((await session(third)).announced).to.equal(true);
  });
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { openLmdbStore } from '../../engine/durable/lmdb/lmdbStore.ts';
import { SimulatedAgent } from '../simulators/agent.ts';
import { SimulatedCustomer } from '../simulators/customer.ts';
import { startOrsay, type TestOrsay } from '../support/orsay.ts';
import { createSimulatedClock } from '../support/simulatedClock.ts';
import { createTestIds } from '../support/testIds.ts';

describe('a server that is stopped during a delayed chat and started again', () => {
  let folder: string;
  let orsay: TestOrsay;
  const clock = createSimulatedClock();
  const ids = createTestIds();

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'orsay-restart-'));
    await start();
  });

  afterEach(async () => {
    await orsay.close();
    rmSync(folder, { recursive: true });
  });

  async function start(port = 0): Promise<void> {
    orsay = await startOrsay({ clock, ids, store: openLmdbStore({ path: folder }), port });
  }

  /** The same address again, like a server behind the same name. */
  async function restart(): Promise<void> {
    const { port } = orsay;
    await orsay.close();
    await start(port);
    await orsay.durable.idle();
  }

  it('finishes the chat from every stage', async () => {
    const customer = new SimulatedCustomer(orsay.base, 'jbond');
    const agent = new SimulatedAgent(orsay.base, 'KSippola');
    await agent.put('ready', { nickname: 'Kristi Sippola' });
    await customer.create('chat-delay', { _customer_number: '4082652649', language: 'French' });
    await restart();
    expect(await customer.get(`/genesys/1/service/${customer.serviceId}/storage`)).to.deep.equal({
      language: 'French',
    });
    expect((await customer.request('snooze'))._action).to.equal('ConfirmationDialog');
    await restart();
    await orsay.advance(301_000);
    expect((await customer.request('connect'))._action).to.equal('StartChat');
    await restart();
    const { chatSessionId } = (await customer.request('ixn/chat', {
      firstName: 'James',
      subject: 'None',
    })) as {
      chatSessionId: string;
    };
    await restart();
    expect((await agent.interactions()).map(({ state }) => state)).to.deep.equal(['offered']);
    await agent.post(chatSessionId, 'accept');
    await agent.post(chatSessionId, 'message', { text: 'hello customer' });
    await restart();
    const refreshed = await customer.request('ixn/chat/refresh', {
      transcriptPosition: '2',
      message: 'hello agent',
    });
    expect(refreshed.transcriptToShow).to.deep.equal([
      ['Message.Text', 'Kristi Sippola', 'hello customer', '0', 'AGENT'],
      ['Message.Text', 'James', 'hello agent', '0', 'CLIENT'],
    ]);
    await customer.request('ixn/chat/disconnect');
    await restart();
    const [record] = (await customer.get(
      '/genesys/1/service/callback/chat-delay?_customer_number=4082652649',
    )) as [{ [field: string]: unknown }];
    expect(record).to.include({ _callback_state: 'COMPLETED', _callback_reason: 'AGENT_CONNECTED' });
  });
});

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

  /** `isMoved`: the server is at another port from now on, as in a new container. */
  async function restart(isMoved: boolean): Promise<void> {
    const { port } = orsay;
    await orsay.close();
    await start(isMoved ? 0 : port);
    await orsay.durable.idle();
  }

  for (const [where, isMoved] of [
    ['the same address', false],
    ['another port each time', true],
  ] as const) {
    it(`finishes the chat from every stage at ${where}`, () => finishChat(isMoved));
  }

  async function finishChat(isMoved: boolean): Promise<void> {
    let customer = new SimulatedCustomer(orsay.base, 'jbond');
    let agent = new SimulatedAgent(orsay.base, 'KSippola');
    const restarted = async (): Promise<void> => {
      const { serviceId } = customer;
      const { base } = orsay;
      await restart(isMoved);
      if (isMoved) expect(orsay.base).not.to.equal(base);
      customer = new SimulatedCustomer(orsay.base, 'jbond');
      customer.serviceId = serviceId;
      agent = new SimulatedAgent(orsay.base, 'KSippola');
    };
    await agent.put('ready', { nickname: 'Kristi Sippola' });
    await customer.create('chat-delay', { _customer_number: '4082652649', language: 'French' });
    await restarted();
    expect(await customer.get(`/genesys/1/service/${customer.serviceId}/storage`)).to.deep.equal({
      language: 'French',
    });
    expect((await customer.request('snooze'))._action).to.equal('ConfirmationDialog');
    await restarted();
    await orsay.advance(301_000);
    expect((await customer.request('connect'))._action).to.equal('StartChat');
    await restarted();
    const { chatSessionId } = (await customer.request('ixn/chat', {
      firstName: 'James',
      subject: 'None',
    })) as {
      chatSessionId: string;
    };
    await restarted();
    expect((await agent.interactions()).map(({ state }) => state)).to.deep.equal(['offered']);
    await agent.post(chatSessionId, 'accept');
    await agent.post(chatSessionId, 'message', { text: 'hello customer' });
    await restarted();
    const refreshed = await customer.request('ixn/chat/refresh', {
      transcriptPosition: '2',
      message: 'hello agent',
    });
    expect(refreshed.transcriptToShow).to.deep.equal([
      ['Message.Text', 'Kristi Sippola', 'hello customer', '0', 'AGENT'],
      ['Message.Text', 'James', 'hello agent', '0', 'CLIENT'],
    ]);
    await customer.request('ixn/chat/disconnect');
    await restarted();
    const [record] = (await customer.get(
      '/genesys/1/service/callback/chat-delay?_customer_number=4082652649',
    )) as [{ [field: string]: unknown }];
    expect(record).to.include({ _callback_state: 'COMPLETED', _callback_reason: 'AGENT_CONNECTED' });
  }
});

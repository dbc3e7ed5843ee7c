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

const NUMBER = '4082652649';
const DAY = 86_400_000;

describe('LastAgentFirst', () => {
  let folder: string;
  let orsay: TestOrsay;
  let clock: ReturnType<typeof createSimulatedClock>;
  let ids: ReturnType<typeof createTestIds>;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'orsay-last-agent-'));
    clock = createSimulatedClock();
    ids = createTestIds();
  });

  afterEach(async () => {
    await orsay.close();
    rmSync(folder, { recursive: true });
  });

  async function start(): Promise<void> {
    orsay = await startOrsay({
      clock,
      ids,
      store: openLmdbStore({ path: join(folder, 'store') }),
      change: (config) => {
        for (const name of ['chat-immediate', 'chat-delay']) {
          Object.assign(config.services[name]!, {
            _urs_prioritization_strategy: 'LastAgentFirst',
            _customer_lookup_keys: '_customer_number,emailAddress,client',
          });
        }
        Object.assign(config.services['customer-support']!, { _customer_lookup_keys: 'client' });
      },
    });
  }

  async function restart(): Promise<void> {
    await orsay.close();
    await start();
    await orsay.durable.idle();
  }

  const agent = (name: string): SimulatedAgent => new SimulatedAgent(orsay.base, name);

  async function put(name: string, state: 'ready' | 'notReady' | 'loggedOut'): Promise<void> {
    await agent(name).put(state, { nickname: name });
    await orsay.durable.idle();
  }

  async function offered(): Promise<readonly string[]> {
    await orsay.durable.idle();
    const names = ['kate', 'bob'];
    const lists = await Promise.all(names.map((name) => agent(name).interactions()));
    return names.filter((_, index) => lists[index]!.some(({ state }) => state === 'offered'));
  }

  /** The session of a delayed chat holds the call until the customer connects. */
  async function openChat(
    service: string,
    number: string,
    more: Readonly<Record<string, string>> = {},
  ): Promise<string> {
    const customer = new SimulatedCustomer(orsay.base, 'jbond');
    await customer.create(service, { _customer_number: number, ...more });
    if (service === 'chat-delay') {
      await orsay.durable.idle();
      await customer.request('connect');
    }
    const { chatSessionId } = await customer.request('ixn/chat', { firstName: 'James', subject: 'None' });
    return String(chatSessionId);
  }

  /** Kate has a chat with the customer; then Bob is ready for a longer time than she is. */
  async function chatWithKate(): Promise<void> {
    await start();
    await put('bob', 'notReady');
    await put('kate', 'ready');
    const chatId = await openChat('chat-immediate', NUMBER);
    expect(await offered()).to.deep.equal(['kate']);
    await agent('kate').post(chatId, 'accept');
    await put('bob', 'ready');
    await orsay.advance(60_000);
    await agent('kate').post(chatId, 'leave');
    await orsay.advance(60_000);
    await put('kate', 'notReady');
    await put('kate', 'ready');
  }

  it('gives a delayed chat to the former agent, and other customers to who is ready for longer', async () => {
    await chatWithKate();
    await openChat('chat-immediate', '5551234');
    expect(await offered(), 'another customer').to.deep.equal(['bob']);
    await put('bob', 'notReady');
    await put('bob', 'ready');
    await openChat('chat-delay', NUMBER);
    expect(await offered()).to.deep.equal(['kate', 'bob']);
  });

  it('asks the group 20 s later when the former agent is not ready, also over a restart', async () => {
    await chatWithKate();
    await put('kate', 'notReady');
    await openChat('chat-immediate', NUMBER);
    await orsay.advance(15_000);
    await restart();
    expect(await offered()).to.deep.equal([]);
    await orsay.advance(4_000);
    expect(await offered()).to.deep.equal([]);
    await orsay.advance(1_001);
    expect(await offered()).to.deep.equal(['bob']);
  });

  it('gives the former agent the chat as soon as they are ready', async () => {
    await chatWithKate();
    await put('kate', 'notReady');
    await openChat('chat-immediate', NUMBER);
    await orsay.advance(10_000);
    expect(await offered()).to.deep.equal([]);
    await put('kate', 'ready');
    expect(await offered()).to.deep.equal(['kate']);
  });

  for (const [what, given, known] of [
    ['an e-mail address', { emailAddress: 'bond@mi6.example' }, { emailAddress: 'bond@mi6.example' }],
    ['user data', { 'userData[client]': '007' }, { client: '007' }],
  ] as const) {
    it(`knows the agent of a Chat V2 customer by ${what}`, async () => {
      await start();
      await put('bob', 'notReady');
      await put('kate', 'ready');
      await fetch(`${orsay.base}/genesys/2/chat/customer-support`, {
        method: 'POST',
        body: new URLSearchParams({ nickname: 'James', ...given }),
      });
      expect(await offered()).to.deep.equal(['kate']);
      const [{ interactionId } = { interactionId: '' }] = await agent('kate').interactions();
      await agent('kate').post(interactionId, 'accept');
      await put('bob', 'ready');
      await orsay.advance(60_000);
      await agent('kate').post(interactionId, 'leave');
      await orsay.advance(60_000);
      await put('kate', 'notReady');
      await put('kate', 'ready');
      await openChat('chat-immediate', NUMBER, known);
      expect(await offered()).to.deep.equal(['kate']);
    });
  }

  it('asks the group at once when the former agent is logged out, or forgotten after 30 days', async () => {
    await chatWithKate();
    await put('kate', 'loggedOut');
    await openChat('chat-immediate', NUMBER);
    expect(await offered()).to.deep.equal(['bob']);
    await put('kate', 'notReady');
    await orsay.advance(31 * DAY);
    await put('bob', 'notReady');
    expect(await offered()).to.deep.equal([]);
    await put('bob', 'ready');
    await openChat('chat-immediate', NUMBER);
    expect(await offered()).to.deep.equal(['bob']);
  });
});

import { setImmediate } from 'node:timers/promises';
import { expect } from 'chai';
import { MemoryStore } from '../../../engine/durable/memory/memoryStore.ts';
import { durableReplies } from '../../../server/middleware/replies.ts';
import { type BrittleStore, createBrittleStore } from '../../support/brittleStore.ts';
import { createTestServer, type TestReply, type TestServer } from '../../support/testServer.ts';

/** Turns of the event loop in which an answer that waits for nothing would have come. */
const MANY_TURNS = 50;
const URL = '/agent/1/agents/kate';

describe('a reply that only reads or refuses', () => {
  let store: BrittleStore;
  let server: TestServer;

  beforeEach(async () => {
    store = createBrittleStore(new MemoryStore());
    server = createTestServer({ store });
    await server.orsay.durable.idle();
  });

  afterEach(() => server.orsay.close());

  const put = (change: object): Promise<TestReply> => server.send('PUT', URL, { json: change });

  async function settled(reply: Promise<TestReply>): Promise<number | 'waits'> {
    let status: number | 'waits' = 'waits';
    void reply.then((answered) => {
      status = answered.status;
    });
    for (let turn = 0; turn < MANY_TURNS; turn++) await setImmediate();
    return status;
  }

  it('waits until the records that it was read from are on the disk', async () => {
    const release = store.hold();
    const written = put({ state: 'ready', groups: ['Billing'], media: ['chat'] });
    await settled(written);
    const shown = server.send('GET', URL);
    expect(await settled(shown)).to.equal('waits');
    release();
    expect((await shown).json).to.include({ state: 'ready' });
    expect((await written).status).to.equal(200);
  });

  it('is STORE_UNAVAILABLE when the disk fails', async () => {
    const release = store.hold();
    const written = put({ state: 'ready', groups: ['Billing'], media: ['chat'] });
    await settled(written);
    const shown = server.send('GET', URL);
    const refused = put({ state: 'no such state' });
    expect(await settled(refused)).to.equal('waits');
    store.failNext();
    release();
    expect((await shown).json).to.include({ code: 'STORE_UNAVAILABLE' });
    expect((await refused).json).to.include({ code: 'STORE_UNAVAILABLE' });
    expect((await written).status).to.equal(503);
    expect((await server.send('GET', URL)).status).to.equal(404);
  });

  it('also waits after an effect when its handler reads again', async () => {
    const order: string[] = [];
    const replies = durableReplies({
      whenDurable: async () => void order.push('durable'),
    });
    for (const readsAfterCommit of [false, true]) {
      const ctx = { method: 'POST', state: {} } as Parameters<typeof replies>[0];
      await replies(ctx, async () => {
        order.push(String(readsAfterCommit));
        if (readsAfterCommit) ctx.state.readsAfterCommit = true;
      });
    }
    expect(order).to.deep.equal(['false', 'true', 'durable']);
  });
});

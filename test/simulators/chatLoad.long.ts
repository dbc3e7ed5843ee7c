import { expect } from 'chai';
import { ChatLoad } from './chatLoad.ts';
import { OwnServer } from './ownServer.ts';

describe('the simulation of chats', () => {
  it('leads every customer to an agent, and every message to its answer', async () => {
    const server = await OwnServer.start();
    try {
      const load = new ChatLoad({
        base: server.base,
        customers: 6,
        agents: 2,
        messages: 2,
        rate: 100,
        pauseMs: 0,
        patienceMs: 30_000,
      });
      const { waits, roundTrips, ...rest } = await load.run();
      expect(rest).to.deep.equal({ started: 6, talking: 0, done: 6, failed: 0, answered: 12, errors: {} });
      expect([waits.length, roundTrips.length]).to.deep.equal([6, 12]);
    } finally {
      await server.stop();
    }
  }).timeout(60_000);
});

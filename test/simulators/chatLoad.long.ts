import { expect } from 'chai';
import { ChatLoad } from './chatLoad.ts';
import { WIRES } from './loadVisitor.ts';
import { OwnServer } from './ownServer.ts';

describe('the simulation of chats', () => {
  it('leads every customer to an agent, and every message to its answer, on each wire', async () => {
    const server = await OwnServer.start();
    try {
      const load = new ChatLoad({
        base: server.base,
        customers: 6,
        agents: 2,
        messages: 2,
        rate: 100,
        pauseMs: 0,
        pollMs: 100,
        wires: WIRES,
        transport: 'long-polling',
        start: 'together',
        patienceMs: 30_000,
      });
      const { times, ...rest } = await load.run();
      expect(rest).to.deep.equal({
        started: 6,
        talking: 0,
        mostTalking: 6,
        done: 6,
        failed: 0,
        answered: 12,
        errors: {},
      });
      const counts = [...times].map(([wire, { waits, roundTrips }]) => [
        wire,
        waits.length,
        roundTrips.length,
      ]);
      expect(counts).to.deep.equal(WIRES.map((wire) => [wire, 2, 4]));
    } finally {
      await server.stop();
    }
  }).timeout(60_000);
});

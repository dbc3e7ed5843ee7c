import { expect } from 'chai';
import { roomsOf } from '../../../strategies/routing/agentRoom.ts';
import { openContactCentre, readyAgent } from '../../support/contactCentre.ts';
import { asId } from '../../support/ids.ts';

const KATE = asId<never>('kate');

describe('the capacity of an agent', () => {
  it('counts all media together, and single media apart', async () => {
    const centre = openContactCentre();
    await readyAgent(centre, 'kate', {
      media: ['chat', 'voice'],
      capacity: 3,
      mediaCapacity: { chat: 2, voice: 1 },
    });
    const occupy = async (holder: string, media?: string): Promise<void> => {
      const slot = { agentId: KATE, holder: asId<never>(holder), kind: 'active' as const, since: 0 };
      const own = media === undefined ? {} : { media };
      await centre.durable.commit(centre.agents.occupyBatch({ ...slot, ...own }));
    };
    const free = (): unknown => ['chat', 'voice'].map((media) => centre.agents.isFree(KATE, media));
    expect(free()).to.deep.equal([true, true]);
    await occupy('call-1', 'voice');
    expect(free()).to.deep.equal([true, false]);
    await occupy('chat-1', 'chat');
    expect(free()).to.deep.equal([true, false]);
    expect(roomsOf(centre.agents.record(KATE)!, centre.agents.slots(KATE))).to.deep.equal({
      room: 1,
      mediaRoom: { chat: 1, voice: 0 },
    });
    await occupy('chat-2', 'chat');
    expect(free()).to.deep.equal([false, false]);
  });

  it('counts the slots of an earlier version for each medium', async () => {
    const centre = openContactCentre();
    await readyAgent(centre, 'kate', { media: ['chat', 'voice'], capacity: 5, mediaCapacity: { chat: 1 } });
    const slot = { agentId: KATE, holder: asId<never>('old'), kind: 'active' as const, since: 0 };
    await centre.durable.commit(centre.agents.occupyBatch(slot));
    expect(centre.agents.isFree(KATE, 'chat')).to.equal(false);
    expect(centre.agents.isFree(KATE, 'voice')).to.equal(true);
  });

  it('is kept by the calls that are matched at once', async () => {
    const centre = openContactCentre();
    const ids: string[] = [];
    for (const media of ['chat', 'chat', 'voice', 'voice', 'chat']) {
      const { connId } = await centre.routing.startCall({
        target: 'kate@S.A',
        vq: 'VQ',
        media,
        routeDelayMs: 0,
      });
      ids.push(connId);
    }
    await readyAgent(centre, 'kate', {
      media: ['chat', 'voice'],
      capacity: 3,
      mediaCapacity: { chat: 1, voice: 1 },
    });
    expect(ids.map((id) => centre.routing.get(asId(id))?.state)).to.deep.equal([
      'routed',
      'routable',
      'routed',
      'routable',
      'routable',
    ]);
  });

  it('is won by one of the queues in which calls wait for the same agent', async () => {
    const centre = openContactCentre();
    const queues = ['VQ1', 'VQ2', 'VQ3'];
    const started = queues.map((vq) =>
      centre.routing.startCall({ target: 'kate@S.A', vq, media: 'chat', routeDelayMs: 0 }),
    );
    const ids = (await Promise.all(started)).map(({ connId }) => connId);
    // The agent becomes ready several times in the same moment.
    const changes = [1, 2, 3].map(() => centre.interactions.setAgent(KATE, { state: 'ready' }));
    await Promise.all(changes);
    await centre.settle();
    const states = (): unknown => ids.map((id) => centre.routing.get(id)?.state);
    expect(states()).to.deep.equal(['routed', 'routable', 'routable']);
    expect(centre.agents.slots(KATE).map(({ holder }) => holder)).to.deep.equal([ids[0]]);
    await centre.routing.cancelCall(ids[0]!);
    await centre.durable.commit(centre.agents.releaseBatch(KATE, ids[0]!));
    await centre.settle();
    expect(centre.agents.slots(KATE).map(({ holder }) => holder)).to.deep.equal([ids[1]]);
  });
});

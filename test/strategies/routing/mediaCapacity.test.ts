import { expect } from 'chai';
import type { AgentRecord } from '../../../strategies/routing/agentRecord.ts';
import { matchCalls, type WaitingCall } from '../../../strategies/routing/matchCalls.ts';
import { parseTargets } from '../../../strategies/routing/target.ts';
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
    expect(centre.agents.freeForAny().map(({ room, mediaRoom }) => ({ room, mediaRoom }))).to.deep.equal([
      { room: 1, mediaRoom: { chat: 1, voice: 0 } },
    ]);
    await occupy('chat-2', 'chat');
    expect(free()).to.deep.equal([false, false]);
    expect(centre.agents.freeForAny()).to.deep.equal([]);
  });

  it('counts the slots of an earlier version for each medium', async () => {
    const centre = openContactCentre();
    await readyAgent(centre, 'kate', { media: ['chat', 'voice'], capacity: 5, mediaCapacity: { chat: 1 } });
    const slot = { agentId: KATE, holder: asId<never>('old'), kind: 'active' as const, since: 0 };
    await centre.durable.commit(centre.agents.occupyBatch(slot));
    expect(centre.agents.isFree(KATE, 'chat')).to.equal(false);
    expect(centre.agents.isFree(KATE, 'voice')).to.equal(true);
  });

  it('is kept by the calls that are matched at once', () => {
    const record = { agentId: KATE, media: ['chat', 'voice'], groups: [], skills: {}, setting: 1 };
    const free = {
      record: record as unknown as AgentRecord,
      room: 3,
      mediaRoom: { chat: 1, voice: 1 },
    };
    const calls = ['chat', 'chat', 'voice', 'voice', 'chat'].map(
      (media, at): WaitingCall => ({
        id: asId<never>(`${media}-${at}`),
        media,
        targets: parseTargets('kate@S.A'),
        tried: [],
      }),
    );
    expect(matchCalls(calls, [free], 0).map(({ callId }) => callId)).to.deep.equal(['chat-0', 'voice-2']);
  });
});

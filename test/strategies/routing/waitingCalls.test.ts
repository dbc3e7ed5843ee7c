import { expect } from 'chai';
import type { AgentId } from '../../../strategies/ids/index.ts';
import { MAX_CALL_AGE_MS } from '../../../strategies/routing/callAge.ts';
import type { ConnId } from '../../../strategies/routing/callIds.ts';
import { MAX_IDLE_CLASSES } from '../../../strategies/routing/demandClasses.ts';
import type { WaitingFacts } from '../../../strategies/routing/waitingCall.ts';
import { WaitingCalls } from '../../../strategies/routing/waitingCalls.ts';
import { asId } from '../../support/ids.ts';

const START = 1_767_603_600_000;

describe('the index of calls that expire', () => {
  it('forgets them in queues for which nobody asks', () => {
    const index = newIndex();
    index.set(asId<ConnId>('old'), call({ id: 'old', vq: 'VQ_Forgotten' }));
    index.set(
      asId<ConnId>('new'),
      call({ id: 'new', vq: 'VQ', serial: 2, enteredAt: START + MAX_CALL_AGE_MS }),
    );
    expect(index.get(asId('old'))).to.equal(undefined);
    expect(index.get(asId('new'))?.serial).to.equal(2);
  });

  it('keeps a class that gets a call while the expired ones leave many classes without calls', () => {
    const index = newIndex();
    for (let at = 0; at < MAX_IDLE_CLASSES; at += 1) {
      const id = `idle${at}`;
      index.set(asId<ConnId>(id), call({ id, target: `Group${at}@S.GA`, vq: 'Other', serial: at + 1 }));
      index.set(asId<ConnId>(id), undefined);
    }
    index.set(asId<ConnId>('old'), call({ id: 'old', target: 'Old@S.GA', serial: 2_000 }));
    const enteredAt = START + MAX_CALL_AGE_MS;
    const id = asId<ConnId>('new');
    index.set(id, call({ id, target: 'Group0@S.GA', serial: 3_000, enteredAt }));
    const agentId = asId<AgentId>('kate');
    index.staff.setAgent(agentId, {
      agentId,
      setting: 1,
      state: 'ready',
      readySince: enteredAt,
      media: ['chat'],
      groups: ['Group0'],
      skills: {},
      capacity: 1,
    });
    const proposal = index.next(enteredAt, new Map());
    expect(proposal?.callId).to.equal(id);
    expect(proposal?.agents.map(({ record }) => record.agentId)).to.deep.equal([agentId]);
  });
});

function newIndex(): WaitingCalls {
  return new WaitingCalls({ excludedOf: () => undefined });
}

function call(
  given: { readonly id: string; readonly target?: string } & Partial<Omit<WaitingFacts, 'id'>>,
): WaitingFacts {
  const { id, target = 'Billing@S.GA', ...rest } = given;
  return {
    id: asId<ConnId>(id),
    vq: 'VQ',
    serial: 1,
    enteredAt: START,
    priority: { base: 0, increment: 0, everyMs: 0 },
    media: 'chat',
    tenant: 'Environment',
    targets: [target],
    isRoutable: true,
    tried: [],
    tellPosition: undefined,
    interactionId: undefined,
    ...rest,
  };
}

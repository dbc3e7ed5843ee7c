import { expect } from 'chai';
import type { AgentId } from '../../../strategies/ids/index.ts';
import type { AgentRecord } from '../../../strategies/routing/agentRecord.ts';
import type { ConnId } from '../../../strategies/routing/callIds.ts';
import { Look } from '../../../strategies/routing/look.ts';
import { NO_OUTSIDE } from '../../../strategies/routing/outsideFigures.ts';
import { WaitingCalls } from '../../../strategies/routing/waitingCalls.ts';
import { asId } from '../../support/ids.ts';

const NOW = 1_767_603_600_000;
const MATCHES = 16;
const CLASSES = 500;

/** Calls of many classes, whose conditions are counted when they are evaluated. */
class Centre {
  evaluations = 0;
  /** Reads of fields of agents. */
  reads = 0;
  readonly index = new WaitingCalls({
    excludedOf: () => undefined,
    outside: {
      ...NO_OUTSIDE,
      setting: (_source, [, , property]) => {
        this.evaluations += 1;
        return property === 'open' ? 1 : 0;
      },
    },
  });

  constructor(agents: number) {
    for (let n = 0; n < agents; n += 1) this.#ready(n);
  }

  #ready(n: number): void {
    const agentId = asId<AgentId>(`a${n}`);
    const record: AgentRecord = {
      agentId,
      state: 'ready',
      groups: ['Billing', n < 10 ? 'Few' : 'Many'],
      skills: {},
      place: `D${n}`,
      media: ['chat'],
      capacity: 1,
      setting: 1,
      readySince: NOW,
    };
    const counted = new Proxy(record, {
      get: (fields, name) => {
        this.reads += 1;
        return Reflect.get(fields, name);
      },
    });
    this.index.staff.setAgent(agentId, counted);
  }

  enter(serial: number, target: string): void {
    const id = asId<ConnId>(`c${serial}`);
    this.index.set(id, {
      id,
      vq: 'VQ',
      serial,
      enteredAt: NOW,
      priority: { base: 0, increment: 0, everyMs: 0 },
      media: 'chat',
      tenant: 'Environment',
      targets: [target],
      isRoutable: true,
      tried: [],
      tellPosition: undefined,
      interactionId: undefined,
    });
  }

  /** As the match task does for matches that are committed together. */
  match(matches: number): readonly string[] {
    const look = new Look(NOW);
    const found: string[] = [];
    while (found.length < matches) {
      const proposal = this.index.next(look);
      if (proposal === undefined) break;
      const { agentId } = proposal.agents[0]!.record;
      const slot = { agentId, holder: proposal.callId, kind: 'reserved', since: NOW } as const;
      this.index.staff.setSlot(agentId, proposal.callId, slot);
      this.index.set(proposal.callId, undefined);
      found.push(`${proposal.callId} ${agentId}`);
    }
    return found;
  }
}

describe('conditions of waiting calls', () => {
  it('are evaluated once for all matches at one moment, though each of these changes the agents', () => {
    const centre = new Centre(MATCHES);
    for (let n = 0; n < CLASSES; n += 1) {
      centre.enter(n, `{acfgdata(App,routing,shut${n},0)=1}Billing@S.GA`);
    }
    for (let n = 0; n < MATCHES; n += 1) centre.enter(CLASSES + n, 'Billing@S.GA');
    expect(centre.match(MATCHES)).to.have.length(MATCHES);
    expect(centre.evaluations).to.equal(CLASSES);
  });

  it('are not evaluated for classes whose next call is not better than the best one', () => {
    const centre = new Centre(MATCHES);
    for (let n = 0; n < MATCHES; n += 1) centre.enter(n, 'Billing@S.GA');
    for (let n = 0; n < CLASSES; n += 1) {
      centre.enter(MATCHES + n, `{acfgdata(App,routing,open,0)=${n + 1}}Billing@S.GA`);
    }
    expect(centre.match(MATCHES)).to.have.length(MATCHES);
    expect(centre.evaluations).to.equal(0);
  });

  it('are evaluated again when the agents change for whom they ask', () => {
    const centre = new Centre(20);
    centre.enter(1, '{sdata(Few.GA,StatAgentsBusy)=0}Few@S.GA');
    centre.enter(2, 'Few@S.GA');
    centre.enter(3, '{sdata(Few.GA,StatAgentsBusy)>1}Many@S.GA');
    centre.enter(4, '{sdata(Few.GA,StatAgentsBusy)=0}Few@S.GA');
    centre.enter(5, '{sdata(VQ.Q,StatCallsInQueue)<3}Few@S.GA');
    expect(centre.match(9)).to.deep.equal(['c1 a0', 'c2 a1', 'c3 a10', 'c5 a2']);
  });

  it('look at no other agent when they ask for a single one, or for a place', () => {
    const centre = new Centre(1_000);
    const { counts } = centre.index.staff;
    centre.reads = 0;
    for (let n = 0; n < 2_000; n += 1) {
      const agent = { name: `a${n}`, server: '', type: 'A' };
      expect([...counts.of(`agent ${n}`, agent).memberIds]).to.deep.equal(n < 1_000 ? [`a${n}`] : []);
      const place = { name: `D${n}`, server: '', type: 'AP' };
      expect([...counts.of(`place ${n}`, place).memberIds]).to.deep.equal(n < 1_000 ? [`a${n}`] : []);
    }
    // A few fields of each agent or place that there is.
    expect(centre.reads).to.be.lessThan(20_000);
  });
});

import { expect } from 'chai';
import type { AgentId } from '../../../strategies/ids/index.ts';
import { MAX_CALL_AGE_MS } from '../../../strategies/routing/callAge.ts';
import type { ConnId } from '../../../strategies/routing/callIds.ts';
import { MAX_DEMAND_CLASSES, MAX_IDLE_CLASSES } from '../../../strategies/routing/demandClasses.ts';
import { RoutingError } from '../../../strategies/routing/errors.ts';
import { Look } from '../../../strategies/routing/look.ts';
import { queueKey } from '../../../strategies/routing/queueNames.ts';
import { MAX_PRIORITY_RULES } from '../../../strategies/routing/ruleCounts.ts';
import type { WaitingFacts } from '../../../strategies/routing/waitingCall.ts';
import { WaitingCalls } from '../../../strategies/routing/waitingCalls.ts';
import { asId } from '../../support/ids.ts';

const START = 1_767_603_600_000;

describe('a queue in the index', () => {
  const told = (n: number, change: Partial<WaitingFacts>) =>
    call({ id: `c${n}`, serial: n, enteredAt: START + Math.abs(n), tellPosition: 1, ...change });

  it('has one lane for all calls that go to its head, in whatever order they come', () => {
    const index = newIndex();
    index.set(asId<ConnId>('c1'), told(1, {}));
    for (let n = -2; n > -1_000; n -= 1) index.set(asId<ConnId>(`c${n}`), told(n, {}));
    const queue = index.queue('VQ', START)!;
    expect(queue.calls).to.equal(999);
    expect(queue.lanes.lanes).to.have.length(1);
    expect(queue.reached(START).map(({ id }) => id)).to.deep.equal(['c-999']);
  });

  it('finds the sessions to tell by a few comparisons for each of many priorities', () => {
    const index = newIndex();
    for (let n = 1; n <= 3_000; n += 1) {
      const priority = { base: n, increment: 1, everyMs: 1_000 };
      index.set(asId<ConnId>(`c${n}`), told(n, { priority, enteredAt: START, tellPosition: 1 + (n % 100) }));
    }
    const queue = index.queue('VQ', START)!;
    let asked = 0;
    for (const lane of queue.lanes.lanes) {
      const nth = lane.nth.bind(lane);
      lane.nth = (...given) => {
        asked += 1;
        return nth(...given);
      };
      lane.countAhead = () => {
        throw new Error('Expected no count of the calls ahead of each call.');
      };
    }
    // The call at place p has the priority 3000 - p.
    const expected = Array.from({ length: 100 }, (_, place) => 3_000 - place).filter(
      (n, place) => place < 1 + (n % 100),
    );
    expect(queue.reached(START).map(({ id }) => id)).to.deep.equal(expected.map((n) => `c${n}`));
    expect(asked).to.be.at.most(3_100);
  });
});

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

  it('forgets those behind calls that went to the heads of their queues later', () => {
    const index = newIndex();
    const returnedAt = START + MAX_CALL_AGE_MS - 1;
    index.set(asId<ConnId>('old'), call({ id: 'old', serial: 7 }));
    for (const [at, id] of ['b', 'a'].entries()) {
      index.set(asId<ConnId>(id), call({ id, serial: -100 - at, enteredAt: returnedAt + at }));
    }
    expect(index.queue('VQ', returnedAt + 1)?.calls).to.equal(2);
    expect(index.get(asId('old'))).to.equal(undefined);
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
    const proposal = index.next(new Look(enteredAt));
    expect(proposal?.callId).to.equal(id);
    expect(proposal?.agents.map(({ record }) => record.agentId)).to.deep.equal([agentId]);
  });

  it('refuses a call whose targets or whose priority would be one too many, and takes others like those', () => {
    const index = newIndex();
    const own = (n: number) => call({ id: `c${n}`, serial: n, target: `G${n}@S.GA` });
    const ruled = (n: number) =>
      call({ id: `p${n}`, serial: n, priority: { base: n, increment: 0, everyMs: 0 } });
    for (let n = 1; n <= MAX_DEMAND_CLASSES; n += 1) {
      const facts = { ...own(n), priority: ruled(n % 2).priority };
      index.admit(facts);
      index.set(facts.id, facts);
    }
    expect(() => index.admit(own(MAX_DEMAND_CLASSES + 1)))
      .to.throw(RoutingError, "(MAX_DEMAND_CLASSES), got 'G10001@S.GA'")
      .with.property('code', 'ROUTING_LIMITED');
    index.admit(own(5));
    index.set(own(5).id, undefined);
    index.admit(own(MAX_DEMAND_CLASSES + 1));
    for (let n = 2; n < MAX_PRIORITY_RULES; n += 1) {
      const facts = { ...ruled(n), targets: own(1).targets };
      index.admit(facts);
      index.set(facts.id, facts);
    }
    expect(() => index.admit({ ...own(1), priority: ruled(MAX_PRIORITY_RULES + 1).priority }))
      .to.throw(RoutingError, '(MAX_PRIORITY_RULES), got {"base":10001,"increment":0,"everyMs":0}')
      .with.property('code', 'ROUTING_LIMITED');
    index.admit({ ...own(1), priority: ruled(77).priority });
  });
});

describe('the calls of an index whose conditions depend on them', () => {
  const LIMITS = { calls: 1_000, targets: 40 };
  const many = (condition: string): string =>
    Array.from({ length: 19 }, (_, at) => `{${condition}>${at}}G${at}@S.GA`).join(',');

  it('are looked at in turn, few at once when each has many targets', () => {
    const index = newIndex();
    const target = many('sdata(VQ.Q,PositionInQueue)');
    for (let n = 1; n <= 6; n += 1) {
      const id = `c${n}`;
      index.set(asId<ConnId>(id), call({ id, serial: n, vq: queueKey('Environment', 'VQ'), target }));
    }
    const routes = () => [1, 2, 3, 4, 5, 6].map((n) => index.get(asId(`c${n}`))?.routed?.demand);
    index.set(asId<ConnId>('c0'), call({ id: 'c0', serial: 0, vq: queueKey('Environment', 'VQ') }));
    let before = routes();
    for (const moved of [[1, 2], [3, 4], [5, 6], []]) {
      index.routes.lookInTurn(START + 1_000, LIMITS);
      const after = routes();
      expect(after.flatMap((one, at) => (one === before[at] ? [] : [at + 1]))).to.deep.equal(moved);
      before = after;
    }
  });

  it('are routable in classes whose keys are short, however many targets there are', () => {
    const index = newIndex();
    const target = Array.from({ length: 900 }, (_, at) => `{callage>${at}}Group${at}@S.GA`).join(',');
    for (let n = 1; n <= 3; n += 1) {
      const id = `c${n}`;
      index.set(asId<ConnId>(id), call({ id, serial: n, target }), START + n * 200_000);
    }
    const classes = [1, 2, 3].map((n) => index.get(asId(`c${n}`))!.routed!.demand);
    expect(classes.map(({ targets }) => targets.length)).to.deep.equal([200, 400, 600]);
    expect(new Set(classes.map(({ key }) => key)).size).to.equal(3);
    for (const { key } of classes) expect(key.length).to.be.at.most(255);
  });

  it('are all looked at when their time has come, in several steps', () => {
    const index = newIndex();
    const target = many('callage');
    for (let n = 1; n <= 5; n += 1)
      index.set(asId<ConnId>(`c${n}`), call({ id: `c${n}`, serial: n, target }));
    const looks = [1, 2, 3].map(() => index.routes.lookAgain(START + 2_000, LIMITS));
    expect(looks).to.deep.equal(['more', 'more', 'all']);
    expect(index.get(asId('c5'))?.routed?.demand.targets).to.have.length(2);
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

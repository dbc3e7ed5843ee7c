import { expect } from 'chai';
import fc from 'fast-check';
import { MemoryStore } from '../../../engine/durable/memory/memoryStore.ts';
import type { AgentRecord, AgentSlot } from '../../../strategies/routing/agentRecord.ts';
import { AGENT, SLOT } from '../../../strategies/routing/agents.ts';
import { compareCalls, type PriorityRule } from '../../../strategies/routing/priority.ts';
import { viewRoute } from '../../../strategies/routing/routeStrategy.ts';
import { CALL, type VirtualInteraction } from '../../../strategies/routing/virtualInteraction.ts';
import { targetsOf } from '../../../strategies/targets/targetList.ts';
import { createBrittleStore } from '../../support/brittleStore.ts';
import { type ContactCentre, openContactCentre, POSITIVE } from '../../support/contactCentre.ts';
import { asId } from '../../support/ids.ts';
import { matchPlainly, type PlainAgent } from '../../support/plainRouting.ts';
import { runsOf } from '../../support/runLength.ts';
import { createSimulatedClock } from '../../support/simulatedClock.ts';
import { createTestIds } from '../../support/testIds.ts';

const rule: fc.Arbitrary<PriorityRule> = fc.record({
  base: fc.integer({ min: -2, max: 5 }),
  increment: fc.integer({ min: -2, max: 3 }),
  everyMs: fc.constantFrom(0, 1_000, 7_000),
});
const agentId = fc.constantFrom('a0', 'a1', 'a2', 'a3', 'a4');
const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('start' as const),
      rule,
      vq: fc.constantFrom('VQ', 'VQ/2'),
      media: fc.constantFrom('chat', 'voice'),
      target: fc.constantFrom(
        'Billing@S.GA',
        'Sales@S.GA',
        'Nobody@S.GA',
        'Sales@S.GA,[5]Billing@S.GA',
        '{2}Sales@S.GA',
        '?:English>1@S.GA',
        JSON.stringify([{ target: 'Nobody@S.GA', timeout: 3 }, { target: 'a1@S.A' }]),
      ),
      routeDelayMs: fc.constantFrom(0, 0, 0, null, 4_000),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('agent' as const),
      agentId,
      state: fc.constantFrom('ready' as const, 'ready' as const, 'notReady' as const),
      groups: fc.subarray(['Billing', 'Sales']),
      media: fc.subarray(['chat', 'voice'], { minLength: 1 }),
      skills: fc.constantFrom({}, { English: 3 }),
      capacity: fc.integer({ min: 1, max: 3 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('cancel' as const), at: fc.nat() }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('delay' as const),
      at: fc.nat(),
      seconds: fc.constantFrom(0, 2, 'infinite'),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.nat({ max: 40_000 }) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('settle' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('fail' as const), writes: fc.integer({ min: 1, max: 3 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('crash' as const) }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** A contact centre whose process may die, and whose store may refuse writes. */
class BrittleCentre {
  readonly #store = new MemoryStore();
  readonly #ids = createTestIds();
  #brittle = createBrittleStore(this.#store);
  #centre = this.#open(openContactCentre({ store: this.#brittle, ids: this.#ids }));
  readonly #accepted = new Set<string>();
  readonly #cancelled = new Set<string>();

  async perform(one: Step): Promise<void> {
    const { routing, agents, durable, clock } = this.#centre;
    switch (one.kind) {
      case 'start': {
        const { kind: _kind, rule: priority, ...request } = one;
        const sessionUrl = 'http://orsay.test/scxml/session/S1';
        const started = routing.startCall({ ...request, priority, sessionUrl });
        await started.then(
          ({ connId }) => this.#accepted.add(connId),
          () => {},
        );
        break;
      }
      case 'agent': {
        const { kind: _kind, agentId: id, ...change } = one;
        await durable.commit(agents.putBatch(asId(id), change).batch).catch(() => {});
        break;
      }
      case 'cancel': {
        const id = this.#pick(one.at);
        if (id === undefined) break;
        // A commit that fails leaves the call.
        await routing.cancelCall(asId(id)).then(
          () => this.#cancelled.add(id),
          () => {},
        );
        break;
      }
      case 'delay': {
        const id = this.#pick(one.at);
        if (id !== undefined) {
          await routing.invoke(asId(id), 'SetRouteDelay', { DELAY: one.seconds }).catch(() => {});
        }
        break;
      }
      case 'wait':
        await this.#centre.advance(one.ms);
        break;
      case 'settle':
        await this.#centre.settle();
        break;
      case 'fail':
        this.#brittle.failNext(one.writes);
        break;
      case 'crash': {
        this.#brittle.kill();
        this.#brittle = createBrittleStore(this.#store);
        const later = createSimulatedClock(clock.now());
        this.#centre = this.#open(openContactCentre({ store: this.#brittle, clock: later, ids: this.#ids }));
      }
    }
    this.#checkCapacities();
  }

  /** After all retries, no call was lost, and the plain model would match nobody. */
  async check(): Promise<void> {
    await this.#centre.advance(600_000);
    const { routing, durable, clock } = this.#centre;
    for (const id of this.#accepted) {
      if (!this.#cancelled.has(id)) expect(routing.get(asId(id))?.connId).to.equal(id);
    }
    const now = clock.now();
    const routable = [...durable.scan<VirtualInteraction>(CALL)]
      .map(({ value }) => value)
      .filter(({ snapshot }) => viewRoute(snapshot).state === 'routable')
      .sort((a, b) => compareCalls(a, b, now))
      .map(({ id, media, snapshot }) => {
        const { steps, active, tried } = viewRoute(snapshot).context;
        return { id, media, targets: targetsOf(steps, active), tried };
      });
    expect(matchPlainly(routable, this.#plainAgents(), { now, blocking: {} })).to.deep.equal([]);
    for (const vq of ['VQ', 'VQ/2']) await this.#checkPlaces(vq);
  }

  async #checkPlaces(vq: string): Promise<void> {
    const { routing, durable, clock } = this.#centre;
    const waiting = [...durable.scan<VirtualInteraction>(CALL)]
      .map(({ value }) => value)
      .filter((call) => call.vq === `${call.tenant}/${vq}` || call.vq === vq)
      .filter(({ snapshot }) => viewRoute(snapshot).state !== 'routed')
      .sort((a, b) => compareCalls(a, b, clock.now()));
    for (const [place, { id }] of waiting.entries()) {
      expect(await routing.viewQueue(id)).to.include({ calls: waiting.length, position: place + 1 });
    }
  }

  #open(centre: ContactCentre): ContactCentre {
    // Each second session refuses the agent.
    let asked = 0;
    centre.answer = () => {
      asked += 1;
      return asked % 2 === 0 ? { ...POSITIVE, status: 500 } : POSITIVE;
    };
    return centre;
  }

  #pick(at: number): string | undefined {
    const calls = this.#centre.routing.list();
    return calls[at % Math.max(1, calls.length)]?.connId;
  }

  #slots(): readonly AgentSlot[] {
    return [...this.#centre.durable.scan<AgentSlot>(SLOT)].map(({ value }) => value);
  }

  #plainAgents(): readonly PlainAgent[] {
    const slots = this.#slots();
    return [...this.#centre.durable.scan<AgentRecord>(AGENT)].map(({ value }) => ({
      record: value,
      slots: slots.filter((slot) => slot.agentId === value.agentId),
    }));
  }

  /** Reservations of one call are with one agent, and no agent got more work than they had room for. */
  #checkCapacities(): void {
    const slots = this.#slots();
    const holders = slots.map(({ holder }) => holder);
    expect(new Set(holders).size).to.equal(holders.length);
    for (const { agentId: id } of slots) {
      expect(slots.filter((slot) => slot.agentId === id).length).to.be.at.most(MOST_CAPACITY);
    }
  }
}

/** Someone whose capacity is lowered keeps the work that they have. */
const MOST_CAPACITY = 3;

describe('matching over a store that fails and a process that dies', () => {
  it('loses no call, gives no call to two agents, and leaves no free agent whom a call wants', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
        const centre = new BrittleCentre();
        for (const one of steps) await centre.perform(one);
        await centre.check();
      }),
      { numRuns: runsOf({ sample: 40, all: 1_000 }) },
    );
  });

  it('matches more calls than one part of the work has', async () => {
    const { routing, agents, durable, settle } = openContactCentre();
    const ids: string[] = [];
    for (let call = 0; call < 40; call += 1) {
      ids.push((await routing.startCall({ target: 'Billing@S.GA', vq: 'VQ', routeDelayMs: 0 })).connId);
    }
    const change = { state: 'ready' as const, groups: ['Billing'], capacity: 50 };
    await durable.commit(agents.putBatch(asId('kate'), change).batch);
    await settle();
    expect(ids.map((id) => routing.get(asId(id))?.state)).to.deep.equal(ids.map(() => 'routed'));
  });
});

import { expect } from 'chai';
import fc from 'fast-check';
import { MemoryStore } from '../../../engine/durable/memory/memoryStore.ts';
import type { InteractionId } from '../../../strategies/ids/index.ts';
import type { AgentChange, AgentRecord, AgentSlot } from '../../../strategies/routing/agentRecord.ts';
import type { BlockingRules } from '../../../strategies/routing/agentRoom.ts';
import { AGENT, SLOT } from '../../../strategies/routing/agents.ts';
import { readExcluded } from '../../../strategies/routing/excludedAgents.ts';
import { compareCalls } from '../../../strategies/routing/priority.ts';
import { viewRoute } from '../../../strategies/routing/routeStrategy.ts';
import { submitsOfInteraction } from '../../../strategies/routing/submitCalls.ts';
import { CALL, type VirtualInteraction } from '../../../strategies/routing/virtualInteraction.ts';
import { targetsOf } from '../../../strategies/targets/targetList.ts';
import { AgentWatch } from '../../support/agentWatch.ts';
import { createBrittleStore } from '../../support/brittleStore.ts';
import { type ContactCentre, openContactCentre } from '../../support/contactCentre.ts';
import { createRandom } from '../../support/crash/random.ts';
import { asId } from '../../support/ids.ts';
import { matchPlainly } from '../../support/plainRouting.ts';
import { runsOf } from '../../support/runLength.ts';
import { createSimulatedClock } from '../../support/simulatedClock.ts';
import { createTestIds } from '../../support/testIds.ts';

const AGENTS = ['a0', 'a1', 'a2', 'a3', 'a4', 'a5'];
const MEDIA = ['chat', 'voice', 'email'];
/** Things that happen at the same time, of thousands. */
const AT_ONCE = 25;
const DESKTOP_TIMES = { notReadyMs: 30_000, logoutMs: 60_000, handlingMs: 120_000 };

const state = fc.constantFrom('ready', 'ready', 'ready', 'notReady', 'afterWork', 'loggedOut');
const change: fc.Arbitrary<AgentChange> = fc
  .record({
    state,
    media: fc.subarray(MEDIA, { minLength: 1 }),
    groups: fc.subarray(['Billing', 'Sales']),
    skills: fc.constantFrom({}, { English: 3 }),
    capacity: fc.integer({ min: 1, max: 4 }),
    mediaCapacity: fc.constantFrom({}, { chat: 1 }, { chat: 2, voice: 1 }),
    ownState: fc.option(state, { nil: undefined }),
  })
  .map(({ ownState, ...given }) => {
    const mediaStates = ownState === undefined ? {} : { [given.media[0]!]: { state: ownState } };
    return { ...given, mediaStates } as AgentChange;
  });
const at = fc.nat();
const one = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('call' as const),
      media: fc.constantFrom(...MEDIA),
      target: fc.constantFrom('Billing@S.GA', 'Sales@S.GA', '?:English>1@S.GA', 'a1@S.A'),
      base: fc.integer({ min: 0, max: 2 }),
      increment: fc.constantFrom(0, 1),
    }),
  },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('chat' as const), base: fc.nat({ max: 2 }) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('agent' as const),
      agentId: fc.constantFrom(...AGENTS),
      change,
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('cancel' as const), at }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('accept' as const), at }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('reject' as const), at }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('leave' as const), at }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('stream' as const), agentId: fc.constantFrom(...AGENTS) }),
  },
);
type One = typeof one extends fc.Arbitrary<infer S> ? S : never;
/** Things that happen at the same time, and what follows. */
const turn = fc.record({
  many: fc.array(one, { minLength: 1, maxLength: 12 }),
  next: fc.oneof(
    { weight: 6, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.nat({ max: 40_000 }) }) },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('settle' as const) }) },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('fail' as const), writes: fc.integer({ min: 1, max: 3 }) }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('crash' as const) }) },
  ),
});
type Turn = typeof turn extends fc.Arbitrary<infer S> ? S : never;

/** A contact centre with many agents, whose process may die, and whose store may refuse writes. */
class Centre {
  readonly #store = new MemoryStore();
  readonly #ids = createTestIds();
  readonly #blocking: BlockingRules;
  #brittle = createBrittleStore(this.#store);
  #centre: ContactCentre;
  #watch: AgentWatch;
  /** Until the last crash. */
  #givenBefore = 0;
  readonly #calls = new Set<string>();
  readonly #cancelled = new Set<string>();
  readonly #chats = new Map<InteractionId, number>();

  constructor(blocking: BlockingRules) {
    this.#blocking = blocking;
    [this.#centre, this.#watch] = this.#open(createSimulatedClock());
  }

  /** Agents that calls and interactions got. */
  get given(): number {
    return this.#givenBefore + this.#watch.given;
  }

  async perform({ many, next }: Turn): Promise<void> {
    await Promise.all(many.map((each) => this.#perform(each)));
    await this.#follow(next);
    this.#checkNow();
  }

  /** After all retries and all times are over. */
  async check(): Promise<void> {
    this.#brittle.failNext(0);
    for (let times = 0; times < 4; times += 1) {
      await this.#centre.advance(150_000);
      await this.#submitWaiting();
    }
    this.#checkNow();
    const { routing, interactions, durable, clock } = this.#centre;
    for (const id of this.#calls) {
      if (!this.#cancelled.has(id)) expect(routing.get(asId(id))?.connId).to.equal(id);
    }
    for (const id of this.#chats.keys()) {
      const chat = interactions.get(id);
      expect(chat?.state, id).to.be.oneOf(['queued', 'offered', 'active', 'ended']);
      if (chat?.state === 'queued') expect(submitsOfInteraction(durable, id), id).to.have.length(1);
    }
    const now = clock.now();
    const routable = this.#waiting()
      .filter(({ snapshot }) => viewRoute(snapshot).state === 'routable')
      .sort((a, b) => compareCalls(a, b, now))
      .map(({ id, media, snapshot, owner }) => {
        const { steps, active, tried } = viewRoute(snapshot).context;
        const excluded = owner.kind === 'submit' ? readExcluded(durable, owner.interactionId) : undefined;
        return { id, media, targets: targetsOf(steps, active), tried, excluded };
      });
    const agents = [...durable.scan<AgentRecord>(AGENT)].map(({ value: record }) => ({
      record,
      slots: this.#slots().filter(({ agentId }) => agentId === record.agentId),
    }));
    expect(matchPlainly(routable, agents, { now, blocking: this.#blocking })).to.deep.equal([]);
  }

  async #perform(each: One): Promise<void> {
    const { routing, interactions } = this.#centre;
    const ignore = (): void => {};
    switch (each.kind) {
      case 'call': {
        const { kind: _kind, base, increment, ...request } = each;
        const priority = { base, increment, everyMs: 10_000 };
        const sessionUrl = 'http://orsay.test/scxml/session/S1';
        await routing
          .startCall({ ...request, vq: 'VQ', routeDelayMs: 0, priority, sessionUrl })
          .then(({ connId }) => this.#calls.add(connId), ignore);
        break;
      }
      case 'chat':
        await this.#enter(each.base);
        break;
      case 'agent':
        await interactions.setAgent(asId(each.agentId), each.change).catch(ignore);
        break;
      case 'cancel': {
        const calls = routing.list();
        const id = calls[each.at % Math.max(1, calls.length)]?.connId;
        if (id === undefined) break;
        await routing.cancelCall(id).then(() => this.#cancelled.add(id), ignore);
        break;
      }
      case 'stream':
        interactions.desktops.opened(asId(each.agentId))();
        break;
      default: {
        const chats = [...this.#chats.keys()];
        const id = chats[each.at % Math.max(1, chats.length)];
        if (id !== undefined) await interactions[each.kind](id, undefined).catch(ignore);
      }
    }
  }

  async #follow(next: Turn['next']): Promise<void> {
    switch (next.kind) {
      case 'wait':
        await this.#centre.advance(next.ms);
        break;
      case 'settle':
        await this.#centre.settle();
        break;
      case 'fail':
        this.#brittle.failNext(next.writes);
        return;
      case 'crash': {
        this.#brittle.kill();
        this.#givenBefore += this.#watch.given;
        this.#brittle = createBrittleStore(this.#store);
        [this.#centre, this.#watch] = this.#open(createSimulatedClock(this.#centre.clock.now()));
        await this.#centre.settle();
      }
    }
    await this.#submitWaiting();
  }

  async #enter(priority: number): Promise<void> {
    const id = asId<InteractionId>(`00AB1CHAT${String(this.#chats.size).padStart(7, '0')}`);
    this.#chats.set(id, priority);
    const { interactions, durable } = this.#centre;
    const batch = interactions.createBatch({ id, media: 'chat', userData: {}, queue: 'inbound' });
    await durable.commit(batch).catch(() => this.#chats.delete(id));
  }

  /** The sessions of interactions that wait submit them, as the document of a queue does. */
  async #submitWaiting(): Promise<void> {
    await this.#centre.settle();
    const { interactions, durable, sessions } = this.#centre;
    const submits = [...this.#chats].map(async ([id, priority]) => {
      const chat = interactions.get(id);
      if (chat?.state !== 'queued' || chat.sessionId === undefined) return;
      if (submitsOfInteraction(durable, id).length > 0) return;
      const attributes = { interactionid: id, queue: 'VQ', route: 'true', clearontimeout: 'false', priority };
      const target = { name: 'target', attributes: { name: 'Billing' }, params: {}, children: [] };
      const targets = { type: 'agentgroup', statserver: 'StatServer' };
      await sessions
        .perform('queue.submit', {
          sessionId: chat.sessionId,
          attributes: { ...attributes, priority: String(priority) },
          children: [{ name: 'targets', attributes: targets, params: {}, children: [target] }],
        })
        .catch(() => {});
    });
    await Promise.all(submits);
    await this.#centre.settle();
  }

  /** No agent got more than they may have, no interaction has two agents, and nobody overtook another. */
  #checkNow(): void {
    expect(this.#watch.violations).to.deep.equal([]);
    const holders = this.#slots().map(({ holder }) => holder);
    expect(new Set(holders).size).to.equal(holders.length);
    for (const id of this.#chats.keys()) {
      const chat = this.#centre.interactions.get(id);
      const ofChat = this.#slots().filter(({ holder }) => holder === (id as string));
      const expected = chat?.state === 'offered' || chat?.state === 'active' ? [chat.agentId] : [];
      expect(ofChat.map(({ agentId }) => agentId)).to.deep.equal(expected);
    }
  }

  #slots(): readonly AgentSlot[] {
    return [...this.#centre.durable.scan<AgentSlot>(SLOT)].map(({ value }) => value);
  }

  #waiting(): readonly VirtualInteraction[] {
    return [...this.#centre.durable.scan<VirtualInteraction>(CALL)].map(({ value }) => value);
  }

  #open(clock: ReturnType<typeof createSimulatedClock>): [ContactCentre, AgentWatch] {
    const blocking = this.#blocking;
    const given = { store: this.#brittle, clock, ids: this.#ids, blocking, desktopTimes: DESKTOP_TIMES };
    const centre = openContactCentre(given);
    return [centre, new AgentWatch(centre.durable, clock, blocking)];
  }
}

const blocking: fc.Arbitrary<BlockingRules> = fc.constantFrom(
  {},
  { voice: [{ '*': 1 }], '*': [{ voice: 1 }] },
  { chat: [{ voice: 1 }, { chat: 1, email: 1 }] },
);

describe('many agents, calls and interactions at the same time', function () {
  this.timeout(600_000);

  it('no agent is over a capacity, no interaction has two agents, none is lost, and none is overtaken', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(turn, { minLength: 5, maxLength: 25 }), blocking, async (turns, rules) => {
        const centre = new Centre(rules);
        for (const each of turns) await centre.perform(each);
        await centre.check();
      }),
      { numRuns: runsOf({ sample: 10, all: 200 }) },
    );
  });

  it('hold so for thousands that come at once', async () => {
    const centre = new Centre({ voice: [{ '*': 1 }], '*': [{ voice: 1 }] });
    const random = createRandom(20);
    const { pick } = random;
    const call = (): One => ({
      kind: 'call',
      media: pick(MEDIA),
      target: pick(['Billing@S.GA', 'Sales@S.GA', '?:English>1@S.GA', 'a1@S.A']),
      base: pick([0, 1, 2]),
      increment: pick([0, 1]),
    });
    const agent = (): One => ({
      kind: 'agent',
      agentId: pick(AGENTS),
      change: {
        state: pick(['ready', 'ready', 'notReady'] as const),
        media: MEDIA,
        groups: pick([['Billing'], ['Sales'], ['Billing', 'Sales']]),
        skills: { English: 3 },
        capacity: pick([1, 2, 5]),
        mediaCapacity: { chat: 2 },
      },
    });
    const waits = runsOf({ sample: 120, all: 1_000 });
    await centre.perform({ many: Array.from({ length: waits }, call), next: { kind: 'settle' } });
    const rest = Array.from({ length: waits / 3 }, (): readonly One[] => [
      agent(),
      agent(),
      { kind: 'chat', base: pick([0, 1]) },
      { kind: 'cancel', at: random.below(1_000) },
      { kind: pick(['accept', 'reject', 'leave'] as const), at: random.below(1_000) },
    ]).flat();
    for (let from = 0; from < rest.length; from += AT_ONCE) {
      const isCrash = from % (5 * AT_ONCE) === 4 * AT_ONCE;
      const next = isCrash ? ({ kind: 'crash' } as const) : ({ kind: 'wait', ms: 9_000 } as const);
      await centre.perform({ many: rest.slice(from, from + AT_ONCE), next });
    }
    expect(centre.given).to.be.greaterThan(20);
    await centre.check();
  });
});

import { expect } from 'chai';
import fc from 'fast-check';
import { MemoryStore } from '../../../engine/durable/memory/memoryStore.ts';
import type { Json } from '../../../engine/ports/json.ts';
import { actionsOf } from '../../../strategies/statistics/actions.ts';
import { STAT_TYPES } from '../../../strategies/statistics/statTypes.ts';
import { type BrittleStore, createBrittleStore } from '../../support/brittleStore.ts';
import { POSITIVE } from '../../support/contactCentre.ts';
import { fuzzSeed } from '../../support/fuzzSeed.ts';
import { asId } from '../../support/ids.ts';
import { runsOf } from '../../support/runLength.ts';
import { createSimulatedClock } from '../../support/simulatedClock.ts';
import { openStatisticsCentre, type StatisticsCentre } from '../../support/statisticsCentre.ts';
import {
  type Intent,
  latestTime,
  type ModelSpan,
  readFrom,
  StatisticsModel,
} from '../../support/statisticsModel.ts';
import { createTestIds } from '../../support/testIds.ts';

const AGENTS = ['kate', 'olga', 'sam'] as const;
const GROUPS = ['Billing', 'Sales'] as const;
const PLACES = ['desk1', 'desk2'] as const;
const QUEUES = ['VQ_1', 'VQ_2'] as const;
const STATES = ['ready', 'ready', 'notReady', 'loggedOut'] as const;
const ZONE = 'Europe/Paris';
/** Before the days on which clocks change there, and another one. */
const STARTS = [Date.UTC(2026, 2, 27, 20, 13), Date.UTC(2026, 9, 23, 11, 59, 58), Date.UTC(2026, 0, 5, 9)];

const DEFINITIONS = {
  timeProfiles: {
    'Shifts,Growing': '06:00, 14:00, 22:00',
    'TwoDays,Sliding': '48:00:00/1:00:00',
    'FiveCalls,Selection': '5',
  },
  timeRanges: { Short: '0-40', Long: '41-100000' },
  filters: { Gold: 'PairExists("Segment","Gold")' },
  types: {},
};
const RANGES = {
  Default: [0, 20_000],
  Default2: [0, 5_000],
  Short: [0, 40_000],
  Long: [41_000, 1e8],
} as const;

type Step =
  | { readonly kind: 'agent'; readonly agent: number; readonly state: number; readonly group: number }
  | { readonly kind: 'call'; readonly queue: number; readonly isGold: boolean; readonly group: number }
  | { readonly kind: 'cancelCall'; readonly call: number }
  | { readonly kind: 'chat'; readonly isGold: boolean }
  | { readonly kind: 'redirect'; readonly chat: number; readonly agent: number }
  | { readonly kind: 'submit'; readonly chat: number; readonly queue: number; readonly route: boolean }
  | { readonly kind: 'cancelSubmit'; readonly chat: number }
  | { readonly kind: 'accept' | 'reject' | 'leave' | 'endChat'; readonly chat: number }
  | {
      readonly kind: 'talk';
      readonly agent: number;
      readonly isGold: boolean;
      readonly isRefused: boolean;
      readonly ms: number;
    }
  | { readonly kind: 'answers'; readonly isPositive: boolean }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'crash'; readonly after: number }
  | { readonly kind: 'fold' | 'restart' };

const nat = fc.nat(9);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('agent' as const), agent: nat, state: nat, group: nat }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('call' as const),
      queue: nat,
      isGold: fc.boolean(),
      group: nat,
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cancelCall' as const), call: nat }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('chat' as const), isGold: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('redirect' as const), chat: nat, agent: nat }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('submit' as const),
      chat: nat,
      queue: nat,
      route: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cancelSubmit' as const), chat: nat }) },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        'accept' as const,
        'accept' as const,
        'reject' as const,
        'leave' as const,
        'endChat' as const,
      ),
      chat: nat,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('talk' as const),
      agent: nat,
      isGold: fc.boolean(),
      isRefused: fc.integer({ min: 0, max: 3 }).map((one) => one === 3),
      ms: fc.integer({ min: 1, max: 29_999 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('answers' as const), isPositive: fc.boolean() }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('wait' as const),
      ms: fc.oneof(fc.integer({ min: 1, max: 90_000 }), fc.integer({ min: 1, max: 12 * 3_600_000 })),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('crash' as const), after: fc.nat(8) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('fold' as const, 'restart' as const) }) },
);

/** The state of the chats that a step usually takes. */
const FITTING: Readonly<Record<string, string>> = {
  redirect: 'queued',
  submit: 'queued',
  accept: 'offered',
  reject: 'offered',
  leave: 'active',
  endChat: 'active',
};

function intentOf({ kind }: Step): Intent {
  if (kind === 'leave') return 'endChat';
  return kind === 'reject' || kind === 'endChat' ? kind : 'none';
}

/** A centre whose history a model watches; `restart` continues with the same store. */
class World {
  readonly model = new StatisticsModel();
  readonly clock;
  readonly #store = new MemoryStore();
  readonly #ids = createTestIds();
  readonly #calls: string[] = [];
  readonly #chats: { readonly id: string; readonly sessionId: string; submit?: string }[] = [];
  #isPositive = true;
  #brittle!: BrittleStore;
  /** Takes back what is not durable. */
  #toDurable: () => void = () => {};
  centre: StatisticsCentre;

  constructor(start: number) {
    this.clock = createSimulatedClock(start);
    this.centre = this.#open();
  }

  async play(step: Step): Promise<void> {
    this.model.intent = intentOf(step);
    // Steps that nothing fits are refused; that is part of the history too.
    await this.#play(step).catch(() => undefined);
    await this.centre.settle();
    this.model.intent = 'none';
  }

  #open(): StatisticsCentre {
    const brittle = createBrittleStore(this.#store);
    this.#brittle = brittle;
    const centre = openStatisticsCentre({
      store: brittle,
      clock: this.clock,
      ids: this.#ids,
      definitions: DEFINITIONS,
      timeZone: ZONE,
      queueGroups: { All: [...QUEUES] },
      afterWork: () => ({ timeMs: 45_000, needsDisposition: false, dispositions: [] }),
      spy: (durable, clock, committed) => {
        // A process that died does nothing any more.
        if (brittle !== this.#brittle) return;
        this.model.look(durable, clock.now());
        const back = this.model.save();
        void committed.then(() => {
          if (brittle === this.#brittle) this.#toDurable = back;
        });
      },
    });
    centre.answer = () => (this.#isPositive ? POSITIVE : { status: 500, headers: {}, body: '' });
    return centre;
  }

  async #play(step: Step): Promise<void> {
    const { centre } = this;
    switch (step.kind) {
      case 'wait':
        return centre.advance(step.ms);
      case 'fold':
        return centre.history.fold();
      case 'restart':
        await centre.durable.stop();
        this.centre = this.#open();
        for (const { sessionId } of this.#chats) this.centre.sessions.open(sessionId);
        return;
      case 'crash':
        return this.#crash(step.after);
      case 'answers':
        this.#isPositive = step.isPositive;
        return;
      case 'agent':
        await centre.interactions.setAgent(asId(AGENTS[step.agent % 3]!), {
          state: STATES[step.state % STATES.length]!,
          groups: [GROUPS[step.group % 2]!],
          place: PLACES[step.agent % 2]!,
          capacity: 2,
        });
        return;
      case 'call': {
        const { connId } = await centre.routing.startCall({
          target: `${GROUPS[step.group % 2]!}@S.GA`,
          vq: QUEUES[step.queue % 2]!,
          sessionUrl: 'http://orsay.test/scxml/session/S',
          routeDelayMs: 0,
          data: { Segment: step.isGold ? 'Gold' : 'Silver' },
        });
        this.#calls.push(connId);
        return;
      }
      case 'talk': {
        await this.#play({ kind: 'agent', agent: step.agent, state: 0, group: step.agent });
        await this.#play({ kind: 'chat', isGold: step.isGold });
        const chat = this.#chats.length - 1;
        await this.#play({ kind: 'redirect', chat, agent: step.agent });
        await centre.advance(step.ms);
        if (step.isRefused) this.model.intent = 'reject';
        await this.#play({ kind: step.isRefused ? 'reject' : 'accept', chat });
        this.model.intent = 'none';
        return centre.advance(step.ms * 10);
      }
      case 'cancelCall':
        return centre.routing.cancelCall(asId(pick(this.#calls, step.call)));
      case 'chat': {
        const id = `00AB1CHAT${String(this.#chats.length).padStart(7, '0')}`;
        const userData = { Segment: step.isGold ? 'Gold' : 'Silver' };
        await centre.durable.commit(
          centre.interactions.createBatch({ id: asId(id), media: 'chat', userData, queue: 'inbound' }),
        );
        await centre.settle();
        this.#chats.push({ id, sessionId: centre.sessions.started.at(-1)!.id });
        return;
      }
      default:
        return this.#playChat(step);
    }
  }

  /** The process dies after some more writes, whatever it does then. */
  async #crash(after: number): Promise<void> {
    this.#toDurable = this.model.save();
    const died = this.#brittle.dieAfter(after);
    const doings: readonly Step[] = [
      { kind: 'talk', agent: after, isGold: true, isRefused: false, ms: 2_000 },
      { kind: 'call', queue: after, isGold: false, group: after },
      { kind: 'fold' },
      { kind: 'wait', ms: 61_000 },
    ];
    const doAll = async (): Promise<void> => {
      for (const one of doings) await this.#play(one).catch(() => undefined);
    };
    await Promise.race([doAll(), died]);
    this.#brittle.kill();
    this.centre = this.#open();
    this.#toDurable();
    for (const { sessionId } of this.#chats) this.centre.sessions.open(sessionId);
  }

  async #playChat(step: Extract<Step, { readonly chat: number }>): Promise<void> {
    const { interactions, sessions, durable } = this.centre;
    // Mostly a chat that the step fits.
    const wanted = FITTING[step.kind];
    const fitting = this.#chats.filter(({ id }) => interactions.get(asId(id))?.state === wanted);
    const chat = pick(step.chat === 9 || fitting.length === 0 ? this.#chats : fitting, step.chat);
    const id = asId<never>(chat.id);
    const perform = (name: string, attributes: Record<string, Json>, more: object = {}): Promise<string> =>
      sessions.perform(name, { sessionId: asId(chat.sessionId), attributes, ...more });
    switch (step.kind) {
      case 'redirect':
        await perform('interaction.redirect', {
          interactionid: chat.id,
          to: { agent: AGENTS[step.agent % 3]! },
          timeout: '30',
        });
        return;
      case 'submit':
        chat.submit = await perform(
          'queue.submit',
          {
            interactionid: chat.id,
            queue: QUEUES[step.queue % 2]!,
            route: String(step.route),
            timeout: '4000',
          },
          { children: targetsOf('Billing') },
        );
        return;
      case 'cancelSubmit':
        await perform('queue.cancel', { requestid: chat.submit ?? 'none' });
        return;
      case 'accept':
        await interactions.accept(id, undefined);
        return;
      case 'reject':
        return interactions.reject(id, undefined);
      case 'leave':
        return interactions.leave(id, undefined);
      case 'endChat':
        return durable.commit(interactions.endBatch(id, 'customer' as never));
    }
  }
}

function targetsOf(group: string): object[] {
  return [
    {
      name: 'targets',
      attributes: { type: 'agentgroup', statserver: 'StatServer' },
      params: {},
      children: [{ name: 'target', attributes: { name: group }, params: {}, children: [] }],
    },
  ];
}

function pick<T>(all: readonly T[], at: number): T {
  const found = all[at % Math.max(1, all.length)];
  if (found === undefined) throw new Error('none yet');
  return found;
}

/** The span of a time profile, by counting back. */
function spanOf(profile: string, now: number, login: number | undefined): ModelSpan | undefined {
  const from = (at: number): ModelSpan => ({ from: readFrom(at, now) });
  const sliding = (length: number, every: number): ModelSpan =>
    from(Math.floor(now / every) * every + every - length);
  switch (profile) {
    case 'Default':
      return from(latestTime(['00:00'], ZONE, now));
    case 'Shifts':
      return from(latestTime(['06:00', '14:00', '22:00'], ZONE, now));
    case 'LastHour':
      return sliding(3_600_000, 60_000);
    case 'TwoDays':
      return sliding(48 * 3_600_000, 3_600_000);
    case 'LastCalls':
      return { latest: 32 };
    case 'FiveCalls':
      return { latest: 5 };
    case 'SinceLogin':
      return login === undefined ? undefined : from(login);
    default:
      throw new Error(`The model does not know ${profile}.`);
  }
}

const SPANS = ['Default', 'Shifts', 'LastHour', 'TwoDays'] as const;

describe('the history of agents and queues', () => {
  it('gives the statistics that a plain count over all events gives, whatever happened', async function () {
    this.timeout(600_000);
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...STARTS),
        fc.array(step, { minLength: 20, maxLength: 80 }),
        fc.nat(1_000),
        async (start, steps, salt) => {
          const world = new World(start);
          for (const one of steps) await world.play(one);
          await compareAll(world, salt);
          for (const { action } of [...world.model.intervals, ...world.model.moments]) seen.add(action);
          await world.centre.durable.stop();
        },
      ),
      { numRuns: runsOf({ sample: 10, all: 300 }), ...fuzzSeed() },
    );
    expect([...seen].sort()).to.deep.equal([...actionsOf('agent'), ...actionsOf('queue')].sort());
  });
});

/** Every statistic of every object, with other profiles, filters and ranges each time. */
async function compareAll({ centre, model, clock }: World, salt: number): Promise<void> {
  let turn = salt;
  for (const type of STAT_TYPES) {
    for (const objectType of type.objectTypes) {
      for (const [objectId, objects] of membersOf(centre, objectType)) {
        turn += 1;
        const isAgent = objects[0]?.startsWith('agent:') === true;
        const isSpan = ['MaxNumber', 'MinNumber', 'AverageNumber'].includes(type.category);
        const isTime = type.category === 'TotalTime' || type.category === 'RelativeTimePercentage';
        const profiles: string[] = [
          ...SPANS,
          ...(isAgent ? ['SinceLogin'] : []),
          ...(isSpan || isTime || type.mainMask === 'CallEntered' || type.relMask !== undefined
            ? []
            : ['LastCalls', 'FiveCalls']),
        ];
        const timeProfile = profiles[turn % profiles.length]!;
        const onlyGold = turn % 3 === 0;
        const timeRange = turn % 2 === 0 ? 'Short' : 'Long';
        const hasRange = type.category.includes('InTimeRange') || type.category === 'ServiceFactor1';
        const now = clock.now();
        const spans = objects.flatMap((object) => {
          const span = spanOf(timeProfile, now, model.loginOf(object.replace('agent:', '')));
          return span === undefined ? [] : [{ object, span }];
        });
        const value = await centre.peek(type.name, objectType, objectId, {
          timeProfile,
          ...(onlyGold ? { filter: 'Gold' } : {}),
          ...(hasRange ? { timeRange } : {}),
        });
        const ranges = [RANGES[hasRange ? timeRange : 'Default'], RANGES.Default2];
        const expected = model.value(type, spans, { now, onlyGold, ranges });
        const label = `${type.name} of ${objectId}, ${timeProfile}${onlyGold ? ', Gold' : ''}, ${timeRange}`;
        expect(value, label).to.equal(expected);
      }
    }
  }
}

/** The objects of a type that exist, and the objects that each consists of. */
function membersOf(
  { agents }: StatisticsCentre,
  objectType: string,
): readonly (readonly [string, readonly string[]])[] {
  const records = agents.records();
  const byName = (
    names: readonly string[],
    has: (record: (typeof records)[number], name: string) => boolean,
  ) =>
    names.map(
      (name) =>
        [name, records.filter((one) => has(one, name)).map(({ agentId }) => `agent:${agentId}`)] as const,
    );
  switch (objectType) {
    case 'Agent':
      return byName(AGENTS, ({ agentId }, name) => agentId === name).filter(([, found]) => found.length > 0);
    case 'GroupAgents':
      return byName(GROUPS, ({ groups }, name) => groups.includes(name)).filter(
        ([, found]) => found.length > 0,
      );
    case 'Place':
      return byName(PLACES, ({ place }, name) => place === name).filter(([, found]) => found.length > 0);
    case 'Queue':
      return QUEUES.map((name) => [name, [`queue:${name}`]] as const);
    case 'GroupQueues':
      return [['All', QUEUES.map((name) => `queue:${name}`)]];
    default:
      return [];
  }
}

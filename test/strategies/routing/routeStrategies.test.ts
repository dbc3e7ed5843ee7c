import { expect } from 'chai';
import { MemoryStore } from '../../../engine/durable/memory/memoryStore.ts';
import type { AgentId } from '../../../strategies/ids/index.ts';
import type { RouteStrategy } from '../../../strategies/routing/routeStrategy.ts';
import { makeStrategy, type StrategyFactory } from '../../../strategies/routing/strategyKit.ts';
import { type ContactCentre, openContactCentre, readyAgent } from '../../support/contactCentre.ts';
import { asId } from '../../support/ids.ts';
import { createSimulatedClock } from '../../support/simulatedClock.ts';

interface Line {
  readonly level: string;
  readonly message: string;
}

describe('strategies of calls', () => {
  const store = () => new MemoryStore();
  let lines: Line[];
  let centre: ContactCentre;

  beforeEach(() => {
    lines = [];
  });

  function open(
    given: Parameters<typeof openContactCentre>[0] & { own?: Record<string, RouteStrategy> } = {},
  ): void {
    const write = (level: string) => (_fields: unknown, message: string) => {
      lines.push({ level, message });
    };
    const own = given.own ?? {};
    centre = openContactCentre({
      ...given,
      log: { debug: () => {}, info: () => {}, warn: write('warn'), error: write('error') },
      strategies: Object.fromEntries(Object.keys(own).map((name) => [name, `${name}.mjs`])),
      ownStrategies: new Map(Object.entries(own)),
    });
  }

  async function startCall(strategy: string, data: Record<string, string> = {}): Promise<string> {
    const { connId } = await centre.routing.startCall({
      target: 'Billing@.GA',
      strategy,
      data,
      routeDelayMs: 0,
    });
    await centre.settle();
    return connId;
  }

  const stateOf = (id: string): unknown => {
    const { state, agentId } = centre.routing.get(asId(id))!;
    return agentId === undefined ? state : [state, agentId];
  };

  const make = (factory: StrategyFactory): RouteStrategy => makeStrategy(factory);

  describe('LastAgentFirst', () => {
    const kate = () => asId<AgentId>('kate');

    it('counts the group at once when the former agent refuses', async () => {
      open({ findFormerAgent: kate });
      await readyAgent(centre, 'kate');
      await readyAgent(centre, 'bob', { state: 'notReady' });
      centre.answer = () => ({ status: 403, headers: {}, body: '' });
      const { connId } = await centre.routing.startCall({
        target: 'Billing@.GA',
        strategy: 'LastAgentFirst',
        sessionUrl: 'http://ors.test/session/1',
        routeDelayMs: 0,
      });
      await centre.settle();
      expect(stateOf(connId)).to.equal('routable');
      centre.answer = () => ({ status: 200, headers: {}, body: '' });
      await centre.interactions.setAgent(asId('bob'), { state: 'ready' });
      await centre.settle();
      expect(stateOf(connId)).to.deep.equal(['routed', 'bob']);
    });

    it('counts both while the call is held, so that estimates and thresholds know the group', async () => {
      open({ findFormerAgent: kate });
      await readyAgent(centre, 'kate', { state: 'loggedOut' });
      await readyAgent(centre, 'bob');
      const { connId } = await centre.routing.startCall({
        target: 'Billing@.GA',
        strategy: 'LastAgentFirst',
      });
      expect(centre.routing.hasAgentFor(connId)).to.equal(true);
      await centre.interactions.setAgent(asId('kate'), { state: 'notReady' });
      await centre.routing.invoke(connId, 'SetRouteDelay', { DELAY: '5' });
      await centre.advance(5_000);
      expect(stateOf(connId)).to.equal('routable');
      await centre.advance(20_001);
      expect(stateOf(connId)).to.deep.equal(['routed', 'bob']);
    });

    it('is WaitForTarget when no former agent is known, or none whom a target can name', async () => {
      for (const former of [undefined, 'kate,bob@x.GA', '?a:b']) {
        open({ findFormerAgent: () => former as AgentId | undefined });
        await readyAgent(centre, 'bob');
        expect(stateOf(await startCall('LastAgentFirst')), String(former)).to.deep.equal(['routed', 'bob']);
      }
      expect(lines).to.deep.equal([]);
    });
  });

  describe('of the installation', () => {
    it('plan other targets, and are restored from the store', async () => {
      const overflow = make((await import('../../../examples/strategies/overflow.mjs')).default);
      const given = { store: store(), clock: createSimulatedClock(), own: { Overflow: overflow } };
      open(given);
      await readyAgent(centre, 'eve', { groups: ['Sales'] });
      const call = await startCall('Overflow', { OVERFLOW: 'Sales@.GA' });
      expect(centre.routing.get(asId(call))).to.include({ strategy: 'Overflow', state: 'routable' });
      await centre.advance(59_000);
      open(given);
      await centre.settle();
      expect(stateOf(call)).to.equal('routable');
      await centre.advance(1_001);
      expect(stateOf(call)).to.deep.equal(['routed', 'eve']);
    });

    it('may have inner states', async () => {
      const patient = make(({ setup, assign, emit }) => {
        void emit;
        return {
          machine: setup({ types: {} as { context: Record<string, unknown> } }).createMachine({
            context: ({ input }) => ({
              ...(input as unknown as Record<string, unknown>),
              active: [0],
              attempt: 0,
              tried: [],
              distributed: false,
            }),
            initial: 'held',
            on: { remove: '.removed' },
            states: {
              held: { on: { setRouteDelay: 'routable' } },
              delayed: {},
              routable: {
                initial: 'first',
                states: { first: { on: { targetTimeout: 'second' } }, second: {} },
                on: {
                  agentReserved: {
                    target: 'announcing',
                    actions: assign({
                      agent: ({ event }: { event: { agent?: unknown } }) => event.agent,
                      attempt: 1,
                    }),
                  },
                },
              },
              announcing: { on: { routeAccepted: 'routed' } },
              routed: {},
              removed: { type: 'final' },
            },
          }),
        };
      });
      open({ own: { Patient: patient } });
      const call = await startCall('Patient');
      expect(stateOf(call)).to.equal('routable');
      await readyAgent(centre, 'kate');
      expect(stateOf(call)).to.deep.equal(['routed', 'kate']);
      expect(lines.filter(({ level }) => level === 'error')).to.deep.equal([]);
    });

    const failing: Readonly<Record<string, StrategyFactory>> = {
      'throws in its plan': ({ waitForTarget }) => ({
        machine: waitForTarget,
        plan: () => {
          throw new Error('no plan');
        },
      }),
      'throws in an action': ({ waitForTarget }) => ({
        machine: waitForTarget.provide({
          actions: {
            enterRoutable: () => {
              throw new Error('no action');
            },
          },
        }),
      }),
      'has a target that nobody can read': ({ waitForTarget, planRoute }) => ({
        machine: waitForTarget,
        plan: (call) => ({ ...planRoute(call), steps: [{ target: '{', clear: false }] }),
      }),
      'uses no step': ({ waitForTarget, planRoute }) => ({
        machine: waitForTarget,
        plan: (call) => ({ ...planRoute(call), active: [7] }),
      }),
      'keeps facts that the store cannot keep': ({ waitForTarget, planRoute }) => ({
        machine: waitForTarget,
        plan: (call) => ({ ...planRoute(call), own: { big: 1n as unknown as number } }),
      }),
    };
    for (const [fault, factory] of Object.entries(failing)) {
      it(`gets WaitForTarget in its place, and a line in the log, when it ${fault}`, async () => {
        open({ own: { Mine: make(factory) } });
        await readyAgent(centre, 'kate');
        expect(stateOf(await startCall('Mine'))).to.deep.equal(['routed', 'kate']);
        expect(lines[0]).to.deep.equal({
          level: 'error',
          message: 'A strategy failed: the call goes on with WaitForTarget from the state that it had.',
        });
      });
    }

    it('is WaitForTarget from now on when a restart finds it in the configuration no more', async () => {
      const given = { store: store(), clock: createSimulatedClock() };
      open({ ...given, own: { Mine: make(({ waitForTarget }) => ({ machine: waitForTarget })) } });
      const call = await startCall('Mine');
      open(given);
      await readyAgent(centre, 'kate');
      expect(stateOf(call)).to.deep.equal(['routed', 'kate']);
      expect(lines.filter(({ level }) => level === 'warn').map(({ message }) => message)).to.include(
        'The strategy of a call is in the configuration no more: the call goes on with WaitForTarget.',
      );
    });

    it('refuses a file whose export is no strategy', () => {
      expect(() => makeStrategy({})).to.throw('Expected the default export to be a function');
      expect(() => makeStrategy(() => undefined)).to.throw('a machine of XState, got nothing');
      expect(() =>
        makeStrategy((kit: Parameters<StrategyFactory>[0]) => ({ machine: kit.waitForTarget, plan: 1 })),
      ).to.throw('Expected plan to be a function');
    });
  });
});

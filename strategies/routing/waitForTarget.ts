import { assign, createActor, emit, enqueueActions, type Snapshot, setup } from 'xstate';
import { stepFrom, type TargetStep } from './targetList.ts';

/**
 * The strategies WaitForTarget and SetRouteDelay as one machine: the life of a virtual interaction. The
 * machine knows no clock, store or agent: facts come in with its events, and what is to be done comes out as
 * decisions (data), which the caller commits with the new snapshot.
 *
 * held        has its place in the virtual queue, infinite route delay (how call/start leaves it)
 * delayed     SetRouteDelay with DELAY=n: routable when that is over
 * routable    the next free agent that matches is reserved for it
 * announcing  an agent is reserved, and its owner is being told (method_urs_request_route_done)
 * routed      the owner said yes: out of the queue; SetRouteDelay puts it back at its old place
 */
export type RouteState = 'held' | 'delayed' | 'routable' | 'announcing' | 'routed' | 'removed';

/** The agent reserved for the call, and the target that it was found by. */
export interface ChosenAgent {
  readonly agentId: string;
  readonly setting: number;
  readonly target: string;
}

/** An agent that had its chance. */
export interface TriedAgent {
  readonly agentId: string;
  /** The agent's settings then: when they were made anew since, the agent counts as fresh. */
  readonly setting: number;
  /** ms since epoch from which it may be tried again, for want of others. */
  readonly until: number;
}

export interface RouteContext {
  readonly steps: readonly TargetStep[];
  readonly step: number;
  /** Indexes of the entries in use. */
  readonly active: readonly number[];
  readonly reserveTimeoutMs: number;
  readonly enteredAt: number;
  /** Counts reservations: makes the key of each announcement. */
  readonly attempt: number;
  readonly agent?: ChosenAgent | undefined;
  readonly tried: readonly TriedAgent[];
  /** Counted once in the statistics, however often it is routed again. */
  readonly distributed: boolean;
}

export type RouteTimer = 'routeDelay' | 'target' | 'retry';

/** What the caller is to do. */
export type RouteDecision =
  | { readonly type: 'arm'; readonly timer: RouteTimer; readonly dueAt: number; readonly agentId?: string }
  | { readonly type: 'disarm'; readonly timer: RouteTimer }
  | { readonly type: 'announce'; readonly agentId: string; readonly attempt: number }
  | { readonly type: 'release'; readonly agentId: string }
  | { readonly type: 'count'; readonly at: number; readonly waitedMs: number };

export type RouteEvent =
  /** SetRouteDelay; null: infinite. */
  | { readonly type: 'setRouteDelay'; readonly delayMs: number | null; readonly now: number }
  | { readonly type: 'routeDelayOver' }
  | { readonly type: 'targetTimeout'; readonly now: number; readonly skips: readonly number[] }
  | { readonly type: 'agentReserved'; readonly agent: ChosenAgent }
  | { readonly type: 'routeAccepted'; readonly now: number }
  | { readonly type: 'routeRefused'; readonly now: number }
  /** The agent did not come to the interaction in time: the reservation is over. */
  | { readonly type: 'reservationOver'; readonly now: number }
  | { readonly type: 'remove' };

export interface RouteInput {
  readonly steps: readonly TargetStep[];
  readonly reserveTimeoutMs: number;
  readonly now: number;
  /** Route delay at the start; null: infinite. */
  readonly delayMs: number | null;
  readonly skips: readonly number[];
}

const machine = setup({
  types: {
    context: {} as RouteContext,
    events: {} as RouteEvent,
    input: {} as RouteInput & { readonly first: number },
    emitted: {} as RouteDecision,
  },
  actions: {
    /** Reserved agent away, and remembered as tried. */
    setAside: enqueueActions(({ context, event, enqueue }) => {
      const { agent } = context;
      if (agent === undefined || !('now' in event)) return;
      const until = event.now + context.reserveTimeoutMs;
      enqueue.emit({ type: 'release', agentId: agent.agentId });
      enqueue.emit({ type: 'arm', timer: 'retry', dueAt: until, agentId: agent.agentId });
      enqueue.assign({
        agent: undefined,
        tried: [
          ...context.tried.filter((tried) => tried.agentId !== agent.agentId),
          { agentId: agent.agentId, setting: agent.setting, until },
        ],
      });
    }),
    release: enqueueActions(({ context, enqueue }) => {
      if (context.agent === undefined) return;
      enqueue.emit({ type: 'release', agentId: context.agent.agentId });
      enqueue.assign({ agent: undefined });
    }),
    nextTargets: enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'targetTimeout') return;
      const { steps, step } = context;
      if (step + 1 >= steps.length) return;
      const next = stepFrom(steps, step + 1, event.skips);
      enqueue.assign({
        step: next,
        active: steps[step]?.clear === true ? [next] : [...context.active, next],
      });
      enqueue.emit(armTarget(steps, next, event.now));
    }),
    count: enqueueActions(({ context, event, enqueue }) => {
      if (context.distributed || event.type !== 'routeAccepted') return;
      enqueue.emit({ type: 'count', at: event.now, waitedMs: event.now - context.enteredAt });
      enqueue.assign({ distributed: true });
    }),
    armRouteDelay: enqueueActions(({ event, enqueue }) => {
      if (event.type !== 'setRouteDelay' || event.delayMs === null) return;
      enqueue.emit({ type: 'arm', timer: 'routeDelay', dueAt: event.now + event.delayMs });
    }),
  },
  guards: {
    infinite: ({ event }) => event.type === 'setRouteDelay' && event.delayMs === null,
    none: ({ event }) => event.type === 'setRouteDelay' && event.delayMs !== null && event.delayMs <= 0,
  },
}).createMachine({
  id: 'WaitForTarget',
  initial: 'held',
  context: ({ input }) => ({
    steps: input.steps,
    step: input.first,
    active: [input.first],
    reserveTimeoutMs: input.reserveTimeoutMs,
    enteredAt: input.now,
    attempt: 0,
    tried: [],
    distributed: false,
  }),
  entry: emit(({ context }) => armTarget(context.steps, context.step, context.enteredAt)),
  on: {
    targetTimeout: { actions: 'nextTargets' },
    remove: { target: '.removed', actions: 'release' },
  },
  states: {
    held: {
      on: {
        setRouteDelay: [
          { guard: 'infinite' },
          { guard: 'none', target: 'routable' },
          { target: 'delayed', actions: 'armRouteDelay' },
        ],
      },
    },
    delayed: {
      exit: emit({ type: 'disarm', timer: 'routeDelay' }),
      on: {
        routeDelayOver: 'routable',
        setRouteDelay: [
          { guard: 'infinite', target: 'held' },
          { guard: 'none', target: 'routable' },
          { target: 'delayed', reenter: true, actions: 'armRouteDelay' },
        ],
      },
    },
    routable: {
      on: {
        agentReserved: {
          target: 'announcing',
          actions: [
            assign({
              agent: ({ event }) => event.agent,
              attempt: ({ context }) => context.attempt + 1,
            }),
            emit(({ context, event }) => ({
              type: 'announce' as const,
              agentId: event.agent.agentId,
              attempt: context.attempt,
            })),
          ],
        },
        setRouteDelay: [
          { guard: 'infinite', target: 'held' },
          { guard: 'none' },
          { target: 'delayed', actions: 'armRouteDelay' },
        ],
      },
    },
    announcing: {
      on: {
        routeAccepted: { target: 'routed', actions: 'count' },
        routeRefused: { target: 'routable', actions: 'setAside' },
        reservationOver: { target: 'routable', actions: 'setAside' },
      },
    },
    routed: {
      on: {
        // The redirect failed: wait again, that agent last.
        setRouteDelay: [
          { guard: 'infinite', target: 'held', actions: 'setAside' },
          { guard: 'none', target: 'routable', actions: 'setAside' },
          { target: 'delayed', actions: ['setAside', 'armRouteDelay'] },
        ],
      },
    },
    removed: { type: 'final' },
  },
});

/** The actor's state as JSON, kept in the virtual interaction's record. */
export type RouteSnapshot = Snapshot<unknown>;

export interface RouteStep {
  readonly snapshot: RouteSnapshot;
  readonly state: RouteState;
  readonly context: RouteContext;
  readonly decisions: readonly RouteDecision[];
}

/** A new virtual interaction, after its first moves. */
export function startRoute(input: RouteInput): RouteStep {
  const first = stepFrom(input.steps, 0, input.skips);
  const actor = createActor(machine, { input: { ...input, first } });
  return play(
    actor,
    input.delayMs === null ? [] : [{ type: 'setRouteDelay', delayMs: input.delayMs, now: input.now }],
  );
}

/** The actor brought back from its snapshot, given one event, and put down again. */
export function stepRoute(snapshot: RouteSnapshot, event: RouteEvent): RouteStep {
  // The library's type asks for the input too, which a restored actor never reads.
  const options = { snapshot } as unknown as Parameters<typeof createActor<typeof machine>>[1];
  return play(createActor(machine, options), [event]);
}

/** State and context of a snapshot, read without bringing the actor back: XState persists both by these names. */
export function viewRoute(snapshot: RouteSnapshot): { state: RouteState; context: RouteContext } {
  const { value, context } = snapshot as unknown as { value: RouteState; context: RouteContext };
  return { state: value, context };
}

function play(
  actor: ReturnType<typeof createActor<typeof machine>>,
  events: readonly RouteEvent[],
): RouteStep {
  const decisions: RouteDecision[] = [];
  actor.on('*', (decision) => decisions.push(decision));
  actor.start();
  for (const event of events) actor.send(event);
  const { value, context } = actor.getSnapshot();
  const snapshot = actor.getPersistedSnapshot();
  actor.stop();
  return { snapshot, state: value as RouteState, context, decisions };
}

function armTarget(steps: readonly TargetStep[], step: number, now: number): RouteDecision {
  const timeoutMs = step + 1 < steps.length ? steps[step]?.timeoutMs : undefined;
  return timeoutMs === undefined
    ? { type: 'disarm', timer: 'target' }
    : { type: 'arm', timer: 'target', dueAt: now + timeoutMs };
}

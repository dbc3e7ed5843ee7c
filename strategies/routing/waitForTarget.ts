import { assign, createActor, emit, enqueueActions, type Snapshot, setup } from 'xstate';
import { defined } from '../../engine/ports/index.ts';
import type { AgentId } from '../ids/index.ts';
import { stepFrom, type TargetStep } from './targetList.ts';

/**
 * The strategies WaitForTarget and SetRouteDelay as one machine: the life cycle of a virtual interaction. The
 * machine knows no clock, store or agent. Facts come in with its events. Decisions come out as data, which
 * the caller commits with the new snapshot.
 *
 * held        the call has its position in the virtual queue, and an infinite route delay; the initial state
 * delayed     SetRouteDelay with DELAY=n: routable when the delay is over
 * routable    the next free agent who matches is reserved for it
 * announcing  an agent is reserved, and the owner is asked whether it takes the agent
 * routed      the owner took the agent: the call left the queue; SetRouteDelay returns it to its old position
 * removed     final
 */
export type RouteState = 'held' | 'delayed' | 'routable' | 'announcing' | 'routed' | 'removed';

/** The agent reserved for the call, and the target that matched the agent. */
export interface ChosenAgent {
  readonly agentId: AgentId;
  readonly setting: number;
  readonly target: string;
}

/** An agent who was reserved for the call before. */
export interface TriedAgent {
  readonly agentId: AgentId;
  /** Number of the agent's settings then. After a change of the settings the agent counts as untried. */
  readonly setting: number;
  /** The agent did not answer: a change of their settings does not matter. */
  readonly noAnswer?: true;
  /** ms since epoch from which the agent may be tried again, if no other matches. */
  readonly until: number;
}

export interface RouteContext {
  readonly steps: readonly TargetStep[];
  readonly step: number;
  /** Indexes of the steps in use. */
  readonly active: readonly number[];
  readonly reserveTimeoutMs: number;
  readonly enteredAt: number;
  /** Number of reservations; part of the key of each announcement. */
  readonly attempt: number;
  readonly agent?: ChosenAgent | undefined;
  readonly tried: readonly TriedAgent[];
  /** The call was counted in the statistics; it is counted once, even when it is routed again. */
  readonly distributed: boolean;
}

export type RouteTimer = 'routeDelay' | 'target' | 'retry';

/** A decision that the caller carries out. */
export type RouteDecision =
  | { readonly type: 'arm'; readonly timer: RouteTimer; readonly dueAt: number; readonly agentId?: AgentId }
  | { readonly type: 'disarm'; readonly timer: RouteTimer }
  | { readonly type: 'announce'; readonly agentId: AgentId; readonly attempt: number }
  | { readonly type: 'release'; readonly agentId: AgentId }
  | { readonly type: 'count'; readonly at: number; readonly waitedMs: number };

export type RouteEvent =
  /** SetRouteDelay; null: infinite. */
  | { readonly type: 'setRouteDelay'; readonly delayMs: number | null; readonly now: number }
  | { readonly type: 'routeDelayOver' }
  | { readonly type: 'targetTimeout'; readonly now: number; readonly skips: readonly number[] }
  | { readonly type: 'agentReserved'; readonly agent: ChosenAgent }
  | { readonly type: 'routeAccepted'; readonly now: number }
  /** `noAnswer`: the agent did not answer in time. */
  | { readonly type: 'routeRefused'; readonly now: number; readonly noAnswer?: true }
  /** The reservation ended before the agent got the interaction. */
  | { readonly type: 'reservationOver'; readonly now: number }
  /** <queue:update>: other targets from now on. */
  | { readonly type: 'newTargets'; readonly steps: readonly TargetStep[] }
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
    /** Releases the reserved agent, and remembers them as tried. */
    rememberTried: enqueueActions(({ context, event, enqueue }) => {
      const { agent } = context;
      if (agent === undefined || !('now' in event)) return;
      const until = event.now + context.reserveTimeoutMs;
      const noAnswer = 'noAnswer' in event ? event.noAnswer : undefined;
      enqueue.emit({ type: 'release', agentId: agent.agentId });
      enqueue.emit({ type: 'arm', timer: 'retry', dueAt: until, agentId: agent.agentId });
      enqueue.assign({
        agent: undefined,
        tried: [
          ...context.tried.filter((tried) => tried.agentId !== agent.agentId),
          { agentId: agent.agentId, setting: agent.setting, until, ...defined({ noAnswer }) },
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
    newTargets: { actions: assign(({ event }) => ({ steps: event.steps, step: 0, active: [0] })) },
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
        routeRefused: { target: 'routable', actions: 'rememberTried' },
        reservationOver: { target: 'routable', actions: 'rememberTried' },
      },
    },
    routed: {
      on: {
        // The redirect failed: wait again, and try that agent last.
        setRouteDelay: [
          { guard: 'infinite', target: 'held', actions: 'rememberTried' },
          { guard: 'none', target: 'routable', actions: 'rememberTried' },
          { target: 'delayed', actions: ['rememberTried', 'armRouteDelay'] },
        ],
      },
    },
    removed: { type: 'final' },
  },
});

/** The actor's state as JSON; stored in the record of the virtual interaction. */
export type RouteSnapshot = Snapshot<unknown>;

export interface RouteStep {
  readonly snapshot: RouteSnapshot;
  readonly state: RouteState;
  readonly context: RouteContext;
  readonly decisions: readonly RouteDecision[];
}

/** A new virtual interaction, after its first transitions. */
export function startRoute(input: RouteInput): RouteStep {
  const first = stepFrom(input.steps, 0, input.skips);
  const actor = createActor(machine, { input: { ...input, first } });
  return play(
    actor,
    input.delayMs === null ? [] : [{ type: 'setRouteDelay', delayMs: input.delayMs, now: input.now }],
  );
}

/** Restores the actor from its snapshot and gives it one event. */
export function stepRoute(snapshot: RouteSnapshot, event: RouteEvent): RouteStep {
  // The type of the library requires the input too; a restored actor never reads it.
  const options = { snapshot } as unknown as Parameters<typeof createActor<typeof machine>>[1];
  return play(createActor(machine, options), [event]);
}

/** State and context of a snapshot, without restoring the actor: XState persists both under these names. */
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

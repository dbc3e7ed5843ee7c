import { assign, emit, enqueueActions, setup } from 'xstate';
import { defined } from '../../engine/ports/index.ts';
import { stepFrom, type TargetStep } from '../targets/index.ts';
import {
  beginRoute,
  continueRoute,
  type NewRoute,
  type RouteContext,
  type RouteDecision,
  type RouteEvent,
  type RouteInput,
  type RouteSnapshot,
  type RouteStep,
} from './routeStrategy.ts';

/**
 * The strategies WaitForTarget and SetRouteDelay as one machine. Others are made of it: `provide` replaces
 * actions, and `enterRoutable` is there for them.
 */
export const waitForTarget = setup({
  types: {
    context: {} as RouteContext,
    events: {} as RouteEvent,
    input: {} as RouteInput,
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
    /** The call becomes routable, or is so again. */
    enterRoutable: () => {},
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
    active: input.active ?? [input.first],
    reserveTimeoutMs: input.reserveTimeoutMs,
    enteredAt: input.now,
    attempt: 0,
    tried: [],
    distributed: false,
    ...defined({ own: input.own }),
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
      entry: 'enterRoutable',
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

/** The plan of a strategy that uses the target list of the request as it is. */
export function planRoute({ steps, reserveTimeoutMs, now, skips }: NewRoute): RouteInput {
  return { steps, reserveTimeoutMs, now, first: stepFrom(steps, 0, skips) };
}

/** A new call of WaitForTarget. */
export function startRoute(call: NewRoute): RouteStep {
  return beginRoute(waitForTarget, planRoute(call), call);
}

/** Gives an event to a call of WaitForTarget, or to a submit. */
export function stepRoute(snapshot: RouteSnapshot, event: RouteEvent): RouteStep {
  return continueRoute(waitForTarget, snapshot, event);
}

/** The decision about the timer of a step, when the step begins to count. */
export function armTarget(steps: readonly TargetStep[], step: number, now: number): RouteDecision {
  const timeoutMs = step + 1 < steps.length ? steps[step]?.timeoutMs : undefined;
  return timeoutMs === undefined
    ? { type: 'disarm', timer: 'target' }
    : { type: 'arm', timer: 'target', dueAt: now + timeoutMs };
}

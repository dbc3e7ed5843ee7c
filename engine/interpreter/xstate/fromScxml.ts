import type { AnyActorRef, Snapshot as XStateSnapshot } from 'xstate';
import { type Clock, defined, type FetchText, type Json, systemClock, systemIds } from '../../ports/index.ts';
import {
  compileProgram,
  type Document,
  type Effect,
  type Execution,
  type OutwardEffect,
  restoreExecution,
  type StepInput,
  type StepOutcome,
  startExecution,
  toJson,
} from '../index.ts';
import { type ScxmlActorEvent, TIMER, toScxmlEvent } from './actorEvent.ts';
import { InvokedActors } from './invokedActors.ts';
import { type ActorWorld, armTimer, performEffect, reaches, startInvoked } from './performEffect.ts';
import type { ScxmlInput, ScxmlLogic, ScxmlParent, ScxmlScope } from './scxmlLogic.ts';
import { type ScxmlPersisted, ScxmlSnapshot } from './scxmlSnapshot.ts';

/** Steps of one transition. A session that sends itself events without end has a fault in its document. */
const MAX_STEPS_PER_TRANSITION = 10_000;

export interface FromScxmlOptions {
  /** Absent: the process's clock. Delays pass by the clock of the actor system. */
  readonly clock?: Pick<Clock, 'now'>;
  readonly seed?: number;
  readonly fetchText?: FetchText;
  /** Performs module elements and HTTP sends, like SessionPorts.perform. */
  readonly perform?: (effect: OutwardEffect, actor: AnyActorRef) => void;
}

/**
 * An SCXML session as XState actor logic, for createActor, inspection, persistence and path generation. The id of the
 * actor is the session id, `input` has the start parameters, and `output` is the donedata of the final state.
 * Transitions are pure: the actor system performs their effects afterwards. Sessions reach each other by the systemId of
 * their actors.
 */
export function fromScxml(document: Document, options: FromScxmlOptions = {}): ScxmlLogic {
  return logicOf(document, options, undefined) as unknown as ScxmlLogic;
}

function logicOf(document: Document, options: FromScxmlOptions, parent: ScxmlParent | undefined) {
  const program = compileProgram(document);
  const clock = options.clock ?? systemClock;

  function worldOf(scope: ScxmlScope, invoked: InvokedActors): ActorWorld {
    return {
      scope,
      document,
      sessionId: scope.id === '' ? 'session' : scope.id,
      parent,
      invoked,
      fetchText: options.fetchText,
      perform: options.perform,
      logicOf: (invokedDocument, by) => logicOf(invokedDocument, options, by) as unknown as ScxmlLogic,
    };
  }

  /** Steps until the session is idle. The effects are performed when the actor has its new snapshot. */
  function advance(
    execution: Execution,
    input: StepInput,
    world: ActorWorld,
    before: ScxmlSnapshot['timers'],
  ): ScxmlSnapshot {
    const now = clock.now();
    const effects: Effect[] = [];
    let next = input;
    let outcome: StepOutcome;
    let steps = 0;
    do {
      steps += 1;
      if (steps > MAX_STEPS_PER_TRANSITION) {
        throw new Error(`The session sends itself events without end (MAX_STEPS_PER_TRANSITION).`);
      }
      outcome = execution.step(next, { now, reaches: (id) => reaches(id, world) });
      effects.push(...outcome.effects);
      next = { kind: 'continue' };
    } while (outcome.more);
    world.scope.defer(() => {
      for (const effect of effects) performEffect(effect, world, now);
    });
    const timers = timersAfter(before, input, effects);
    return new ScxmlSnapshot(execution, { outcome, timers, invoked: world.invoked });
  }

  return {
    getInitialSnapshot(scope: ScxmlScope, input: ScxmlInput): ScxmlSnapshot {
      const world = worldOf(scope, new InvokedActors());
      const execution = startExecution(program, {
        sessionId: world.sessionId,
        seed: options.seed ?? systemIds.seed(),
        params: (toJson(input, 'the input') ?? {}) as { readonly [name: string]: Json | undefined },
        ...defined({ parent: parent && { sessionId: parent.sessionId, invokeId: parent.invokeId } }),
      });
      return advance(execution, { kind: 'start' }, world, {});
    },

    transition(snapshot: ScxmlSnapshot, event: ScxmlActorEvent, scope: ScxmlScope): ScxmlSnapshot {
      const input = inputOf(event);
      if (!input || snapshot.status !== 'active') return snapshot;
      const execution = restoreExecution(program, snapshot.scxml);
      return advance(execution, input, worldOf(scope, snapshot.invoked), snapshot.timers);
    },

    getPersistedSnapshot: (snapshot: ScxmlSnapshot) => snapshot.persisted(),

    restoreSnapshot(persisted: XStateSnapshot<unknown>, scope: ScxmlScope): ScxmlSnapshot {
      const { scxml, timers, children } = persisted as XStateSnapshot<unknown> & ScxmlPersisted;
      const execution = restoreExecution(program, scxml);
      const outcome = execution.step({ kind: 'continue' }, { now: clock.now() });
      const world = worldOf(scope, new InvokedActors());
      scope.defer(() => {
        for (const [key, dueAt] of Object.entries(timers)) armTimer(key, dueAt - clock.now(), scope);
        for (const each of children) startInvoked(each, world);
      });
      const restored = outcome.status === 'running' ? restoreExecution(program, scxml) : execution;
      return new ScxmlSnapshot(restored, { outcome, timers, invoked: world.invoked });
    },
  };
}

/** Undefined for an event of the actor system that is not for the session. */
function inputOf(event: ScxmlActorEvent): StepInput | undefined {
  if (event.type === TIMER) return { kind: 'timer', key: String(event.key) };
  if (event.type === 'xstate.stop') return { kind: 'terminate', reason: 'stopped' };
  if (event.type.startsWith('xstate.')) return undefined;
  return { kind: 'event', event: toScxmlEvent(event) };
}

function timersAfter(
  before: ScxmlSnapshot['timers'],
  input: StepInput,
  effects: readonly Effect[],
): ScxmlSnapshot['timers'] {
  const timers = new Map(Object.entries(before));
  if (input.kind === 'timer') timers.delete(input.key);
  for (const effect of effects) {
    if (effect.kind === 'arm') timers.set(effect.key, effect.dueAt);
    if (effect.kind === 'disarm') timers.delete(effect.key);
  }
  return Object.fromEntries(timers);
}

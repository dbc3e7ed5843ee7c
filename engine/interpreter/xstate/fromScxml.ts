import type { AnyActorRef, Snapshot as XStateSnapshot } from 'xstate';
import { type Clock, type FetchText, type Json, systemClock, systemIds } from '../../ports/index.ts';
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
import { type ActorWorld, armTimer, performEffect, reaches, startChild } from './performEffect.ts';
import { RunningChildren } from './runningChildren.ts';
import type { ScxmlInput, ScxmlLogic, ScxmlParent, ScxmlScope } from './scxmlLogic.ts';
import { type ScxmlPersisted, ScxmlSnapshot } from './scxmlSnapshot.ts';

/** Steps of one transition: events that a session sends to itself without end are a fault of the document. */
const MAX_STEPS_PER_TRANSITION = 10_000;

export interface FromScxmlOptions {
  /** Tells the time; delays pass by the clock of the actor system. Absent: the process's. */
  readonly clock?: Pick<Clock, 'now'>;
  readonly seed?: number;
  readonly fetchText?: FetchText;
  /** Performs module elements and HTTP sends, as SessionPorts.perform. */
  readonly perform?: (effect: OutwardEffect, actor: AnyActorRef) => void;
}

/**
 * An SCXML session as XState actor logic, for createActor, inspection, persistence and path generation. The id of
 * the actor is the session's, `input` are its start parameters, and its final state's donedata the output.
 * Transitions are pure; what they ask for is performed afterwards, by the actor system. Sessions reach each
 * other by the systemId of their actors.
 */
export function fromScxml(document: Document, options: FromScxmlOptions = {}): ScxmlLogic {
  return logicOf(document, options, undefined) as unknown as ScxmlLogic;
}

function logicOf(document: Document, options: FromScxmlOptions, parent: ScxmlParent | undefined) {
  const program = compileProgram(document);
  const clock = options.clock ?? systemClock;

  function worldOf(scope: ScxmlScope, children: RunningChildren): ActorWorld {
    return {
      scope,
      document,
      sessionId: scope.id === '' ? 'session' : scope.id,
      parent,
      children,
      fetchText: options.fetchText,
      perform: options.perform,
      logicOf: (child, by) => logicOf(child, options, by) as unknown as ScxmlLogic,
    };
  }

  /** Steps until the session rests; the effects are performed when the actor has its new snapshot. */
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
    return new ScxmlSnapshot(execution, { outcome, timers, children: world.children });
  }

  return {
    getInitialSnapshot(scope: ScxmlScope, input: ScxmlInput): ScxmlSnapshot {
      const world = worldOf(scope, new RunningChildren());
      const execution = startExecution(program, {
        sessionId: world.sessionId,
        seed: options.seed ?? systemIds.seed(),
        params: (toJson(input, 'the input') ?? {}) as { readonly [name: string]: Json | undefined },
        ...(parent && { parent: { sessionId: parent.sessionId, invokeId: parent.invokeId } }),
      });
      return advance(execution, { kind: 'start' }, world, {});
    },

    transition(snapshot: ScxmlSnapshot, event: ScxmlActorEvent, scope: ScxmlScope): ScxmlSnapshot {
      const input = inputOf(event);
      if (!input || snapshot.status !== 'active') return snapshot;
      const execution = restoreExecution(program, snapshot.scxml);
      return advance(execution, input, worldOf(scope, snapshot.children), snapshot.timers);
    },

    getPersistedSnapshot: (snapshot: ScxmlSnapshot) => snapshot.persisted(),

    restoreSnapshot(persisted: XStateSnapshot<unknown>, scope: ScxmlScope): ScxmlSnapshot {
      const { scxml, timers, children } = persisted as XStateSnapshot<unknown> & ScxmlPersisted;
      const execution = restoreExecution(program, scxml);
      const outcome = execution.step({ kind: 'continue' }, { now: clock.now() });
      const world = worldOf(scope, new RunningChildren());
      scope.defer(() => {
        for (const [key, dueAt] of Object.entries(timers)) armTimer(key, dueAt - clock.now(), scope);
        for (const child of children) startChild(child, world);
      });
      const restored = outcome.status === 'running' ? restoreExecution(program, scxml) : execution;
      return new ScxmlSnapshot(restored, { outcome, timers, children: world.children });
    },
  };
}

/** Undefined: an event of the actor system that is none of the session's. */
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

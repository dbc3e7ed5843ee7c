import type { AnyActorRef, Snapshot as XStateSnapshot } from 'xstate';
import {
  type Clock,
  defined,
  type FetchText,
  type Json,
  pushAll,
  systemClock,
  systemIds,
} from '../../ports/index.ts';
import {
  compileProgram,
  type Document,
  type Effect,
  type Execution,
  type OutwardEffect,
  type Program,
  restoreExecution,
  type StepInput,
  startExecution,
  toJson,
} from '../index.ts';
import { type ScxmlActorEvent, TIMER, toScxmlEvent } from './actorEvent.ts';
import { type GraphNode, graphNodes } from './graphNodes.ts';
import { InvokedActors, type PersistedActor } from './invokedActors.ts';
import { type ActorWorld, armTimer, performEffect, reaches, startInvoked, startOf } from './performEffect.ts';
import type { ScxmlInput, ScxmlLogic, ScxmlParent, ScxmlScope } from './scxmlLogic.ts';
import { invokedIn, type ScxmlPersisted, ScxmlSnapshot } from './scxmlSnapshot.ts';

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
 * An SCXML session as XState actor logic, for createActor, inspection, persistence and path generation. The
 * id of the actor is the session id, `input` has the start parameters, and `output` is the donedata of the
 * final state. Transitions are pure: the actor system performs their effects afterwards. Sessions reach each
 * other by the systemId of their actors.
 */
export function fromScxml(document: Document, options: FromScxmlOptions = {}): ScxmlLogic {
  return logicOf(new DocumentLogic({ document, options, invoker: undefined }));
}

/**
 * xstate/graph calls these functions without their object. createTestModel reads `root`; toDirectedGraph
 * takes the logic itself as the root.
 */
function logicOf(logic: DocumentLogic): ScxmlLogic {
  return {
    ...logic.root,
    root: logic.root,
    getInitialSnapshot: logic.getInitialSnapshot.bind(logic),
    transition: logic.transition.bind(logic),
    getPersistedSnapshot: logic.getPersistedSnapshot.bind(logic),
    restoreSnapshot: logic.restoreSnapshot.bind(logic),
  } as unknown as ScxmlLogic;
}

class DocumentLogic {
  readonly #document: Document;
  readonly #program: Program;
  readonly #options: FromScxmlOptions;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #invoker: ScxmlParent | undefined;
  /** By the id of the state. */
  readonly #nodes: ReadonlyMap<string, GraphNode>;
  /** The node of <scxml>. */
  readonly root: GraphNode;

  constructor({
    document,
    options,
    invoker,
  }: {
    readonly document: Document;
    readonly options: FromScxmlOptions;
    readonly invoker: ScxmlParent | undefined;
  }) {
    this.#document = document;
    this.#program = compileProgram(document);
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#invoker = invoker;
    const nodes = graphNodes(document);
    this.root = nodes[0]!;
    this.#nodes = new Map(document.states.map(({ id, index }) => [id, nodes[index]!]));
  }

  getInitialSnapshot(scope: ScxmlScope, input: ScxmlInput): ScxmlSnapshot {
    const world = this.#worldOf(scope, new InvokedActors());
    const invoker = this.#invoker;
    const execution = startExecution(this.#program, {
      sessionId: world.sessionId,
      seed: this.#options.seed ?? systemIds.seed(),
      params: (toJson(input, 'the input') ?? {}) as { readonly [name: string]: Json | undefined },
      ...defined({ parent: invoker && { sessionId: invoker.sessionId, invokeId: invoker.invokeId } }),
    });
    return this.#advance(execution, { kind: 'start' }, world, {});
  }

  transition(snapshot: ScxmlSnapshot, event: ScxmlActorEvent, scope: ScxmlScope): ScxmlSnapshot {
    const input = inputOf(event);
    if (!input || snapshot.status !== 'active') return snapshot;
    const execution = restoreExecution(this.#program, snapshot.scxml);
    return this.#advance(execution, input, this.#worldOf(scope, snapshot.invoked), snapshot.timers);
  }

  getPersistedSnapshot(snapshot: ScxmlSnapshot): ReturnType<ScxmlSnapshot['persisted']> {
    return snapshot.persisted();
  }

  restoreSnapshot(persisted: XStateSnapshot<unknown>, scope: ScxmlScope): ScxmlSnapshot {
    const stored = persisted as XStateSnapshot<unknown> & ScxmlPersisted;
    const { scxml, timers } = stored;
    const now = this.#clock.now();
    const execution = restoreExecution(this.#program, scxml);
    // A step of a session that has ended returns how it ended. A running session is restored again, without
    // the step.
    const outcome = execution.step({ kind: 'continue' }, { now });
    const restored = outcome.status === 'running' ? restoreExecution(this.#program, scxml) : execution;
    const invoked = invokedIn(stored);
    const world = this.#worldOf(scope, new InvokedActors(invoked));
    scope.defer(() => {
      for (const [key, dueAt] of Object.entries(timers)) armTimer(key, dueAt - this.#clock.now(), scope);
      for (const each of invoked) startInvoked(each, world);
    });
    const fault = stored.status === 'error' ? new Error(String(stored.error)) : undefined;
    return new ScxmlSnapshot(restored, {
      outcome,
      timers,
      invoked: world.invoked,
      nodes: this.#nodes,
      fault,
    });
  }

  /** Steps until the session is idle. The effects are performed when the actor has its new snapshot. */
  #advance(
    execution: Execution,
    input: StepInput,
    world: ActorWorld,
    before: ScxmlSnapshot['timers'],
  ): ScxmlSnapshot {
    const options = { now: this.#clock.now(), reaches: (id: string) => reaches(id, world) };
    let outcome = execution.step(input, options);
    const effects = [...outcome.effects];
    for (let steps = 1; outcome.more; steps++) {
      if (steps === MAX_STEPS_PER_TRANSITION) {
        throw new Error('The session sends itself events without end (MAX_STEPS_PER_TRANSITION).');
      }
      outcome = execution.step({ kind: 'continue' }, options);
      pushAll(effects, outcome.effects);
    }
    // An actor may be persisted before it is started: its first invokes are in the snapshot already.
    const invoked = input.kind === 'start' ? new InvokedActors(invokesOf(effects)) : world.invoked;
    world.scope.defer(() => {
      for (const effect of effects) performEffect(effect, { ...world, invoked }, options.now);
    });
    const timers = timersAfter(before, input, effects);
    return new ScxmlSnapshot(execution, { outcome, timers, invoked, nodes: this.#nodes });
  }

  #worldOf(scope: ScxmlScope, invoked: InvokedActors): ActorWorld {
    const options = this.#options;
    return {
      scope,
      document: this.#document,
      sessionId: scope.id === '' ? 'session' : scope.id,
      parent: this.#invoker,
      invoked,
      fetchText: options.fetchText,
      perform: options.perform,
      logicOf: (document, invoker) => logicOf(new DocumentLogic({ document, options, invoker })),
    };
  }
}

/** Undefined for an event of the actor system that is not for the session. */
function inputOf(event: ScxmlActorEvent): StepInput | undefined {
  if (event.type === TIMER) return { kind: 'timer', key: String(event.key) };
  if (event.type === 'xstate.stop') return { kind: 'terminate', reason: 'stopped' };
  if (event.type.startsWith('xstate.')) return undefined;
  return { kind: 'event', event: toScxmlEvent(event) };
}

/** The sessions that were invoked and not cancelled. */
function invokesOf(effects: readonly Effect[]): readonly PersistedActor[] {
  const started = new Map<string, PersistedActor>();
  for (const effect of effects) {
    if (effect.kind === 'invoke') started.set(effect.invokedId, startOf(effect));
    if (effect.kind === 'uninvoke') started.delete(effect.invokedId);
  }
  return [...started.values()];
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

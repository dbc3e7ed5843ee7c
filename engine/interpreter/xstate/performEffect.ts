import { type AnyActorRef, createActor, type Snapshot as XStateSnapshot } from 'xstate';
import { assertNever, defined, type FetchText } from '../../ports/index.ts';
import {
  type Document,
  type Effect,
  type InvokeSource,
  loadDocument,
  notPerformed,
  type OutwardEffect,
  parseDocument,
  type SendEffect,
  sendFailed,
  type UntypedEvent,
} from '../index.ts';
import { type ScxmlActorEvent, TIMER, toActorEvent } from './actorEvent.ts';
import type { InvokedActor, InvokedActors, PersistedActor } from './invokedActors.ts';
import type { ScxmlLogic, ScxmlParent, ScxmlScope } from './scxmlLogic.ts';

/** One SCXML actor and everything that its effects need. */
export interface ActorWorld {
  readonly scope: ScxmlScope;
  readonly document: Document;
  readonly sessionId: string;
  readonly parent: ScxmlParent | undefined;
  readonly invoked: InvokedActors;
  readonly fetchText: FetchText | undefined;
  readonly perform: ((effect: OutwardEffect, actor: AnyActorRef) => void) | undefined;
  /** fromScxml for an invoked document. */
  readonly logicOf: (document: Document, parent: ScxmlParent) => ScxmlLogic;
}

/** Performs an effect of a step by means of the actor system. `now`: the time of the step. */
export function performEffect(effect: Effect, world: ActorWorld, now: number): void {
  const { scope, invoked } = world;
  switch (effect.kind) {
    case 'arm':
      armTimer(effect.key, effect.dueAt - now, scope);
      return;
    case 'disarm':
      scope.system.scheduler.cancel(scope.self, effect.key);
      return;
    case 'send':
      if (effect.type === 'scxml') send(effect, world);
      else performOutside(effect, world);
      return;
    case 'invoke':
      startInvoked(startOf(effect), world);
      return;
    case 'uninvoke':
      invoked.remove(effect.invokedId);
      return;
    case 'module':
      performOutside(effect, world);
      return;
    case 'log':
      scope.logger(effect.label === undefined ? effect.text : `${effect.label}: ${effect.text}`);
      scope.emit({ type: 'scxml.log', effect });
      return;
    case 'respond':
      scope.emit({ type: 'scxml.respond', effect });
      return;
    default:
      assertNever(effect);
  }
}

/** How the session of an invoke is started. */
export function startOf(effect: Extract<Effect, { kind: 'invoke' }>): PersistedActor {
  const { invokedId: id, invokeId, params, src = '', document, baseUrl } = effect;
  const source: InvokeSource =
    document === undefined ? { kind: 'url', url: src } : { kind: 'text', text: document, baseUrl };
  return { id, invokeId, params, source };
}

export function armTimer(key: string, delayMs: number, { system, self }: ScxmlScope): void {
  system.scheduler.schedule(self, self, { type: TIMER, key } as ScxmlActorEvent, Math.max(0, delayMs), key);
}

/** Starts or restores the actor of an invoked session. */
export function startInvoked(start: PersistedActor, world: ActorWorld): void {
  world.invoked.add(start, () => openInvoked(start, world));
}

/** True when the actor system has a session with that id. */
export function reaches(id: string, { scope, invoked, parent }: ActorWorld): boolean {
  return invoked.has(id) || id === parent?.sessionId || scope.system.get(id) !== undefined;
}

function performOutside(effect: OutwardEffect, world: ActorWorld): void {
  const { scope, perform, document } = world;
  scope.emit({ type: effect.kind === 'send' ? 'scxml.send' : 'scxml.module', effect });
  if (perform) perform(effect, scope.self);
  else tell(world, notPerformed(document.dialect, effect));
}

function send(effect: SendEffect, world: ActorWorld): void {
  const { scope, parent, invoked, document } = world;
  const { target, event } = effect;
  if (invoked.send(target, toActorEvent(event))) return;
  if (parent && parent.sessionId === target) {
    // W3C 6.4: every event of an invoked session to its invoking session has the id of the invoke.
    parent.ref.send(toActorEvent({ ...event, invokeid: event.invokeid ?? parent.invokeId }));
    return;
  }
  const found = scope.system.get(target) as AnyActorRef | undefined;
  if (found) found.send(toActorEvent(event));
  else tell(world, sendFailed(document.dialect, effect));
}

function tell({ scope }: ActorWorld, event: UntypedEvent): void {
  scope.self.send(toActorEvent(event));
}

async function openInvoked(start: PersistedActor, world: ActorWorld): Promise<InvokedActor | undefined> {
  const { scope, sessionId, invoked } = world;
  const { id, invokeId, source } = start;
  let document: Document;
  try {
    document = await load(source, world.fetchText);
  } catch (cause) {
    const description = cause instanceof Error ? cause.message : String(cause);
    tell(world, { name: 'error.communication', invokeid: invokeId, data: { description } });
    return undefined;
  }
  if (!invoked.has(id)) return undefined;
  const logic = world.logicOf(document, { sessionId, invokeId, ref: scope.self });
  const actor = createActor(logic, {
    id,
    systemId: id,
    parent: scope.self,
    input: start.params,
    ...defined({ snapshot: start.snapshot as never }),
  });
  actor.subscribe({
    next: ({ status, output }) => {
      if (status !== 'done') return;
      invoked.forget(id);
      tell(world, { name: `done.invoke.${invokeId}`, invokeid: invokeId, ...defined({ data: output }) });
    },
    error: (error) => {
      invoked.forget(id);
      const description = error instanceof Error ? error.message : String(error);
      tell(world, { name: 'error.communication', invokeid: invokeId, data: { description } });
    },
  });
  return {
    ref: actor,
    start: () => void actor.start(),
    stop: () => scope.stopChild(actor),
    persisted: () => actor.getPersistedSnapshot() as XStateSnapshot<unknown>,
  };
}

function load(source: InvokeSource, fetchText: FetchText | undefined): Promise<Document> {
  const options = defined({ fetchText });
  if (source.kind === 'url') return loadDocument(new URL(source.url), options);
  return parseDocument(source.text, { baseUrl: new URL(source.baseUrl), ...options });
}

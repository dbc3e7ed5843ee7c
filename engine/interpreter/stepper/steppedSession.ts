import type { Json } from '../../ports/index.ts';
import { acceptedEvents, type Document, type ExecutionStatus, type PendingTimer } from '../index.ts';
import type { Actions } from './actions.ts';
import { childView } from './childView.ts';
import type { OpenRequest, StepLine, SteppedChild, WsResponse } from './contract.ts';
import { valueAtPath } from './dataPath.ts';
import { lastActions } from './stepperAssertion.ts';
import type { World } from './world.ts';

/** The present state of the session in a world. */
export class SteppedSession {
  readonly #world: World;
  readonly #actions: Actions;

  constructor(world: World, actions: Actions) {
    this.#world = world;
    this.#actions = actions;
  }

  get id(): string {
    return this.#world.session.id;
  }

  get document(): Document {
    return this.#world.session.document;
  }

  get status(): ExecutionStatus {
    return this.#world.session.status;
  }

  get configuration(): ReadonlySet<string> {
    const { begun, session } = this.#world;
    return begun ? new Set(begun.execution.configuration) : session.configuration;
  }

  get donedata(): Json | undefined {
    return this.#world.session.donedata;
  }

  get reason(): string | undefined {
    return this.#world.session.reason;
  }

  get data(): Json {
    const { begun, session } = this.#world;
    return begun ? begun.execution.data() : session.data();
  }

  get now(): number {
    return this.#world.clock.now();
  }

  get lines(): readonly StepLine[] {
    return this.#world.lines;
  }

  get lastLines(): readonly string[] {
    return this.lines.filter(({ action }) => action === this.#actions.names.length).map(({ text }) => text);
  }

  get lastActions(): string {
    return lastActions(this.lines, this.#actions.names);
  }

  get stateIds(): Iterable<string> {
    return this.#world.session.document.stateById.keys();
  }

  get open(): readonly OpenRequest[] {
    return this.#world.outside.state.open;
  }

  get requests(): readonly OpenRequest[] {
    return this.#world.outside.state.taken;
  }

  get nextTimer(): number | undefined {
    return this.#world.clock.next;
  }

  get isIdle(): boolean {
    return this.#world.session.inbox.length === 0;
  }

  get timers(): readonly PendingTimer[] {
    return this.#world.timers;
  }

  get waiting(): readonly string[] {
    const { timers } = this;
    const nameOf = (key: string) => timers.find((timer) => timer.key === key)?.event ?? key;
    return this.#world.session.inbox.map((input) => {
      if (input.kind === 'event') return `event ${input.event.name}`;
      return input.kind === 'timer' ? `timer ${nameOf(input.key)}` : input.kind;
    });
  }

  accepts(): readonly string[] {
    return acceptedEvents(this.#world.session.document, this.configuration);
  }

  child(name: string): SteppedChild | undefined {
    const session = this.#world.child(name);
    return session && childView(session, () => this.now);
  }

  answerTo(requestId: string): WsResponse | undefined {
    return this.#world.responseTo(requestId);
  }

  get(expression: string): Json | undefined {
    return valueAtPath(this.data, expression, this.document.dialect) ?? this.#world.evaluate(expression);
  }
}

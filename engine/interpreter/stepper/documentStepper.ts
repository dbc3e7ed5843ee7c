import { defined, type Json } from '../../ports/index.ts';
import { parseDelay, toJson } from '../index.ts';
import { Actions } from './actions.ts';
import { answering } from './answers.ts';
import type {
  FetchExpectation,
  Fields,
  ModuleExpectation,
  Stepper,
  UrlPattern,
  WsResponse,
} from './contract.ts';
import {
  activeStates,
  brokenSequence,
  type Difference,
  missingStates,
  otherLines,
  otherStates,
  otherValue,
  presentLine,
  textOf,
  unknownStates,
} from './expectations.ts';
import { type Answer, describeWanted, type Wanted } from './outside.ts';
import { SteppedSession } from './steppedSession.ts';
import { StepperAssertion } from './stepperAssertion.ts';
import type { World } from './world.ts';

/** Timers that one advance() fires at most. */
const MAX_TIMERS = 100_000;

/** Implements the stepper: actions on a World, and assertions about it. */
export class DocumentStepper extends SteppedSession implements Stepper {
  readonly #world: World;
  readonly #actions: Actions;

  constructor(world: World) {
    const actions = new Actions(world);
    super(world, actions);
    this.#world = world;
    this.#actions = actions;
  }

  // ---- actions

  start(): Stepper {
    return this.#act('start', () => {
      this.#world.session.start();
      this.#settle();
    });
  }

  send(name: string, data?: unknown, facts?: Json): Stepper {
    this.#mustRun(name);
    return this.#act(described(`send ${name}`, data), () => {
      this.#world.session.send({ name, data, ...defined({ facts }) });
      this.#settle();
    });
  }

  enqueue(name: string, data?: unknown, facts?: Json): Stepper {
    this.#mustRun(name);
    return this.#act(described(`enqueue ${name}`, data), () =>
      this.#world.session.send({ name, data, ...defined({ facts }) }),
    );
  }

  enqueueRequest(name: string, data: unknown = {}): string {
    this.#mustRun(name);
    const id = this.#actions.newRequestId();
    this.#act(described(`enqueue request ${name}`, data), () =>
      this.#world.session.send({ name, data, sendid: id }),
    );
    return id;
  }

  enqueueTimer(key: string): Stepper {
    const timer = this.timers.find((pending) => pending.key === key);
    if (!timer) throw new RangeError(`Expected the key of a pending timer, got '${key}'.`);
    return this.#act(`fire ${timer.event}`, () => this.#world.fire(timer));
  }

  enqueueNextTimer(until: number): boolean {
    const { clock } = this.#world;
    if (clock.next === undefined || clock.next > until) return false;
    this.#act('advance to the next timer', () => clock.fireNext(until));
    return true;
  }

  enqueueAnswer(requestId: string): FetchExpectation & ModuleExpectation {
    const request = this.open.find((open) => open.requestId === requestId);
    if (!request) throw new RangeError(`Expected the id of an open request, got '${requestId}'.`);
    return answering((answer) => {
      this.#act(`answer ${request.name}`, () => {
        const { outside } = this.#world;
        outside.answer(outside.expect({ kind: 'request', requestId }), answer);
      });
    });
  }

  advance(time: string | number): Stepper {
    const ms = typeof time === 'number' ? time : parseDelay(time);
    if (ms === undefined || !(ms >= 0)) {
      throw new TypeError(`Expected a time as '30s', '200ms' or in ms, got '${time}'.`);
    }
    return this.#act(`advance ${time}`, () => {
      this.#settle();
      const { clock } = this.#world;
      const until = clock.now() + ms;
      for (let fired = 0; clock.fireNext(until); fired++) {
        if (fired === MAX_TIMERS) this.#fail({ message: `Expected at most ${MAX_TIMERS} timers, got more.` });
        this.#settle();
      }
      clock.moveTo(until);
    });
  }

  terminate(reason?: string): Stepper {
    return this.#act('terminate', () => {
      this.#world.session.terminate(reason);
      this.#settle();
    });
  }

  asOne(name: string, actions: () => void): Stepper {
    return this.#act(name, actions);
  }

  restart(): Stepper {
    if (!this.#world.session.isStarted) throw new Error('Expected start() before restart().');
    return this.#act('restart', () => this.#world.restore(this.#world.save()));
  }

  sendToChild(child: string, name: string, data?: unknown, facts?: Json): Stepper {
    const session = this.#world.child(child);
    if (!session) throw new Error(`Expected a running invoked session '${child}', got none.`);
    return this.#act(described(`send ${name} to ${child}`, data), () => {
      session.send({ name, data, ...defined({ facts }) });
      this.#settle();
    });
  }

  microstep(): boolean {
    return this.#step('microstep', () => this.#world.microstep());
  }

  macrostep(): boolean {
    return this.#step('macrostep', () => this.#world.macrostep());
  }

  back(actions = 1): Stepper {
    this.#actions.undo(actions);
    return this;
  }

  setData(location: string, value: unknown): Stepper {
    if (this.#world.begun) {
      throw new Error('Expected setData between two macrosteps: finish this one with macrostep() first.');
    }
    const json = toJson(value, `the value of ${location}`);
    return this.#act(described(`setData ${location}`, json), () => this.#world.assign(location, json));
  }

  request(name: string, data?: unknown): WsResponse {
    const answer = this.answerTo(this.ask(name, data));
    return answer ?? this.#fail({ message: `Expected an answer to the request '${name}', got none.` });
  }

  ask(name: string, data: unknown = {}): string {
    this.#mustRun(name);
    const id = this.#actions.newRequestId();
    this.#act(described(`request ${name}`, data), () => {
      this.#world.session.send({ name, data, sendid: id });
      this.#settle();
    });
    return id;
  }

  // ---- answers of the outside

  expectFetch(
    url: UrlPattern,
    { method, nth }: { readonly method?: string; readonly nth?: number } = {},
  ): FetchExpectation {
    return answering(this.#expect({ kind: 'fetch', url, ...defined({ method }) }, nth));
  }

  expectModule(
    name: string,
    attributes?: Fields,
    { nth }: { readonly nth?: number } = {},
  ): ModuleExpectation {
    return answering(this.#expect({ kind: 'module', name, ...defined({ attributes }) }, nth));
  }

  // ---- assertions

  expectIn(...ids: readonly string[]): Stepper {
    return this.#check(this.#unknown(ids) ?? missingStates(this.configuration, ids));
  }

  expectNotIn(...ids: readonly string[]): Stepper {
    return this.#check(this.#unknown(ids) ?? activeStates(this.configuration, ids));
  }

  expectConfiguration(ids: Iterable<string>): Stepper {
    const expected = [...ids];
    return this.#check(this.#unknown(expected) ?? otherStates(this.configuration, expected));
  }

  expectData(expression: string, expected: Json | undefined): Stepper {
    return this.#check(otherValue(expression, this.get(expression), expected));
  }

  expectLines(lines: readonly (string | RegExp)[]): Stepper {
    return this.#check(otherLines(this.lastLines, lines));
  }

  expectNoLines(...lines: readonly (string | RegExp)[]): Stepper {
    return this.#check(presentLine(this.lastLines, lines));
  }

  expectNoFetch(url: UrlPattern = '', options: { readonly method?: string } = {}): Stepper {
    return this.#expectNone({ kind: 'fetch', url, ...options });
  }

  expectNoModule(name: string, attributes?: Fields): Stepper {
    return this.#expectNone({ kind: 'module', name, ...defined({ attributes }) });
  }

  expectSequence(lines: readonly (string | RegExp)[]): Stepper {
    return this.#check(brokenSequence(this.lines, lines));
  }

  verify(): Stepper {
    const undone = this.#world.outside.undone();
    if (undone.length === 0) return this;
    return this.#fail({ message: `Expected nothing to be left open: ${undone.join('; ')}.` });
  }

  documentsRead(): Promise<void> {
    return this.#world.session.settled();
  }

  async settled(): Promise<Stepper> {
    await this.documentsRead();
    this.#settle();
    return this;
  }

  // ---- parts of these

  #expectNone(wanted: Wanted): Stepper {
    const count = this.#world.outside.count(wanted);
    if (count === 0) return this;
    return this.#fail({ message: `Expected no request for ${describeWanted(wanted)}, got ${count}.` });
  }

  #unknown(ids: readonly string[]): Difference | undefined {
    return unknownStates(this.#world.session.document.stateById, ids);
  }

  /** An event for a session that has ended would be lost without a word. */
  #mustRun(event: string): void {
    const { status } = this;
    if (status === 'running') return;
    throw new Error(`Expected a running session for the event '${event}', but it has ended: ${status}.`);
  }

  /** Adds an expectation. Returns the function that gives its answer. */
  #expect(wanted: Wanted, nth?: number): (answer: Answer) => void {
    const { outside } = this.#world;
    const what = describeWanted(wanted);
    let index = -1;
    this.#act(`expect ${what}`, () => {
      index = outside.expect(wanted, nth);
    });
    return (answer) => {
      this.#act(`answer ${what}`, () => {
        outside.answer(index, answer);
        if (this.#world.session.isStarted) this.#settle();
      });
    };
  }

  #act(name: string, action: () => void): Stepper {
    this.#actions.run(name, action);
    return this;
  }

  /** False, and not an action, when no input waits. */
  #step(name: string, step: () => boolean): boolean {
    const { isStarted, inbox } = this.#world.session;
    if (isStarted && inbox.length === 0) return false;
    this.#act(name, () => {
      if (!isStarted) this.#world.session.start();
      step();
    });
    return true;
  }

  #settle(): void {
    if (this.#world.settle()) return;
    this.#fail({ message: 'Expected the session to become idle, but it keeps sending itself events.' });
  }

  #check(difference: Difference | undefined): Stepper {
    return difference ? this.#fail(difference) : this;
  }

  #fail({ message, values }: Difference): never {
    throw new StepperAssertion(message, { actions: this.lastActions, ...defined({ values }) });
  }
}

function described(action: string, data: unknown): string {
  return data === undefined ? action : `${action} ${textOf(data)}`;
}

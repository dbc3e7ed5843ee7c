import { isDeepStrictEqual } from 'node:util';
import type { Json } from '../../ports/index.ts';
import { type ExecutionStatus, parseDelay, toJson } from '../index.ts';
import { errorEvent, fetchEvent, resultEvent } from './answers.ts';
import type {
  FetchExpectation,
  Fields,
  ModuleExpectation,
  OpenRequest,
  Stepper,
  TraceLine,
  UrlPattern,
  WsResponse,
} from './contract.ts';
import type { Outside, Wanted } from './outside.ts';
import { StepperAssertion } from './stepperAssertion.ts';
import type { Mark, World } from './world.ts';

/** The stepper: actions over a World, each of which can be undone, and assertions. */
export class DocumentStepper implements Stepper {
  readonly #world: World;
  readonly #marks: Mark[] = [];
  readonly #actions: string[] = [];
  #isStarted = false;

  constructor(world: World) {
    this.#world = world;
  }

  get id(): string {
    return this.#world.root.id;
  }

  get status(): ExecutionStatus {
    return this.#world.root.status;
  }

  get configuration(): ReadonlySet<string> {
    const { between, root } = this.#world;
    return between ? new Set(between.execution.configuration) : root.configuration;
  }

  get donedata(): Json | undefined {
    return this.#world.root.donedata;
  }

  get reason(): string | undefined {
    return this.#world.root.reason;
  }

  get data(): Json {
    const { between, root } = this.#world;
    return between ? between.execution.data() : root.data();
  }

  get now(): number {
    return this.#world.clock.now();
  }

  get trace(): readonly TraceLine[] {
    return this.#world.trace;
  }

  get lastTrace(): readonly string[] {
    return this.trace.filter(({ action }) => action === this.#actions.length).map(({ text }) => text);
  }

  get open(): readonly OpenRequest[] {
    return this.#world.outside.state.open;
  }

  start(): Stepper {
    return this.#act('start', () => {
      this.#begin();
      this.#rest();
    });
  }

  send(name: string, data?: unknown): Stepper {
    return this.#act(described(`send ${name}`, data), () => {
      this.#world.root.send({ name, data });
      this.#rest();
    });
  }

  enqueue(name: string, data?: unknown): Stepper {
    return this.#act(described(`enqueue ${name}`, data), () => this.#world.root.send({ name, data }));
  }

  advance(time: string | number): Stepper {
    const ms = typeof time === 'number' ? time : parseDelay(time);
    if (ms === undefined || !(ms >= 0)) {
      throw new TypeError(`Expected a time as '30s', '200ms' or in ms, got '${time}'.`);
    }
    return this.#act(`advance ${time}`, () => {
      this.#rest();
      const { clock } = this.#world;
      const until = clock.now() + ms;
      while (clock.fireNext(until)) this.#rest();
      clock.moveTo(until);
    });
  }

  terminate(reason?: string): Stepper {
    return this.#act('terminate', () => {
      this.#world.root.terminate(reason);
      this.#rest();
    });
  }

  microstep(): boolean {
    return this.#step('microstep', () => this.#world.microstep());
  }

  macrostep(): boolean {
    return this.#step('macrostep', () => this.#world.macrostep());
  }

  back(actions = 1): Stepper {
    const mark = this.#marks[this.#marks.length - actions];
    if (!mark || actions < 1) {
      throw new RangeError(`Expected to go back 1 to ${this.#marks.length} actions, got ${actions}.`);
    }
    this.#world.restore(mark);
    this.#marks.length -= actions;
    this.#actions.length -= actions;
    this.#world.action = this.#actions.length;
    this.#isStarted = mark.snapshot !== undefined || mark.inbox.length > 0;
    return this;
  }

  get(expression: string): Json | undefined {
    return this.#world.evaluate(expression);
  }

  setData(location: string, value: unknown): Stepper {
    if (this.#world.between) {
      throw new Error('Expected setData between two macrosteps: finish this one with macrostep() first.');
    }
    const json = toJson(value, `the value of ${location}`);
    return this.#act(described(`setData ${location}`, json), () => {
      this.#world.paced.assign(location, json, { now: this.now });
    });
  }

  request(name: string, data?: unknown): WsResponse {
    const id = this.ask(name, data);
    return (
      this.answerTo(id) ?? this.#fail(`Expected an answer to the request '${name}', the session gave none.`)
    );
  }

  ask(name: string, data: unknown = {}): string {
    const id = `request-${this.#actions.length + 1}`;
    this.#act(described(`request ${name}`, data), () => {
      this.#world.root.send({ name, data, sendid: id });
      this.#rest();
    });
    return id;
  }

  answerTo(requestId: string): WsResponse | undefined {
    return this.#world.responses.get(requestId);
  }

  expectFetch(url: UrlPattern, { method }: { readonly method?: string } = {}): FetchExpectation {
    const { answer } = this.#expect({ kind: 'fetch', url, ...(method !== undefined && { method }) });
    return { reply: (reply) => answer((effect) => fetchEvent(effect, reply)) };
  }

  expectModule(name: string, attributes?: Fields): ModuleExpectation {
    const { answer } = this.#expect({ kind: 'module', name, ...(attributes && { attributes }) });
    return {
      done: (fields = {}) => answer((effect) => resultEvent(effect, fields)),
      error: (fields = {}) => answer((effect) => errorEvent(effect, fields)),
      event: (event, fields = {}, facts) =>
        answer(({ requestId }) => ({
          name: event,
          data: { requestid: requestId, ...fields },
          ...(facts !== undefined && { facts }),
        })),
    };
  }

  expectIn(...ids: readonly string[]): Stepper {
    const active = this.configuration;
    const missing = ids.filter((id) => !active.has(id));
    if (missing.length === 0) return this;
    return this.#fail(`Expected the session to be in ${list(missing)}, it is in ${list(active)}.`, {
      actual: [...active],
      expected: ids,
    });
  }

  expectConfiguration(ids: Iterable<string>): Stepper {
    const actual = [...this.configuration].sort();
    const expected = [...ids].sort();
    if (isDeepStrictEqual(actual, expected)) return this;
    return this.#fail(`Expected the configuration ${list(expected)}, got ${list(actual)}.`, {
      actual,
      expected,
    });
  }

  expectData(expression: string, expected: Json | undefined): Stepper {
    const actual = this.get(expression);
    if (isDeepStrictEqual(actual, expected)) return this;
    return this.#fail(`Expected ${expression} to be ${text(expected)}, got ${text(actual)}.`, {
      actual,
      expected,
    });
  }

  expectTrace(lines: readonly (string | RegExp)[]): Stepper {
    const actual = this.lastTrace;
    const same = actual.length === lines.length && lines.every((line, index) => fits(line, actual[index]!));
    if (same) return this;
    return this.#fail('Expected another trace of the last action.', { actual, expected: lines.map(String) });
  }

  expectSequence(lines: readonly (string | RegExp)[]): Stepper {
    let from = 0;
    for (const line of lines) {
      const found = this.trace.findIndex(({ text }, index) => index >= from && fits(line, text));
      if (found === -1) {
        return this.#fail(`Expected '${line}' behind what came before it in the sequence; it did not come.`, {
          actual: this.trace.map(({ text }) => text),
          expected: lines.map(String),
        });
      }
      from = found + 1;
    }
    return this;
  }

  verify(): Stepper {
    const undone = this.#world.outside.undone();
    if (undone.length === 0) return this;
    return this.#fail(`Expected nothing to be left open: ${undone.join('; ')}.`);
  }

  async settled(): Promise<Stepper> {
    await this.#world.root.settled();
    this.#rest();
    return this;
  }

  #expect(wanted: Wanted): { readonly answer: (make: Parameters<Outside['answer']>[1]) => void } {
    const { outside } = this.#world;
    let index = -1;
    const what = wanted.kind === 'fetch' ? `fetch of ${wanted.url}` : wanted.name;
    this.#act(`expect ${what}`, () => {
      index = outside.expect(wanted);
    });
    return {
      answer: (make) => {
        this.#act(`answer ${what}`, () => {
          outside.answer(index, make);
          if (this.#isStarted) this.#rest();
        });
      },
    };
  }

  #act(action: string, run: () => void): Stepper {
    const mark = this.#world.mark();
    this.#marks.push(mark);
    this.#actions.push(action);
    this.#world.action = this.#actions.length;
    try {
      run();
    } catch (error) {
      // What could not be done was no action; what was done and found wrong is one to look at, and to go back from.
      if (!(error instanceof StepperAssertion)) this.back();
      throw error;
    }
    return this;
  }

  /** A step that finds nothing to do was no action. */
  #step(action: string, run: () => boolean): boolean {
    if (this.#isStarted && this.#world.root.inbox.length === 0) return false;
    this.#act(action, () => {
      if (!this.#isStarted) this.#begin();
      run();
    });
    return true;
  }

  #begin(): void {
    this.#world.root.start();
    this.#isStarted = true;
  }

  #rest(): void {
    if (!this.#world.settle())
      this.#fail('Expected the session to come to rest, it goes on sending itself events.');
  }

  #fail(message: string, values?: { readonly actual: unknown; readonly expected: unknown }): never {
    const { trace } = this;
    throw new StepperAssertion(message, { trace, actions: this.#actions, ...(values && { values }) });
  }
}

function described(action: string, data: unknown): string {
  return data === undefined ? action : `${action} ${text(data)}`;
}

function text(value: unknown): string {
  return JSON.stringify(value) ?? String(value);
}

function fits(wanted: string | RegExp, line: string): boolean {
  return typeof wanted === 'string' ? wanted === line : wanted.test(line);
}

function list(ids: Iterable<string>): string {
  const all = [...ids];
  return all.length === 0 ? 'no state' : all.map((id) => `'${id}'`).join(', ');
}

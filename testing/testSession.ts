import type { Document, ExecutionStatus, PendingTimer, SourceLocation } from '../engine/interpreter/index.ts';
import {
  type FetchExpectation,
  type FetchReply,
  type Fields,
  type ModuleExpectation,
  type OpenRequest,
  type StepLine,
  type SteppedChild,
  type Stepper,
  StepperAssertion,
  type WsResponse,
} from '../engine/interpreter/stepper/index.ts';
import type { Json } from '../engine/ports/index.ts';
import { type DocumentFault, faultsIn } from './documentFaults.ts';
import type { SharedTime, TimedSession } from './sharedTime.ts';
import { shortPath, tidied, withShortPaths } from './shortPaths.ts';

/** Error events of a document that do not fail the test. */
export interface FaultOptions {
  /** True: all. A list: these events, and those below them ('error' is all of them). */
  readonly allowFaults?: true | readonly string[];
}

/** The result of a check: undefined when it holds. */
export interface Failure {
  readonly message: string;
  readonly values?: { readonly actual: unknown; readonly expected: unknown };
}

/**
 * One session of a document in virtual time, with the sessions that it invokes. Every action returns when
 * this session, and all others of its centre, are stable. An action throws a StepperAssertion when the
 * document has a fault that nothing handles.
 */
export class TestSession implements TimedSession {
  readonly #stepper: Stepper;
  readonly #time: SharedTime;
  readonly #allowed: true | readonly string[];
  /** Lines that were looked at for faults. */
  #seen = 0;
  #faults: readonly DocumentFault[] = [];

  constructor(stepper: Stepper, time: SharedTime, { allowFaults = [] }: FaultOptions = {}) {
    this.#stepper = stepper;
    this.#time = time;
    this.#allowed = allowFaults;
    time.add(this);
  }

  get id(): string {
    return this.#stepper.id;
  }

  get document(): Document {
    return this.#stepper.document;
  }

  get status(): ExecutionStatus {
    return this.#stepper.status;
  }

  get isRunning(): boolean {
    return this.status === 'running';
  }

  /** Ids of the active states. */
  get configuration(): ReadonlySet<string> {
    return this.#stepper.configuration;
  }

  get donedata(): Json | undefined {
    return this.#stepper.donedata;
  }

  /** Why the session ended. */
  get reason(): string | undefined {
    return this.#stepper.reason;
  }

  /** All data as JSON. */
  get data(): Json {
    return this.#stepper.data;
  }

  /** Time of the virtual clock, in ms since epoch. */
  get now(): number {
    return this.#time.now;
  }

  get lines(): readonly StepLine[] {
    return this.#stepper.lines;
  }

  /** The last actions with the place of each of their lines in the document, as text. */
  get lastActions(): string {
    return withShortPaths(this.#stepper.lastActions);
  }

  /** Ids of the states of its document. */
  get stateIds(): Iterable<string> {
    return this.#stepper.stateIds;
  }

  /** Fetches and requests to modules that are not answered. */
  get open(): readonly OpenRequest[] {
    return this.#stepper.open;
  }

  /** All fetches and requests to modules so far. */
  get requests(): readonly OpenRequest[] {
    return this.#stepper.requests;
  }

  /** Delayed events, in the order of their due times. */
  get timers(): readonly PendingTimer[] {
    return this.#stepper.timers;
  }

  get nextTimer(): number | undefined {
    return this.#stepper.nextTimer;
  }

  get isIdle(): boolean {
    return this.#stepper.isIdle;
  }

  /** Error events so far that no transition took, allowed ones too. */
  get faults(): readonly DocumentFault[] {
    this.#readFaults();
    return this.#faults;
  }

  /** The event descriptors that transitions of the active states have, in document order. */
  accepts(): readonly string[] {
    return this.#stepper.accepts();
  }

  /** Value of an expression of the data model, as JSON. Throws for a wrong one. */
  get(expression: string): Json | undefined {
    return this.#stepper.get(expression);
  }

  /** Sets a location: 'count', 'order.items[0].price'. */
  setData(location: string, value: unknown): this {
    return this.#act(() => this.#stepper.setData(location, value));
  }

  /** Only after opening with `start: false`. */
  start(): this {
    return this.#act(() => this.#stepper.start());
  }

  /**
   * Sends an event. Throws when the session has ended. `facts`: facts of the platform that come with it, as
   * `{ interactions: { <id>: { ... } } }` with interaction.added.
   */
  send(name: string, data?: unknown, facts?: Json): this {
    return this.#act(() => this.#stepper.send(name, data, facts));
  }

  /** Sends a request, and returns what `<ws:response>` answers. Fails when there is no answer yet. */
  request(name: string, data?: unknown): WsResponse {
    const answer = this.answerTo(this.ask(name, data));
    return answer ?? this.fail({ message: `Expected an answer to the request '${name}', got none.` });
  }

  /** Sends a request whose answer may come later. Returns its id, for `answerTo`. */
  ask(name: string, data?: unknown): string {
    return this.#run(() => this.#stepper.ask(name, data));
  }

  answerTo(requestId: string): WsResponse | undefined {
    return this.#stepper.answerTo(requestId);
  }

  /** Lets time pass for all sessions and fakes of the centre: '30s', '5m', '200ms', or a number of ms. */
  advance(time: string | number): this {
    this.#shorten(() => this.#time.advance(time));
    return this;
  }

  terminate(reason?: string): this {
    return this.#act(() => this.#stepper.terminate(reason));
  }

  /** Stores the session, and restores it as a server does after its restart. */
  restart(): this {
    return this.#act(() => this.#stepper.restart());
  }

  /** A running session that this one invoked, by the id of its invoke; 'outer/inner' is one of a child. */
  child(name: string): SteppedChild | undefined {
    return this.#stepper.child(name);
  }

  sendToChild(child: string, name: string, data?: unknown): this {
    return this.#act(() => this.#stepper.sendToChild(child, name, data));
  }

  /** Answers by hand: the oldest open fetch that fits, or the next one. A text fits a URL that contains it. */
  expectFetch(url: string | RegExp | URL, options: { readonly method?: string } = {}): FetchExpectation {
    const expectation = this.#run(() => this.#stepper.expectFetch(url, options));
    return { reply: (reply: FetchReply) => void this.#run(() => expectation.reply(reply)) };
  }

  /** The same for a request to a module, 'queue.submit'. The element must have these attributes, at least. */
  expectModule(name: string, attributes?: Fields): ModuleExpectation {
    const expectation = this.#run(() => this.#stepper.expectModule(name, attributes));
    return {
      done: (fields) => void this.#run(() => expectation.done(fields)),
      error: (fields) => void this.#run(() => expectation.error(fields)),
      event: (event, fields, facts) => void this.#run(() => expectation.event(event, fields, facts)),
    };
  }

  /** Answers an open request by its id. Throws when no such request is open. */
  answer(requestId: string): FetchExpectation & ModuleExpectation {
    const name = this.open.find((open) => open.requestId === requestId)?.name;
    const take = (answer: (open: FetchExpectation & ModuleExpectation) => void): void =>
      this.#run(() => {
        this.#stepper.asOne(`answer ${name}`, () => {
          answer(this.#stepper.enqueueAnswer(requestId));
          this.#stepper.advance(0);
        });
      });
    return {
      reply: (reply) => take((open) => open.reply(reply)),
      done: (fields) => take((open) => open.done(fields)),
      error: (fields) => take((open) => open.error(fields)),
      event: (event, fields, facts) => take((open) => open.event(event, fields, facts)),
    };
  }

  // ---- for the clock, fakes and assertions

  moveTo(time: number): void {
    const ms = Math.max(0, time - this.#stepper.now);
    if (!this.isRunning && this.isIdle) return;
    this.#stepper.asOne('take the events of other sessions', () => this.#stepper.advance(ms));
  }

  asOne(name: string, actions: () => void): void {
    this.#stepper.asOne(name, actions);
  }

  throwFault(): void {
    const known = this.#faults.length;
    this.#readFaults();
    const fault = this.#faults.slice(known).find(({ event }) => !this.#isAllowed(event));
    if (fault === undefined) return;
    const { event, message, at } = fault;
    const place = placeText(at);
    const reason = withShortPaths(message).replace(place, '');
    this.fail({ message: `${place}The document does not handle ${event}: ${reason}` });
  }

  /** Throws a failed check of this session, with its last actions. */
  fail({ message, values }: Failure): never {
    throw tidied(new StepperAssertion(message, { actions: this.lastActions, ...(values && { values }) }));
  }

  #isAllowed(event: string): boolean {
    if (this.#allowed === true) return true;
    return this.#allowed.some((one) => event === one || event.startsWith(`${one}.`));
  }

  #readFaults(): void {
    const { lines } = this;
    this.#faults = [...this.#faults, ...faultsIn(lines, this.#seen)];
    this.#seen = lines.length;
  }

  #act(action: () => unknown): this {
    this.#run(action);
    return this;
  }

  #run<Result>(action: () => Result): Result {
    return this.#shorten(() => this.#time.run(action));
  }

  /** The failures of the stepper name files by their URLs. */
  #shorten<Result>(action: () => Result): Result {
    try {
      return action();
    } catch (error) {
      throw tidied(error);
    }
  }
}

function placeText(at: SourceLocation | undefined): string {
  return at === undefined ? '' : `${shortPath(at.file)}:${at.line}:${at.column}: `;
}

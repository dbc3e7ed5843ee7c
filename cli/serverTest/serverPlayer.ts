import type { Document } from '../../engine/interpreter/index.ts';
import { parseDelay } from '../../engine/interpreter/index.ts';
import { type Clock, defined, type Json } from '../../engine/ports/index.ts';
import {
  type Difference,
  type Expected,
  type FieldPath,
  firstDifference,
  type RequestStep,
  replyDifference,
  type ScenarioFailure,
  ScenarioFault,
  type ScenarioFile,
  type ScenarioStep,
  type SeenCourse,
  type SeenReply,
  type SendStep,
} from '../../engine/scenario/index.ts';
import { CommandFault } from '../commandFault.ts';
import type { AnswerServer } from './answerServer.ts';
import type { FetchAnswers } from './fetchAnswers.ts';
import { PlayedTime } from './playedTime.ts';
import type { ServerSession, ServerView } from './serverSession.ts';
import { isPathExpression, valueAt } from './valueAt.ts';

/** ms between two looks at the session. It has settled when several looks see the same. */
const LOOK_MS = 50;
const SAME_LOOKS = 3;
/** ms for the session to settle, and for what is expected to come. */
const PATIENCE_MS = 3_000;
/** Expectations that are about the trace, and those of them that are about the last action. */
const LAST_ACTION: readonly string[] = ['lines', 'noLines', 'notIgnored'];
const TRACED: readonly string[] = ['sequence', 'open', ...LAST_ACTION];
/** Timers that fire in one `advance`. */
const MAX_FIRED = 10_000;

export interface ServerPlayerParts {
  readonly file: ScenarioFile;
  readonly document: Document;
  readonly answers: FetchAnswers;
  readonly server: AnswerServer;
  readonly clock: Clock;
  readonly stopped: AbortSignal;
  /** Undefined: the user may debug sessions. */
  readonly whyNotDebugged: string | undefined;
  readonly start: () => Promise<ServerSession>;
}

/** Takes the steps of a scenario on a server, one after the other. */
export class ServerPlayer {
  readonly #parts: ServerPlayerParts;
  readonly #time = new PlayedTime();
  readonly #replies = new Map<string, SeenReply | undefined>();
  #session: ServerSession | undefined;
  #view: ServerView | undefined;
  /** The clock of the server is ahead of ours by this, in ms. */
  #ahead = 0;
  /** Lines before the last action. */
  #linesBefore = 0;

  constructor(parts: ServerPlayerParts) {
    this.#parts = parts;
  }

  /** Returns the first step that failed. Rejects with ScenarioFault at one that cannot be played. */
  async play(): Promise<ScenarioFailure | undefined> {
    const { steps } = this.#parts.file.scenario;
    for (const [index, step] of steps.entries()) {
      const path = ['steps', index];
      this.#parts.stopped.throwIfAborted();
      try {
        const difference = await this.#take(step, path);
        if (difference) return this.#failure([...path, ...difference.path], difference);
      } catch (error) {
        if (!(error instanceof CommandFault)) throw error;
        if (error.code === 'SERVER_UNREACHED' || error.code === 'UNAUTHORIZED') throw error;
        return this.#failure(path, { path: [], message: error.message });
      }
    }
    return undefined;
  }

  /** Ends the session, if it still runs. */
  async end(): Promise<void> {
    try {
      await this.#session?.terminate();
    } catch (error) {
      // It has ended by itself.
      if (!(error instanceof CommandFault)) throw error;
    }
  }

  async #take(step: ScenarioStep, path: FieldPath): Promise<Difference | undefined> {
    if (typeof step === 'object' && 'expect' in step) return this.#expect(step.expect, path);
    if (step === 'start') return void (await this.#start(path));
    this.#started(path);
    await this.#beginAction(path);
    if (step === 'restart') return undefined;
    if ('advance' in step) return void (await this.#advance(step.advance, path));
    if ('request' in step) return this.#acted(() => this.#request(step), path);
    if ('send' in step) return this.#acted(() => this.#send(step), path);
    if ('answer' in step) {
      const { answer } = step;
      if ('fetch' in answer) await this.#acted(async () => this.#parts.answers.give(answer), path);
      return undefined;
    }
    await this.#acted(() => this.#started(path).terminate(), path);
    return undefined;
  }

  // ---- actions

  async #start(path: FieldPath): Promise<void> {
    const { clock, start } = this.#parts;
    const from = clock.now();
    await this.#acted(async () => {
      this.#session = await start();
      const { startedAt } = await this.#session.view();
      // A session of a server with another clock started in the middle of the request.
      this.#ahead = startedAt >= from && startedAt <= clock.now() ? 0 : startedAt - (from + clock.now()) / 2;
    }, path);
  }

  async #send({ send, data }: SendStep): Promise<undefined> {
    const session = this.#session!;
    const mapped = data === undefined ? undefined : this.#parts.server.urls.value(data);
    if (this.#parts.whyNotDebugged === undefined) await session.sendAsIs(send, mapped);
    else await session.send(send, mapped);
  }

  async #request({ request, data, as = request, reply }: RequestStep): Promise<Difference | undefined> {
    const mapped = data === undefined ? undefined : this.#parts.server.urls.value(data);
    this.#replies.set(as, undefined);
    const answered = this.#session!.request(request, mapped).then((given) => {
      this.#replies.set(as, given && this.#parts.server.urls.original(given));
    });
    await Promise.race([answered, this.#pause(reply === undefined ? LOOK_MS : PATIENCE_MS)]);
    if (reply === undefined) return undefined;
    const difference = replyDifference(reply, this.#replies.get(as), request);
    return difference && { ...difference, path: ['reply', ...difference.path] };
  }

  async #advance(delay: string, path: FieldPath): Promise<void> {
    const { whyNotDebugged } = this.#parts;
    if (whyNotDebugged !== undefined) {
      throw this.#unplayable(path, `timers are fired by a debugger. ${whyNotDebugged}`);
    }
    const until = this.#time.now + parseDelay(delay)!;
    const session = this.#started(path);
    for (let fired = 0; ; fired++) {
      const key = this.#time.next(until);
      if (key === undefined) break;
      if (fired === MAX_FIRED) {
        throw this.#unplayable(path, `more than ${MAX_FIRED} timers fire in this step`);
      }
      await this.#acted(() => session.fire(key), path);
    }
    this.#time.advanceTo(until);
  }

  /** Acts, and waits until the session has settled. Looks for the timers that it has set. */
  async #acted<T>(act: () => Promise<T>, path: FieldPath): Promise<T> {
    const { clock, whyNotDebugged } = this.#parts;
    if (this.#session !== undefined) this.#requireNoEarlyTimer(path);
    const from = clock.now() + this.#ahead;
    const result = await act();
    await this.#settle();
    if (whyNotDebugged === undefined) {
      const pending = await this.#session!.timers();
      this.#time.observe(pending, { from, to: clock.now() + this.#ahead });
    }
    return result;
  }

  /** Real time passes also while the scenario's time stands still. */
  #requireNoEarlyTimer(path: FieldPath): void {
    const delay = this.#time.early(this.#parts.clock.now() + this.#ahead);
    if (delay === undefined) return;
    throw this.#unplayable(
      path,
      `a timer of ${delay} ms has fired by itself while the steps before it were taken`,
    );
  }

  async #settle(): Promise<ServerView> {
    const until = this.#parts.clock.now() + PATIENCE_MS;
    let last = '';
    for (let same = 0; ; ) {
      this.#parts.stopped.throwIfAborted();
      this.#view = await this.#session!.view();
      const seen = JSON.stringify([this.#view, this.#parts.answers.count]);
      same = seen === last ? same + 1 : 1;
      last = seen;
      if (same === SAME_LOOKS || this.#parts.clock.now() > until) return this.#view;
      await this.#pause(LOOK_MS);
    }
  }

  // ---- expectations

  /** A server may take a moment to reach the expected state. */
  async #expect(expected: Expected, path: FieldPath): Promise<Difference | undefined> {
    this.#started(path);
    this.#requireNoEarlyTimer(path);
    const until = this.#parts.clock.now() + PATIENCE_MS;
    for (;;) {
      const difference = await this.#difference(expected, path);
      if (difference === undefined || this.#parts.clock.now() > until) return difference;
      await this.#pause(LOOK_MS);
      await this.#settle();
    }
  }

  async #difference(expected: Expected, path: FieldPath): Promise<Difference | undefined> {
    const view = this.#view!;
    const values = await this.#values(expected, path);
    const { urls } = this.#parts.server;
    const difference = firstDifference(expected, {
      session: {
        configuration: new Set(view.configuration),
        status: view.status,
        stateIds: new Set(this.#parts.document.stateById.keys()),
        get: (expression) => values.get(expression),
      },
      child: () => undefined,
      replyTo: (name) => this.#replies.get(name),
      answersTo: (name) => (this.#replies.get(name) === undefined ? 0 : 1),
      course: urls.original({
        ...(await this.#course(expected, path)),
        ...defined({ reason: view.reason, donedata: view.donedata }),
      } as unknown as Json) as unknown as SeenCourse,
    });
    return difference && { ...difference, path: ['expect', ...difference.path] };
  }

  async #values(expected: Expected, path: FieldPath): Promise<ReadonlyMap<string, Json | undefined>> {
    const { urls } = this.#parts.server;
    const values = new Map<string, Json | undefined>();
    const expressions = alternativesOf(expected).flatMap(({ data = {} }) => Object.keys(data));
    for (const expression of expressions) {
      const value = isPathExpression(expression)
        ? valueAt(this.#view!.data, expression)
        : await this.#evaluated(expression, [...path, 'expect', 'data', expression]);
      values.set(expression, urls.original(value));
    }
    return values;
  }

  #evaluated(expression: string, path: FieldPath): Promise<Json | undefined> {
    const { whyNotDebugged } = this.#parts;
    if (whyNotDebugged !== undefined) {
      throw this.#unplayable(path, `a debugger evaluates this expression. ${whyNotDebugged}`);
    }
    if (this.#view!.status !== 'running') {
      throw this.#unplayable(path, 'the session has ended, and shows only names and their fields');
    }
    return this.#session!.evaluate(expression);
  }

  /** Only some expectations need the trace, or the timers that a debugger sees. */
  async #course(expected: Expected, path: FieldPath): Promise<Omit<SeenCourse, 'reason' | 'donedata'>> {
    const fields = new Set(alternativesOf(expected).flatMap((one) => Object.keys(one)));
    const timers = fields.has('timers') ? await this.#armed([...path, 'expect', 'timers']) : [];
    const field = TRACED.find((name) => fields.has(name));
    if (field === undefined) return { lines: [], lastLines: [], open: [], timers };
    const course = await this.#recordedCourse([...path, 'expect', field]);
    const lastLines = course.lines.slice(this.#linesBefore).map(({ text }) => text);
    return { ...course, lastLines, timers };
  }

  async #armed(path: FieldPath): Promise<SeenCourse['timers']> {
    const { whyNotDebugged } = this.#parts;
    if (whyNotDebugged === undefined) return this.#session!.timers();
    throw this.#unplayable(path, `a debugger sees the timers. ${whyNotDebugged}`);
  }

  async #recordedCourse(path: FieldPath): Promise<Pick<SeenCourse, 'lines' | 'open'>> {
    const course = await this.#session!.course();
    if (course !== undefined) return course;
    const { origin } = new URL(this.#parts.server.documentUrl);
    throw this.#unplayable(
      path,
      `this is in the trace of the session. Expected traces.documents of the server to have '${origin.replace(/:\d+$/, '')}*'`,
    );
  }

  // ---- others

  /** Some expectations are about the last action. */
  async #beginAction(path: FieldPath): Promise<void> {
    const { steps } = this.#parts.file.scenario;
    const fields = expectedAfter(steps, Number(path[1])).flatMap(alternativesOf).flatMap(Object.keys);
    const needsLines = fields.some((field) => LAST_ACTION.includes(field));
    if (!needsLines) return;
    const course = await this.#started(path).course();
    this.#linesBefore = course?.lines.length ?? 0;
  }

  #started(path: FieldPath): ServerSession {
    if (this.#session !== undefined) return this.#session;
    throw this.#unplayable(path, 'expected the step start before it');
  }

  #unplayable(path: FieldPath, reason: string): ScenarioFault {
    return new ScenarioFault(
      this.#parts.file.place(path),
      `This cannot be played against this server: ${reason}`,
    );
  }

  #failure(path: FieldPath, { message, expected, actual }: Difference): ScenarioFailure {
    const { file, server } = this.#parts;
    return { at: file.place(path), message: server.original(message), ...defined({ expected, actual }) };
  }

  #pause(ms: number): Promise<void> {
    const { clock } = this.#parts;
    return new Promise((resolve) => clock.at(clock.now() + ms, resolve));
  }
}

/** The expectations between a step and the next action. */
function expectedAfter(steps: readonly ScenarioStep[], index: number): readonly Expected[] {
  const expected: Expected[] = [];
  for (const step of steps.slice(index + 1)) {
    if (typeof step !== 'object' || !('expect' in step)) break;
    expected.push(step.expect);
  }
  return expected;
}

/** An expectation and its alternatives. */
function alternativesOf(expected: Expected): readonly Expected[] {
  return [expected, ...(expected.any ?? [])];
}

import type { Program } from '../../engine/interpreter/algorithm/program.ts';
import type { Effect, ModuleEffect } from '../../engine/interpreter/effects.ts';
import type { Execution, StepInput } from '../../engine/interpreter/execution.ts';
import { loadDocument } from '../../engine/interpreter/load/load.ts';
import {
  compileProgram,
  restoreExecution,
  startExecution,
} from '../../engine/interpreter/session/sessionExecution.ts';
import type { Json } from '../../engine/ports/json.ts';

/** An answer to <session:fetch>. */
export type FetchReply =
  | { readonly status: number; readonly body?: Json }
  /** A body that is not JSON. */
  | { readonly status: number; readonly text: string }
  | 'unreachable'
  /** No answer until the test calls `release`. */
  | 'hold';

export interface FetchRequest {
  readonly method: string;
  /** Path and query after the origin. */
  readonly path: string;
  readonly body: Json | undefined;
  readonly headers: Json | undefined;
}

/** The first row whose method and path match answers. A function may read the request and count. */
export type FetchRow = readonly [
  method: string,
  path: RegExp,
  reply: FetchReply | ((request: FetchRequest) => FetchReply),
];

/** The immediate result of a module element; undefined: the test delivers the result itself. */
export type ModuleRow = readonly [
  name: string,
  results: (effect: ModuleEffect) => readonly { name: string; data: Json; facts?: Json }[],
];

export interface DriverOptions {
  readonly src: URL;
  readonly params?: { readonly [name: string]: Json };
  readonly fetches?: readonly FetchRow[];
  readonly modules?: readonly ModuleRow[];
  /** Snapshot and restore the session after every step. */
  readonly restoreAlways?: boolean;
}

export interface Reply {
  readonly positive: boolean;
  readonly code?: string;
  readonly body: Json;
}

const MAX_STEPS_PER_SETTLE = 1000;
const programs = new Map<string, Promise<Program>>();

/** The compiled document; the same file is compiled once for all tests. */
export function programOf(src: URL): Promise<Program> {
  const known = programs.get(src.href);
  if (known) return known;
  const program = loadDocument(src).then(compileProgram);
  programs.set(src.href, program);
  return program;
}

/**
 * Drives one document without a host, in virtual time. Performs the effects of the session from tables, and
 * keeps an ordered trace of them, one line each.
 */
export class DocumentDriver {
  readonly trace: string[] = [];
  readonly faults: Json[] = [];
  /** The lines logged as errors (ORS level 2), with unhandled faults. */
  readonly errors: string[] = [];
  now = Date.parse('2024-03-01T10:00:00Z');
  readonly #program: Program;
  readonly #options: DriverOptions;
  #execution: Execution;
  readonly #inputs: StepInput[] = [];
  readonly #timers = new Map<string, number>();
  readonly #replies = new Map<string, Reply>();
  readonly #held: { path: string; reply: (reply: Exclude<FetchReply, 'hold'>) => void }[] = [];
  #requests = 0;

  private constructor(program: Program, options: DriverOptions) {
    this.#program = program;
    this.#options = options;
    this.#execution = startExecution(program, {
      sessionId: 'SESSION0000000000000000000000001',
      seed: 7,
      params: options.params ?? {},
      baseUrl: 'http://orsay.test',
    });
  }

  /** A session after its first step. */
  static async open(options: DriverOptions): Promise<DocumentDriver> {
    const driver = new DocumentDriver(await programOf(options.src), options);
    driver.#inputs.push({ kind: 'start' });
    driver.#settle();
    return driver;
  }

  get status(): string {
    return this.#execution.status;
  }

  get configuration(): readonly string[] {
    return this.#execution.configuration;
  }

  get pendingTimers(): number {
    return this.#timers.size;
  }

  data(): Json {
    return this.#execution.data();
  }

  /** An event that needs no answer. */
  event(name: string, data?: Json, facts?: Json): void {
    this.#inputs.push({ kind: 'event', event: eventOf({ name, data, facts }) });
    this.#settle();
  }

  /**
   * A synchronous request. Returns the answer; undefined if the session has not answered yet. `later(id)`
   * returns it later.
   */
  request(name: string, data: Json = {}): Reply | undefined {
    return this.later(this.ask(name, data));
  }

  /** Sends a request and returns its id. */
  ask(name: string, data: Json = {}): string {
    this.#requests += 1;
    const id = `request-${this.#requests}`;
    this.#inputs.push({ kind: 'event', event: { name, data, sendid: id } });
    this.#settle();
    return id;
  }

  later(id: string): Reply | undefined {
    return this.#replies.get(id);
  }

  /** Advances the time: timers fire in the order of their due times. */
  advance(seconds: number): void {
    const end = this.now + seconds * 1000;
    for (;;) {
      const next = [...this.#timers].sort((a, b) => a[1] - b[1])[0];
      if (!next || next[1] > end) break;
      this.#timers.delete(next[0]);
      this.now = Math.max(this.now, next[1]);
      this.#inputs.push({ kind: 'timer', key: next[0] });
      this.#settle();
    }
    this.now = end;
  }

  /** Answers the oldest held fetch whose path matches. */
  release(path: RegExp, reply: Exclude<FetchReply, 'hold'>): void {
    const index = this.#held.findIndex((held) => path.test(held.path));
    const held = this.#held[index];
    if (!held) throw new Error(`no fetch of ${path} is on hold, only ${JSON.stringify(this.#held)}`);
    this.#held.splice(index, 1);
    held.reply(reply);
    this.#settle();
  }

  terminate(reason: string): void {
    this.#inputs.push({ kind: 'terminate', reason });
    this.#settle();
  }

  #settle(): void {
    for (let steps = 0; this.#inputs.length > 0; steps++) {
      if (steps > MAX_STEPS_PER_SETTLE) throw new Error('the session does not become stable');
      const input = this.#inputs.shift() as StepInput;
      const outcome = this.#execution.step(input, {
        now: this.now,
        onRecord: (record) => {
          if (record.kind === 'exec_error') this.faults.push(record as Json);
        },
      });
      if (outcome.more) this.#inputs.unshift({ kind: 'continue' });
      for (const effect of outcome.effects) this.#perform(effect);
      if (this.#options.restoreAlways && outcome.status === 'running') this.#restore();
    }
  }

  #restore(): void {
    const text = JSON.stringify(this.#execution.snapshot());
    this.#execution = restoreExecution(this.#program, JSON.parse(text));
  }

  #perform(effect: Effect): void {
    switch (effect.kind) {
      case 'arm':
        this.#timers.set(effect.key, effect.dueAt);
        return;
      case 'disarm':
        this.#timers.delete(effect.key);
        return;
      case 'respond': {
        const code = effect.resultCode;
        const reply = { positive: effect.positive, ...(code !== undefined && { code }), body: effect.body };
        if (this.#replies.has(effect.requestId)) throw new Error(`${effect.requestId} was answered twice`);
        this.#replies.set(effect.requestId, reply);
        this.trace.push(`answer ${effect.requestId}${effect.positive ? '' : ` refused ${code}`}`);
        return;
      }
      case 'module':
        if (effect.module === 'session' && effect.action === 'fetch') this.#fetch(effect);
        else this.#module(effect);
        return;
      case 'log':
        if (effect.level === '2') this.errors.push(`${effect.label} ${effect.text}`);
        return;
      default:
        this.trace.push(`${effect.kind} ${JSON.stringify(effect)}`);
    }
  }

  #fetch(effect: ModuleEffect): void {
    const url = new URL(String(effect.attributes.srcexpr));
    const request: FetchRequest = {
      method: String(effect.attributes.method).toUpperCase(),
      path: url.pathname + url.search,
      body: effect.content,
      headers: effect.attributes.headers,
    };
    const body = request.body === undefined ? '' : ` ${JSON.stringify(request.body)}`;
    this.trace.push(`${request.method} ${request.path}${body}`);
    const row = this.#options.fetches?.find(
      ([method, path]) => method === request.method && path.test(request.path),
    );
    if (!row) throw new Error(`no row answers ${request.method} ${request.path}`);
    const reply = typeof row[2] === 'function' ? row[2](request) : row[2];
    const deliver = (given: Exclude<FetchReply, 'hold'>): void => {
      this.#inputs.push({ kind: 'event', event: fetchResult(effect.requestId, given) });
    };
    if (reply === 'hold') this.#held.push({ path: request.path, reply: deliver });
    else deliver(reply);
  }

  #module(effect: ModuleEffect): void {
    const name = `${effect.module}.${effect.action}`;
    const { requestid: _generated, ...attributes } = effect.attributes;
    const children = effect.children.length > 0 ? ` ${JSON.stringify(effect.children)}` : '';
    this.trace.push(`${name} ${JSON.stringify(attributes)}${children}`);
    const row = this.#options.modules?.find((candidate) => candidate[0] === name);
    if (!row) throw new Error(`no row performs ${name}`);
    for (const result of row[1](effect)) {
      this.#inputs.push({
        kind: 'event',
        event: eventOf({
          ...result,
          data: { requestid: effect.requestId, ...(result.data as { [key: string]: Json }) },
        }),
      });
    }
  }
}

type ExternalEvent = Extract<StepInput, { kind: 'event' }>['event'];

function eventOf(given: { name: string; data: Json | undefined; facts?: Json | undefined }): ExternalEvent {
  const { name, data, facts } = given;
  return { name, ...(data !== undefined && { data }), ...(facts !== undefined && { facts }) };
}

/** ors-dialect 2.8: done carries the body as text; an error its code. */
function contentOf(reply: Exclude<FetchReply, string>): string {
  if ('text' in reply) return reply.text;
  return reply.body === undefined ? '' : JSON.stringify(reply.body);
}

function fetchResult(requestId: string, reply: Exclude<FetchReply, 'hold'>): ExternalEvent {
  if (reply === 'unreachable') {
    const data = { requestid: requestId, error: 'http.unreachable', description: 'connection refused' };
    return { name: 'error.session.fetch', data };
  }
  if (reply.status >= 300) {
    const data = {
      requestid: requestId,
      error: `http.${reply.status}`,
      description: `status ${reply.status}`,
    };
    return { name: 'error.session.fetch', data };
  }
  const content = contentOf(reply);
  return { name: 'session.fetch.done', data: { requestid: requestId, content, hints: {} } };
}

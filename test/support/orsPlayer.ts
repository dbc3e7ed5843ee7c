import type { Document } from '../../engine/interpreter/document/model.ts';
import type { ModuleEffect, RespondEffect } from '../../engine/interpreter/effects.ts';
import type { ScxmlEvent } from '../../engine/interpreter/event.ts';
import type { Execution, StepInput, StepRecord } from '../../engine/interpreter/execution.ts';
import { compileProgram, startExecution } from '../../engine/interpreter/session/sessionExecution.ts';
import type { Json } from '../../engine/ports/json.ts';

/** A Monday, 2024-01-01 11:00 in Paris. */
export const MONDAY_MORNING = Date.UTC(2024, 0, 1, 10);

type PlayedEvent = string | (Omit<ScxmlEvent, 'type'> & { readonly data?: Json });

/** Controls one session: its time, its events, and the answers of modules. */
export class OrsPlayer {
  /** `event x`, `enter x`, `exit x`, `do module:element`, `answer id`, `log text`, `error x`, in order. */
  trace: string[] = [];
  readonly modules: ModuleEffect[] = [];
  readonly responses: RespondEffect[] = [];
  readonly execution: Execution;
  readonly #timers = new Map<string, number>();
  #now: number;

  constructor(
    document: Document,
    options: { params?: { readonly [name: string]: Json }; now?: number; withLogs?: boolean } = {},
  ) {
    this.#now = options.now ?? MONDAY_MORNING;
    this.execution = startExecution(compileProgram(document), {
      sessionId: 'SESSION',
      seed: 1,
      params: options.params ?? {},
      baseUrl: 'http://ors.test',
    });
    this.#withLogs = options.withLogs ?? false;
    this.#step({ kind: 'start' });
  }

  readonly #withLogs: boolean;

  get states(): readonly string[] {
    return this.execution.configuration;
  }

  get donedata(): Json | undefined {
    return this.#donedata;
  }

  #donedata: Json | undefined;

  send(event: PlayedEvent): void {
    this.#step({ kind: 'event', event: typeof event === 'string' ? { name: event } : event });
  }

  /** The event that answers the last element that the session performed. */
  answer(name: string, data: { readonly [name: string]: Json } = {}): void {
    const { requestId, attributes } = this.modules.at(-1)!;
    const requestid = typeof attributes.requestid === 'string' ? attributes.requestid : requestId;
    this.send({ name, data: { requestid, ...data } });
  }

  advance(ms: number): void {
    const until = this.#now + ms;
    for (;;) {
      const [next] = [...this.#timers].filter(([, dueAt]) => dueAt <= until).sort((a, b) => a[1] - b[1]);
      if (!next) break;
      this.#timers.delete(next[0]);
      this.#now = next[1];
      this.#step({ kind: 'timer', key: next[0] });
    }
    this.#now = until;
  }

  /** The trace since the last call. */
  takeTrace(): string[] {
    const { trace } = this;
    this.trace = [];
    return trace;
  }

  #step(input: StepInput): void {
    const outcome = this.execution.step(input, {
      now: this.#now,
      onRecord: (record) => this.#record(record),
      reaches: (id) => id === 'SESSION',
    });
    if (outcome.donedata !== undefined) this.#donedata = outcome.donedata;
    for (const effect of outcome.effects) {
      if (effect.kind === 'arm') this.#timers.set(effect.key, effect.dueAt);
      if (effect.kind === 'disarm') this.#timers.delete(effect.key);
      if (effect.kind === 'module') this.modules.push(effect);
      if (effect.kind === 'respond') this.responses.push(effect);
    }
    if (outcome.more) this.#step({ kind: 'continue' });
  }

  #record(record: StepRecord): void {
    const line = this.#lineOf(record);
    if (line !== undefined) this.trace.push(line);
  }

  #lineOf(record: StepRecord): string | undefined {
    switch (record.kind) {
      case 'state_enter':
        return `enter ${record.name}`;
      case 'state_exit':
        return `exit ${record.name}`;
      case 'event_processed':
        return `event ${record.name}`;
      case 'exec_error':
        return `error ${record.event}`;
      case 'log':
        return this.#withLogs ? `log ${record.text}` : undefined;
      case 'effect': {
        const effect = record.effect as unknown as ModuleEffect;
        return effect.kind === 'module' ? `do ${effect.module}:${effect.action}` : undefined;
      }
      default:
        return undefined;
    }
  }
}

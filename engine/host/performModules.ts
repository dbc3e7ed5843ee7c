import { Postponed, StoreError, type TaskInfo } from '../durable/index.ts';
import { type ModuleEffect, moduleError, unsupportedElement } from '../interpreter/index.ts';
import type { Log } from '../ports/index.ts';
import type { EventDelivery } from './eventDelivery.ts';
import { type CountDeps, countEvent } from './lineages.ts';
import type { ModuleEvent, PerformModule } from './sessions.ts';
import type { SessionTaskPayloads } from './sessionTasks.ts';

/** Attempts of a performer that rejects, before the document gets an error event. */
export const MAX_PERFORM_ATTEMPTS = 8;

interface ModuleDeps extends CountDeps {
  readonly delivery: EventDelivery;
  readonly log: Log;
}

/** The performers of module elements, by 'module.action' or 'module.*'. */
export class ModulePerformers {
  readonly #deps: ModuleDeps;
  readonly #delivery: EventDelivery;
  readonly #log: Log;
  readonly #performers = new Map<string, PerformModule>();

  constructor(deps: ModuleDeps) {
    this.#deps = deps;
    this.#delivery = deps.delivery;
    this.#log = deps.log;
  }

  /** See Sessions.onModule. */
  register(name: string, perform: PerformModule): void {
    if (!/^[^.]+\.[^.]+$/.test(name)) {
      throw new TypeError(`Expected 'module.action' or 'module.*', got '${name}'.`);
    }
    if (this.#performers.has(name)) throw new Error(`'${name}' has a performer already.`);
    this.#performers.set(name, perform);
  }

  /**
   * Performs one element and delivers its result events, each once. An element that has no performer, or
   * whose last attempt failed, gets `error.<module>.<action>` (ors-dialect 2.6).
   */
  async perform(payload: SessionTaskPayloads['session.module'], task: TaskInfo): Promise<void> {
    const { sessionId, effect } = payload;
    const events = await this.#resultOf(payload, task);
    for (const [index, event] of events.entries()) {
      await this.#delivery.offer(sessionId, { ...event, id: `module:${effect.key}:${index}` });
    }
  }

  async #resultOf(
    { sessionId, effect }: SessionTaskPayloads['session.module'],
    task: TaskInfo,
  ): Promise<readonly ModuleEvent[]> {
    const { module, action, requestId } = effect;
    countEvent(sessionId, this.#deps);
    const perform = this.#performerOf(effect);
    if (perform === undefined) {
      this.#log.warn({ sessionId, module, action }, 'No part performs this element.');
      return [unsupportedElement(effect)];
    }
    try {
      return await perform({ ...effect, sessionId });
    } catch (error) {
      const isNoAttempt = error instanceof StoreError || error instanceof Postponed;
      if (isNoAttempt || task.attempt < MAX_PERFORM_ATTEMPTS) throw error;
      const fields = { sessionId, module, action, requestId, err: error };
      this.#log.error(fields, 'A module element failed in its last attempt.');
      return [moduleError(effect, 'failed', error instanceof Error ? error.message : String(error))];
    }
  }

  #performerOf({ module, action }: ModuleEffect): PerformModule | undefined {
    return this.#performers.get(`${module}.${action}`) ?? this.#performers.get(`${module}.*`);
  }
}

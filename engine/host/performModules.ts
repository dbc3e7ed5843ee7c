import { StoreError, type TaskInfo } from '../durable/index.ts';
import { type ModuleEffect, moduleError, unsupportedElement } from '../interpreter/index.ts';
import type { Log } from '../ports/index.ts';
import type { Deliver } from './deliver.ts';
import type { ModuleEvent, PerformModule } from './sessions.ts';
import type { SessionTaskPayloads } from './sessionTasks.ts';

/** Tries of a performer that rejects, before the document is told. */
export const MAX_PERFORM_ATTEMPTS = 8;

/** The parts of the platform that perform module elements, by 'module.action' or 'module.*'. */
export interface Modules {
  register(name: string, perform: PerformModule): void;
  /**
   * Performs one element and delivers its result events, each once. An element that nobody performs, or that
   * failed for the last time, gets `error.<module>.<action>` (ors-dialect 2.6).
   */
  perform(payload: SessionTaskPayloads['session.module'], task: TaskInfo): Promise<void>;
}

export function createModules(deps: { readonly deliver: Deliver; readonly log: Log }): Modules {
  const { deliver, log } = deps;
  const performers = new Map<string, PerformModule>();

  function performerOf({ module, action }: ModuleEffect): PerformModule | undefined {
    return performers.get(`${module}.${action}`) ?? performers.get(`${module}.*`);
  }

  async function resultOf(
    { sessionId, effect }: SessionTaskPayloads['session.module'],
    task: TaskInfo,
  ): Promise<readonly ModuleEvent[]> {
    const { module, action, requestId } = effect;
    const perform = performerOf(effect);
    if (perform === undefined) {
      log.warn({ sessionId, module, action }, 'Nobody performs this element.');
      return [unsupportedElement(effect)];
    }
    try {
      return await perform({ ...effect, sessionId });
    } catch (error) {
      if (isStoreUnavailable(error) || task.attempt < MAX_PERFORM_ATTEMPTS) throw error;
      log.error({ sessionId, module, action, requestId, err: error }, 'A module element failed for good.');
      return [moduleError(effect, 'failed', error instanceof Error ? error.message : String(error))];
    }
  }

  return {
    register(name, perform) {
      if (!/^[^.]+\.[^.]+$/.test(name)) {
        throw new TypeError(`Expected 'module.action' or 'module.*', got '${name}'.`);
      }
      if (performers.has(name)) throw new Error(`'${name}' has a performer already.`);
      performers.set(name, perform);
    },

    async perform(payload, task) {
      const { sessionId, effect } = payload;
      const events = await resultOf(payload, task);
      for (const [index, event] of events.entries()) {
        await deliver.offer(sessionId, { ...event, id: `module:${effect.key}:${index}` });
      }
    },
  };
}

function isStoreUnavailable(error: unknown): boolean {
  return error instanceof StoreError;
}

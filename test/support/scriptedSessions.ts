import type { Batch } from '../../engine/durable/durable.ts';
import { HostError } from '../../engine/host/hostError.ts';
import type { SessionEnd, Sessions } from '../../engine/host/sessions.ts';
import { asId } from './ids.ts';

/** Sessions that the test controls. */
export class ScriptedSessions {
  readonly calls: unknown[][] = [];
  readonly running = new Set<string>();
  readonly listeners: ((end: SessionEnd) => Batch)[] = [];
  startFails: Error | undefined;
  startHangs = false;
  requestFails: Error | undefined;

  as(): Sessions {
    return {
      start: async ({ id = asId(''), src }) => {
        this.calls.push(['start', src]);
        if (this.startHangs) return new Promise(() => {});
        if (this.startFails) throw this.startFails;
        this.running.add(id);
        return { sessionId: id };
      },
      request: async (_sessionId, { name, id }) => {
        this.calls.push(['request', name, id?.split('.')[0]]);
        if (this.requestFails) throw this.requestFails;
        return { positive: true, body: { said: name } };
      },
      terminate: async (sessionId, reason) => {
        this.calls.push(['terminate', reason]);
        if (!this.running.delete(sessionId)) throw new HostError('SESSION_NOT_FOUND', sessionId);
      },
      exists: async (sessionId) => this.running.has(sessionId),
      query: async () => undefined,
      eventBatch: (_sessionId, event) => {
        this.calls.push(['event', event.name]);
        return {};
      },
      onEnded: (listener) => {
        this.listeners.push(listener);
      },
      publish: async () => {},
      list: async () => [],
      onModule: () => {},
    };
  }
}

import type { Log } from '../../engine/ports/index.ts';
import type { ComposedEngine } from './composeEngine.ts';
import type { Parts } from './composeParts.ts';
import type { ConfigWatch } from './configWatch.ts';
import type { Front } from './front.ts';
import type { Listener } from './httpServer.ts';

interface LifecycleDeps {
  readonly log: Log;
  /** Undefined: the configuration is in no file. */
  readonly watch: ConfigWatch | undefined;
  readonly front: Pick<Front, 'names' | 'listenOn' | 'close'>;
  /** Records the present URL of the server, and returns its earlier ones. */
  readonly formerUrls: (present: string) => readonly string[];
  readonly parts: Pick<Parts, 'durable' | 'routing' | 'services' | 'bayeux'>;
  /** Gives agents the settings of the configuration. */
  readonly configureAgents: () => Promise<void>;
  readonly engine: ComposedEngine;
  /** Aborted by close(). */
  readonly stopping: AbortController;
}

/** Starts and stops the server. */
export class Lifecycle {
  readonly #deps: LifecycleDeps;
  #hasStartedTasks = false;

  constructor(deps: LifecycleDeps) {
    this.#deps = deps;
  }

  startTasks(): void {
    if (this.#hasStartedTasks) return;
    this.#hasStartedTasks = true;
    const { parts, front, formerUrls, watch, log } = this.#deps;
    const { own, base } = front.names;
    const { durable, routing, services } = parts;
    for (const url of formerUrls(base.get())) own.addFormer(url);
    durable.start();
    void services
      .start()
      .catch((err) => log.error({ err }, 'The lists that pause services are not watched.'));
    void durable.adopt().catch((err) => log.error({ err }, 'The history of statistics did not begin.'));
    void this.#deps
      .configureAgents()
      .catch((err) => log.error({ err }, 'The agents of the configuration were not changed.'));
    void routing.readAhead();
    watch?.start();
  }

  async listenOn(listeners: readonly Listener[]): Promise<readonly string[]> {
    const urls = await this.#deps.front.listenOn(listeners);
    this.startTasks();
    return urls;
  }

  async close(): Promise<void> {
    const { parts, front, engine, stopping, watch } = this.#deps;
    stopping.abort();
    watch?.stop();
    parts.bayeux.close();
    await front.close();
    await parts.durable.stop();
    engine.close();
  }
}

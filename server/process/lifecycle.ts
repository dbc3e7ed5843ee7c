import type { Log } from '../../engine/ports/index.ts';
import type { ServerNames } from '../access/index.ts';
import type { ComposedEngine } from './composeEngine.ts';
import type { Parts } from './composeParts.ts';
import type { ConfigWatch } from './configWatch.ts';
import { type HttpServer, type Listener, urlOf } from './httpServer.ts';

interface LifecycleDeps {
  readonly log: Log;
  /** Undefined: the configuration is in no file. */
  readonly watch: ConfigWatch | undefined;
  readonly serverOf: (listener: Listener) => HttpServer;
  readonly own: ServerNames;
  readonly base: BaseUrl;
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
  readonly #servers: HttpServer[] = [];
  #hasStartedTasks = false;

  constructor(deps: LifecycleDeps) {
    this.#deps = deps;
  }

  startTasks(): void {
    if (this.#hasStartedTasks) return;
    this.#hasStartedTasks = true;
    const { parts, own, base, formerUrls, watch, log } = this.#deps;
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

  /** The first listener is the URL of the server, unless one is configured. */
  async listenOn(listeners: readonly Listener[]): Promise<readonly string[]> {
    const urls: string[] = [];
    for (const listener of listeners) {
      const server = this.#deps.serverOf(listener);
      this.#servers.push(server);
      const socket = await server.listen();
      this.#deps.own.addListener(socket, listener.address);
      urls.push(urlOf(socket));
      this.#deps.base.settle(urls[0]!);
    }
    this.startTasks();
    return urls;
  }

  async close(): Promise<void> {
    const { parts, engine, stopping, watch } = this.#deps;
    stopping.abort();
    watch?.stop();
    parts.bayeux.close();
    await Promise.all(this.#servers.map((server) => server.close()));
    await parts.durable.stop();
    engine.close();
  }
}

/** The URL of the server: configured, or known as soon as the server listens. */
export class BaseUrl {
  #url: string | undefined;

  constructor(configured: string | undefined) {
    this.#url = configured?.replace(/\/+$/, '');
  }

  get isKnown(): boolean {
    return this.#url !== undefined;
  }

  /** Sets the URL, unless one is configured. */
  settle(url: string): void {
    this.#url ??= url;
  }

  get(): string {
    if (this.#url === undefined) throw new Error('The URL of the server is not known before it listens.');
    return this.#url;
  }
}

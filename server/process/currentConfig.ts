import type { Config } from './config.ts';

/** The sections that change while the server runs. The others count from the next start. */
export const LIVE_SECTIONS = [
  'services',
  'patterns',
  'lists',
  'users',
  'administrator',
  'desktop',
  'push',
  'chat',
  'traces',
  'openMedia',
] as const;

/**
 * The configuration that counts now. Parts that read a live section ask this object for each use, and keep no
 * section for later.
 */
export class CurrentConfig {
  #config: Config;

  constructor(config: Config) {
    this.#config = config;
  }

  get whole(): Config {
    return this.#config;
  }

  /** Options of a configured service. */
  service(name: string): Config['services'][string] | undefined {
    const { services } = this.#config;
    return Object.hasOwn(services, name) ? services[name] : undefined;
  }

  /** A list of the section `lists`. */
  list(name: string): NonNullable<Config['lists']>[string] | undefined {
    const { lists } = this.#config;
    return lists !== undefined && Object.hasOwn(lists, name) ? lists[name] : undefined;
  }

  replace(config: Config): void {
    this.#config = config;
  }
}

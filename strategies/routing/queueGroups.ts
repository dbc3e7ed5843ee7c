import { RoutingError } from './errors.ts';

/** Target type of a group of queues. urs-routing 1, 2. */
const GROUP = /^(?<name>.*?)(?:@[^@]*)?\.GQ$/;

/** The groups of queues of the configuration. */
export class QueueGroups {
  readonly #groups: ReadonlyMap<string, readonly string[]>;

  constructor(groups: Readonly<Record<string, readonly string[]>> = {}) {
    this.#groups = new Map(Object.entries(groups));
  }

  /**
   * The queues of a name: itself, or those of the group that it names. Throws RoutingError
   * ROUTING_REQUEST_INVALID for an unknown group.
   */
  queuesOf(name: string): readonly string[] {
    const group = GROUP.exec(name)?.groups?.name;
    if (group === undefined) return [name];
    const queues = this.#groups.get(group);
    if (queues !== undefined) return queues;
    throw new RoutingError(
      'ROUTING_REQUEST_INVALID',
      `Expected the group of queues '${group}' to be in routing.queueGroups, got '${name}'.`,
    );
  }
}

/** True for the name of a group of queues, which no call can enter. */
export function isQueueGroup(name: string): boolean {
  return GROUP.test(name);
}

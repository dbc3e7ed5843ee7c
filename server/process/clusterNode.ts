import { resolve } from 'node:path';
import {
  CellDirectory,
  type CellStandby,
  followCell,
  type OwnedCell,
} from '../../engine/durable/postgres/index.ts';
import { defined, type Log, steadyClock, systemClock } from '../../engine/ports/index.ts';
import {
  CellsOfRequests,
  ClusterCells,
  type ConfiguredCells,
  Forwarder,
  forwardRequests,
  type NodeCell,
  NodeIdentity,
  receiveForwarded,
  repeatableRequests,
} from '../cluster/index.ts';
import { API_DESCRIPTIONS } from './apiDescriptions.ts';
import { checkNodeAddress } from './checkNodeAddress.ts';
import type { ClusterSide } from './compose.ts';
import type { Config } from './config.ts';
import type { CellSettings } from './environment.ts';
import { followerHandler } from './followerApp.ts';
import type { Front } from './front.ts';
import type { Settings } from './settings.ts';

/** How often an owner looks whether an administrator moves its cell, in ms. */
const WISH_MS = 500;

export interface ClusterNodeDeps {
  readonly cell: CellSettings;
  readonly settings: Settings;
  readonly front: Front;
  readonly log: Log;
}

/**
 * This process as a node of the database. It listens from the start; while it follows its cell, it sends the
 * requests to the owner.
 */
export class ClusterNode {
  readonly #deps: ClusterNodeDeps;
  readonly #standby: CellStandby;
  readonly #directory: CellDirectory;
  readonly #forwarder = new Forwarder();
  readonly #cells: ClusterCells;
  /** For the server of the owner, and for the follower. */
  readonly side: Pick<ClusterSide, 'receive' | 'forward' | 'state'>;
  readonly #address: string;
  #owned: OwnedCell | undefined;
  #config: () => Config;
  #isServing = false;
  #cancelWishes: () => void = () => {};

  private constructor(
    deps: ClusterNodeDeps,
    parts: {
      readonly standby: CellStandby;
      readonly directory: CellDirectory;
      readonly identity: NodeIdentity;
      /** Where the other nodes reach this one. */
      readonly address: string;
      readonly localUrl: string;
    },
  ) {
    const { cell, front, log } = deps;
    this.#deps = deps;
    this.#config = () => deps.settings.config;
    this.#standby = parts.standby;
    this.#directory = parts.directory;
    this.#cells = new ClusterCells({
      // A node need not reach itself by its address.
      read: async () =>
        (await parts.directory.places()).map((place) =>
          place.owner === cell.node && place.cell === cell.name
            ? { ...place, address: parts.localUrl }
            : place,
        ),
      clock: steadyClock,
      log,
    });
    const { identity } = parts;
    this.#address = parts.address;
    const cellsOf = new CellsOfRequests({
      apis: API_DESCRIPTIONS,
      own: cell.name,
      configured: configuredCells(() => this.#config()),
    });
    this.side = {
      state: () => this.#state(),
      receive: receiveForwarded({ identity, trust: (socket) => front.limits.trust(socket) }),
      forward: forwardRequests({
        own: cell.name,
        cellOf: (request) => cellsOf.cellOf(request),
        has: (name) => name === cell.name && this.#isServing,
        isRepeatable: repeatableRequests(API_DESCRIPTIONS),
        cells: this.#cells,
        identity,
        forwarder: this.#forwarder,
        clock: steadyClock,
        log,
      }),
    };
  }

  /** Listens, and begins to follow the cell. Rejects as followCell(), or with a message for the operator. */
  static async start(deps: ClusterNodeDeps): Promise<ClusterNode> {
    const { cell, settings, front, log } = deps;
    const urls = await front.listenOn(settings.listeners);
    const address = cell.address ?? urls[0]!;
    const { name, ...options } = cell;
    const { database, node } = options;
    const standby = await followCell({
      ...options,
      cell: name,
      path: resolve(settings.dataDir, 'cells'),
      address,
      log,
    });
    const directory = new CellDirectory({ database, node });
    try {
      const identity = new NodeIdentity({ node, secret: await directory.secret(), clock: systemClock });
      const localUrl = urls[0]!.startsWith('http:') ? urls[0]! : address;
      const started = new ClusterNode(deps, { standby, directory, identity, address, localUrl });
      started.#follow();
      await checkNodeAddress({ address, cell, identity, log });
      return started;
    } catch (error) {
      await Promise.all([standby.close(), directory.end()]);
      throw error;
    }
  }

  /** Name of the cell. */
  get cell(): string {
    return this.#deps.cell.name;
  }

  /** Resolves when this node has the cell. Rejects as CellStandby.owned. */
  async owned(): Promise<OwnedCell> {
    this.#owned = await this.#standby.owned;
    return this.#owned;
  }

  /**
   * From now on, this node answers the requests of its cell. `config`: the configuration that counts.
   * `handOver` is called once, when an administrator wishes that another node has the cell.
   */
  serve({ config, handOver }: { readonly config: () => Config; readonly handOver: () => void }): void {
    this.#config = config;
    this.#isServing = true;
    this.#watchWishes(handOver);
  }

  /** For a node that does not serve its cell. */
  async close(): Promise<void> {
    await this.#deps.front.close();
    await this.#standby.close();
    await this.#owned?.close();
    await this.end();
  }

  /** Ends everything but the cell. */
  async end(): Promise<void> {
    this.#cancelWishes();
    this.#forwarder.close();
    await this.#directory.end();
  }

  #watchWishes(handOver: () => void): void {
    const { cell, log } = this.#deps;
    const later = (): void => {
      this.#cancelWishes = steadyClock.at(steadyClock.now() + WISH_MS, () => void look());
    };
    const look = async (): Promise<void> => {
      // While the database is away, nobody can wish anything.
      const next = await this.#directory.nextOwner(cell.name).catch(() => '');
      if (next === '' || next === cell.node) {
        later();
        return;
      }
      log.info({ cell: cell.name, next }, 'An administrator hands the cell to another node.');
      handOver();
    };
    later();
  }

  #follow(): void {
    const { front, settings, log } = this.#deps;
    front.handleWith(
      followerHandler({
        config: settings.config,
        own: front.names.own,
        log,
        ...this.side,
        state: () => ({ ...this.#state(), isOffline: false }),
      }),
    );
  }

  #state(): ReturnType<ClusterSide['state']> {
    const { name, node } = this.#deps.cell;
    const owned = this.#owned;
    if (owned !== undefined && this.#isServing) {
      const { epoch: claim, head } = owned.counts;
      const cell: NodeCell = { name, node, owner: node, address: this.#address, claim, head };
      return { role: 'owner', isReady: owned.mayAnswer, cell };
    }
    const { owner, address, epoch: claim, lag } = this.#standby.state;
    const cell: NodeCell = { name, node, owner, address, claim, ...defined({ lag }) };
    return { role: 'follower', isReady: owner !== '' && owner !== node, cell };
  }
}

/** The cells that services and agents name. */
function configuredCells(config: () => Config): ConfiguredCells {
  return {
    ofService(name) {
      const { services } = config();
      return (Object.hasOwn(services, name) ? services[name]?._cell : undefined) || undefined;
    },
    ofAgent(id) {
      const { people } = config().agents;
      return Object.hasOwn(people, id) ? people[id]?.cell : undefined;
    },
  };
}

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CellCluster, type ClusterNode } from '../cellCluster.ts';
import { requirePostgres } from '../postgres.ts';
import { type ServerProcess, startOrsayProcess } from './orsayProcess.ts';

const TTL_MS = 3_000;

/** A server, or nodes of a cell, that a test kills in the middle of its work. */
export interface KilledServer {
  /** Starts it, also after kill(). Resolves with the URL at which it answers. */
  start(): Promise<string>;
  /** SIGKILL; resolves when nothing answers at the URL. */
  kill(): Promise<void>;
  /** Ends it, and removes its data. */
  close(): Promise<void>;
}

interface Settings {
  /** Contents of config.json. */
  readonly config?: object;
  readonly env?: Readonly<Record<string, string>>;
}

/** Where the work goes on after a kill: in the same data directory, or at the node that follows. */
export const KILLED_SERVERS: readonly {
  readonly name: string;
  readonly create: (context: { skip(): void }, settings?: Settings) => Promise<KilledServer>;
}[] = [
  { name: 'a server', create: (_, settings = {}) => Promise.resolve(new SingleServer(settings)) },
  {
    name: 'the owner in a cluster of two',
    async create(context, settings = {}) {
      const cluster = await CellCluster.create(await requirePostgres(context), TTL_MS);
      return new ServerOfTwo(cluster, settings);
    },
  },
];

class SingleServer implements KilledServer {
  readonly #folder = mkdtempSync(join(tmpdir(), 'orsay-killed-'));
  readonly #settings: Settings;
  #server: ServerProcess | undefined;

  constructor(settings: Settings) {
    this.#settings = settings;
    writeConfig(this.#folder, settings);
  }

  start(): Promise<string> {
    this.#server = startOrsayProcess(this.#folder, this.#settings.env);
    return this.#server.ready;
  }

  async kill(): Promise<void> {
    await this.#server?.kill();
  }

  async close(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

class ServerOfTwo implements KilledServer {
  readonly #cluster: CellCluster;
  readonly #settings: Settings;
  #killed: ClusterNode | undefined;

  constructor(cluster: CellCluster, settings: Settings) {
    this.#cluster = cluster;
    this.#settings = settings;
    for (const name of ['a', 'b']) writeConfig(cluster.folderOf(name), settings);
  }

  async start(): Promise<string> {
    const { env } = this.#settings;
    const names = this.#killed === undefined ? ['a', 'b'] : [this.#killed.name];
    for (const name of names) await this.#cluster.follows(await this.#cluster.start(name, env));
    return (await this.#cluster.owner()).url;
  }

  async kill(): Promise<void> {
    this.#killed = await this.#cluster.owner();
    await this.#killed.server.kill();
    await this.#cluster.owner({ not: this.#killed.name });
  }

  close(): Promise<void> {
    return this.#cluster.close();
  }
}

function writeConfig(folder: string, { config }: Settings): void {
  mkdirSync(folder, { recursive: true });
  if (config !== undefined) writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
}

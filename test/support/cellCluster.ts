import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ServerProcess, startOrsayProcess } from './crash/orsayProcess.ts';
import { DatabaseProxy } from './databaseProxy.ts';
import { freePort } from './freePort.ts';
import type { TestPostgres } from './postgres.ts';

/** A server of a cluster. It has the same name, folder and port when it is started again. */
export interface ClusterNode {
  readonly name: string;
  readonly url: string;
  /** Its way to the database. */
  readonly proxy: DatabaseProxy;
  readonly server: ServerProcess;
}

/** Servers with one cell, each a process with a proxy of its own before PostgreSQL. */
export class CellCluster {
  readonly postgres: TestPostgres;
  readonly database: string;
  readonly #ttlMs: number;
  readonly #folder = mkdtempSync(join(tmpdir(), 'orsay-cluster-'));
  readonly #nodes = new Map<string, ClusterNode>();

  private constructor(postgres: TestPostgres, database: string, ttlMs: number) {
    this.postgres = postgres;
    this.database = database;
    this.#ttlMs = ttlMs;
  }

  /** A cell in a database of its own. */
  static async create(postgres: TestPostgres, ttlMs: number): Promise<CellCluster> {
    return new CellCluster(postgres, await postgres.createDatabase(), ttlMs);
  }

  get nodes(): readonly ClusterNode[] {
    return [...this.#nodes.values()];
  }

  /** The data directory of a node. */
  folderOf(name: string): string {
    return join(this.#folder, name);
  }

  /** Starts a node, or starts one again that has ended. */
  async start(name: string, env: Readonly<Record<string, string>> = {}): Promise<ClusterNode> {
    const before = this.#nodes.get(name);
    const proxy = before?.proxy ?? (await DatabaseProxy.start(this.postgres));
    const port = before === undefined ? await freePort() : Number(new URL(before.url).port);
    const server = startOrsayProcess(this.folderOf(name), {
      PORT: String(port),
      ORSAY_CELL_DATABASE: proxy.through(this.database),
      ORSAY_CELL_NODE: name,
      ORSAY_CELL_TTL_MS: String(this.#ttlMs),
      ...env,
    });
    const node = { name, url: `http://127.0.0.1:${port}`, proxy, server };
    this.#nodes.set(name, node);
    return node;
  }

  /** The name of the node that has the cell; '' when none has, also before the cell is made. */
  async ownerName(): Promise<string> {
    const isMade = await this.postgres.query<{ made: boolean }>(
      "SELECT to_regclass('orsay.cells') IS NOT NULL AS made",
      this.database,
    );
    if (!isMade[0]!.made) return '';
    const rows = await this.postgres.query<{ owner: string }>('SELECT owner FROM orsay.cells', this.database);
    return rows[0]?.owner ?? '';
  }

  /** The node that has the cell and answers; waits until one does. Another than `not`, if given. */
  async owner({ not }: { readonly not?: string } = {}): Promise<ClusterNode> {
    for (;;) {
      const name = await this.ownerName();
      const node = name === not ? undefined : this.#nodes.get(name);
      if (node !== undefined && (await answers(node.url))) return node;
      await passed(20);
    }
  }

  /** Waits until a node that was started follows the cell. */
  async follows({ name, server }: ClusterNode): Promise<void> {
    let ended = false;
    void server.ended.then(() => {
      ended = true;
    });
    while (!ended) {
      const seen = await this.postgres.query(
        `SELECT 1 FROM pg_stat_activity
          WHERE application_name = 'orsay ${name} main' AND datname = current_database()`,
        this.database,
      );
      if (seen.length > 0) return;
      await passed(50);
    }
    throw new Error(`The node '${name}' ended: ${(await server.ended).output}`);
  }

  async close(): Promise<void> {
    await Promise.all(this.nodes.map(({ server }) => server.kill()));
    await Promise.all(this.nodes.map(({ proxy }) => proxy.close()));
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    // A connection that is kept would be closed by the server when the next request comes late.
    const headers = { connection: 'close' };
    const signal = AbortSignal.timeout(5_000);
    const response = await fetch(`${url}/agent/1/agents/nobody`, { headers, signal });
    await response.arrayBuffer();
    return response.status < 500;
  } catch {
    return false;
  }
}

/** Real time: the servers are processes. */
export function passed(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

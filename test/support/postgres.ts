import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, existsSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, type QueryResultRow } from 'pg';
import { freePort } from './freePort.ts';

/** Where Debian puts the versions of PostgreSQL. */
const VERSIONS = '/usr/lib/postgresql';
/** PostgreSQL refuses to run as root. */
const USER = 'postgres';

/** A line that says why tests with PostgreSQL are skipped; undefined where they can run. */
const postgresMissing: string | undefined = missing();

function missing(): string | undefined {
  if (programs() === undefined) return `no PostgreSQL below ${VERSIONS} (Debian package postgresql)`;
  if (process.getuid?.() !== 0) return undefined;
  try {
    execFileSync('setpriv', [...asUser(), 'true'], { stdio: 'ignore' });
    return undefined;
  } catch {
    return `PostgreSQL does not run as root, and setpriv cannot become the user ${USER}`;
  }
}

/** The folder with the programs of the latest version. */
function programs(): string | undefined {
  if (!existsSync(VERSIONS)) return undefined;
  const [latest] = readdirSync(VERSIONS).sort((a, b) => Number(b) - Number(a));
  const folder = join(VERSIONS, latest ?? '', 'bin');
  return existsSync(join(folder, 'initdb')) ? folder : undefined;
}

function asUser(): readonly string[] {
  return [`--reuid=${USER}`, `--regid=${USER}`, '--clear-groups'];
}

/** A server of PostgreSQL on loopback, with data of its own. */
export class TestPostgres {
  readonly port: number;
  readonly #folder: string;
  readonly #settings: Readonly<Record<string, string>>;
  #server: ChildProcess | undefined;
  #names = 0;

  private constructor(folder: string, port: number, settings: Readonly<Record<string, string>>) {
    this.#folder = folder;
    this.port = port;
    this.#settings = settings;
  }

  /** `settings`: of postgresql.conf, besides its defaults. */
  static async start(settings: Readonly<Record<string, string>> = {}): Promise<TestPostgres> {
    const folder = makeFolder();
    const data = join(folder, 'data');
    const passwords = ['--auth=trust', '--username=postgres', '--no-instructions', '--no-sync'];
    run('initdb', ['-D', data, '-E', 'UTF8', '--locale=C', ...passwords]);
    const started = new TestPostgres(folder, await freePort(), settings);
    await started.restart();
    return started;
  }

  /** A server that gets everything that this one writes. `name`: for synchronous_standby_names. */
  async replica(name: string): Promise<TestPostgres> {
    const folder = makeFolder();
    const source = `host=127.0.0.1 port=${this.port} user=postgres application_name=${name}`;
    const options = ['--write-recovery-conf', '--checkpoint=fast', '--no-sync'];
    run('pg_basebackup', ['-D', join(folder, 'data'), '-d', source, ...options]);
    const started = new TestPostgres(folder, await freePort(), {});
    await started.restart();
    return started;
  }

  /** For a replica: resolves when it takes writes. */
  async promote(): Promise<void> {
    await this.query('SELECT pg_promote()');
  }

  /** Resolves when this replica has everything that the primary has written. */
  async has(primary: TestPostgres): Promise<void> {
    const [written] = await primary.query<{ position: string }>('SELECT pg_current_wal_lsn() AS position');
    for (;;) {
      const [seen] = await this.query<{ has: boolean }>(
        `SELECT pg_last_wal_replay_lsn() >= '${written!.position}' AS has`,
      );
      if (seen!.has) return;
      await new Promise((done) => setTimeout(done, 20));
    }
  }

  /** Starts it again after kill(). */
  async restart(): Promise<void> {
    const settings = {
      port: String(this.port),
      listen_addresses: '127.0.0.1',
      unix_socket_directories: '',
      ...this.#settings,
    };
    const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const { command, args } = commandOf('postgres', ['-D', join(this.#folder, 'data'), ...options]);
    const output = join(this.#folder, 'output');
    const file = openSync(output, 'a');
    const server = spawn(command, args, { stdio: ['ignore', file, file], cwd: '/' });
    closeSync(file);
    // The server does not keep the process of the test alive.
    server.unref();
    this.#server = server;
    for (;;) {
      if (server.exitCode !== null) throw new Error(`PostgreSQL ended: ${readFileSync(output, 'utf8')}`);
      try {
        await this.query('SELECT 1');
        return;
      } catch {
        // It is not ready.
        await new Promise((done) => setTimeout(done, 20));
      }
    }
  }

  /** A database of its own, as a connection string. */
  async createDatabase(): Promise<string> {
    const name = `test_${this.#names++}_${randomBytes(4).toString('hex')}`;
    await this.query(`CREATE DATABASE ${name}`);
    return this.urlOf(name);
  }

  urlOf(database: string, port = this.port): string {
    return `postgres://postgres@127.0.0.1:${port}/${database}`;
  }

  /** In the database of the connection string, or in the one that every server has. */
  async query<Row extends QueryResultRow>(
    text: string,
    database = this.urlOf('postgres'),
  ): Promise<readonly Row[]> {
    const client = new Client({ connectionString: database });
    client.on('error', () => {});
    await client.connect();
    try {
      return (await client.query<Row>(text)).rows;
    } finally {
      await client.end();
    }
  }

  /** SIGKILL of the server and all of its processes. */
  async kill(): Promise<void> {
    const server = this.#server!;
    server.ref();
    const ended = once(server, 'exit');
    const children = execFileSync('ps', ['-o', 'pid=', '--ppid', String(server.pid)], { encoding: 'utf8' });
    server.kill('SIGKILL');
    for (const pid of children.split(/\s+/).filter((word) => word !== '')) killIfThere(Number(pid));
    await ended;
  }

  async stop(): Promise<void> {
    const server = this.#server!;
    if (server.exitCode === null && server.signalCode === null) {
      const ended = once(server, 'exit');
      server.ref();
      server.kill('SIGQUIT');
      await ended;
    }
    this.remove();
  }

  /** Ends it without waiting, when the process of the test ends. */
  remove(): void {
    this.#server?.kill('SIGKILL');
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'orsay-postgres-'));
  if (process.getuid?.() === 0) execFileSync('chown', [USER, folder]);
  return folder;
}

let shared: Promise<TestPostgres> | undefined;

/** The server of this process, for tests that leave it as it is. It is started once. */
export function sharedPostgres(): Promise<TestPostgres> {
  shared ??= TestPostgres.start().then((server) => {
    process.once('exit', () => server.remove());
    return server;
  });
  return shared;
}

/** For `before`: starts or skips. */
export async function requirePostgres(context: { skip(): void }): Promise<TestPostgres> {
  if (postgresMissing !== undefined) {
    console.log(`        skipped: ${postgresMissing}`);
    context.skip();
  }
  return sharedPostgres();
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended with its parent.
  }
}

function run(program: string, args: readonly string[]): void {
  const { command, args: all } = commandOf(program, args);
  execFileSync(command, all, { stdio: ['ignore', 'ignore', 'pipe'], cwd: '/' });
}

/** The server ends when the process of the test does. */
function commandOf(program: string, args: readonly string[]): { command: string; args: readonly string[] } {
  const path = join(programs()!, program);
  if (process.getuid?.() !== 0) return { command: path, args };
  return { command: 'setpriv', args: [...asUser(), '--pdeathsig=QUIT', path, ...args] };
}

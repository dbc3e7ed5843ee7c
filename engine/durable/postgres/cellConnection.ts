import { Socket } from 'node:net';
import { Client, DatabaseError, type QueryResultRow } from 'pg';
import { type Clock, type Log, steadyClock } from '../../ports/index.ts';
import { checkSettings } from './databaseSettings.ts';

/** Time for a connection, with its checks. */
const CONNECT_MS = 10_000;
/**
 * Time for a statement, and for each further part of its reply. One that waits for a replica, or for a dead
 * network, is given up.
 */
const STATEMENT_MS = 10_000;
/** A large frame has more time, as a network of 2 Mbit/s needs. */
const LEAST_BYTES_PER_MS = 256;
/** Interval at which the settings are checked again: a reload of the server can change them. */
const SETTINGS_MS = 10_000;
/** A statement that was given up does not wait for a lock much longer. */
const LOCK_MS = 9_000;
/**
 * SQLSTATE of errors after which the outcome of a statement is unknown: connection (08), ended by an
 * administrator or a crash (57P), faults inside of the server (58, XX). After all others, it had no effect.
 */
const UNKNOWN = /^(08|57P|58|XX)/;
/**
 * Settings of every session, which those of the server, the database and the role do not change. A reload of
 * the server would otherwise change synchronous_commit after it was checked, and without warnings nobody
 * knows that a commit did not wait for a replica.
 */
const SESSION = `SET lock_timeout = ${LOCK_MS}; SET search_path = ''; SET client_min_messages = warning;
SELECT set_config('synchronous_commit', current_setting('synchronous_commit'), false)`;
/** SQLSTATE of warnings. */
const WARNING = /^01/;

/** The database could not be reached, or the connection broke: nobody knows whether the statement is done. */
export class OutageError extends Error {
  constructor(reason: string, options?: ErrorOptions) {
    super(reason, options);
    this.name = 'OutageError';
  }
}

export interface Statement {
  /** Prepared once for each connection. */
  readonly name?: string;
  readonly text: string;
  readonly values?: readonly unknown[];
}

export interface CellConnectionOptions {
  /** Connection string of PostgreSQL. */
  readonly database: string;
  /** Shown by pg_stat_activity. */
  readonly application: string;
  readonly acceptsUnsafeSettings: boolean;
  readonly log: Log;
  readonly clock?: Clock;
  /** Default: STATEMENT_MS and SETTINGS_MS. */
  readonly statementMs?: number;
  readonly settingsMs?: number;
}

/**
 * One connection to PostgreSQL, with one statement at a time. It connects when it has a statement, and again
 * after it broke. Every connection is checked (databaseSettings.ts), because after a fail-over it may lead to
 * another server, and again from time to time.
 */
export class CellConnection {
  readonly #options: CellConnectionOptions;
  readonly #clock: Clock;
  #client: Client | undefined;
  #socket: Socket | undefined;
  #checkedAt = 0;
  /** The line of the log about the settings. */
  #said: string | undefined;
  /** The message of a warning during the statement under way. */
  #warning: string | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #isEnded = false;

  constructor(options: CellConnectionOptions) {
    this.#options = options;
    this.#clock = options.clock ?? steadyClock;
  }

  /**
   * Throws OutageError when the outcome is unknown, DatabaseError when the statement had no effect, and
   * CellError when the server must not be used.
   */
  query<Row extends QueryResultRow>(statement: Statement): Promise<readonly Row[]> {
    const done = this.#last.then(() => this.#perform<Row>(statement));
    this.#last = done.catch(() => {});
    return done;
  }

  /** Statements that take effect together. Its errors are those of query(). */
  transaction<T>(work: (query: CellConnection['query']) => Promise<T>): Promise<T> {
    const done = this.#last.then(async () => {
      const query: CellConnection['query'] = (statement) => this.#perform(statement);
      await query({ text: 'BEGIN' });
      try {
        const result = await work(query);
        await query({ text: 'COMMIT' });
        return result;
      } catch (error) {
        this.destroy();
        throw error;
      }
    });
    this.#last = done.catch(() => {});
    return done;
  }

  /** Breaks the connection. The statement under way fails with OutageError. */
  destroy(): void {
    this.#client = undefined;
    this.#socket?.destroy();
  }

  /** No statement is accepted any more; the one under way fails with OutageError. */
  async end(): Promise<void> {
    this.#isEnded = true;
    const client = this.#client;
    const cancel = this.#clock.at(this.#clock.now() + 1_000, () => this.destroy());
    await client?.end().catch(() => {});
    cancel();
    this.destroy();
  }

  async #perform<Row extends QueryResultRow>(statement: Statement): Promise<readonly Row[]> {
    if (this.#isEnded) throw new OutageError('The connection was ended.');
    const client = this.#client ?? (await this.#connect());
    const { settingsMs = SETTINGS_MS } = this.#options;
    if (this.#clock.now() - this.#checkedAt >= settingsMs) await this.#check(client);
    this.#warning = undefined;
    const rows = await this.#run<Row>(client, statement);
    // A commit whose wait for a replica was cut off succeeds with a warning: no replica may have it.
    if (this.#warning !== undefined) throw new OutageError(this.#warning);
    return rows;
  }

  async #run<Row extends QueryResultRow>(client: Client, statement: Statement): Promise<readonly Row[]> {
    const { name, text, values = [] } = statement;
    const cancel = this.#limit(bytesOf(values));
    try {
      const config = name === undefined ? { text } : { name, text };
      const { rows } = await client.query<Row>({ ...config, values: [...values] });
      return rows;
    } catch (error) {
      if (error instanceof DatabaseError && !UNKNOWN.test(error.code ?? '')) throw error;
      this.destroy();
      throw new OutageError(error instanceof Error ? error.message : String(error), { cause: error });
    } finally {
      cancel();
    }
  }

  /** Breaks the connection when a statement of so many bytes takes too long, until the result is called. */
  #limit(bytes: number): () => void {
    const { statementMs = STATEMENT_MS } = this.#options;
    const socket = this.#socket!;
    let read = socket.bytesRead;
    let cancel = (): void => {};
    const arm = (ms: number): void => {
      cancel = this.#clock.at(this.#clock.now() + ms, () => {
        if (socket.bytesRead === read) {
          this.destroy();
          return;
        }
        read = socket.bytesRead;
        arm(statementMs);
      });
    };
    arm(statementMs + bytes / LEAST_BYTES_PER_MS);
    return () => cancel();
  }

  /** Throws CellError, after which the connection is broken. */
  async #check(client: Client): Promise<void> {
    const { acceptsUnsafeSettings, log } = this.#options;
    try {
      const query = (text: string) => this.#run(client, { text });
      this.#said = await checkSettings(query, { acceptsUnsafeSettings, log, said: this.#said });
      this.#checkedAt = this.#clock.now();
    } catch (error) {
      this.destroy();
      throw error;
    }
  }

  async #connect(): Promise<Client> {
    const { database, application } = this.#options;
    const socket = new Socket();
    const client = new Client({
      connectionString: database,
      application_name: application,
      connectionTimeoutMillis: CONNECT_MS,
      keepAlive: true,
      stream: () => socket,
    });
    // Without a handler, the error of an idle connection would end the process.
    client.on('error', () => {
      if (this.#client === client) this.#client = undefined;
    });
    client.on('notice', ({ code, message }) => {
      if (WARNING.test(code ?? '')) this.#warning = message ?? 'The server gave a warning.';
    });
    this.#socket = socket;
    try {
      await client.connect();
    } catch (error) {
      socket.destroy();
      if (error instanceof DatabaseError && !UNKNOWN.test(error.code ?? '')) throw error;
      throw new OutageError(error instanceof Error ? error.message : String(error), { cause: error });
    }
    try {
      await this.#run(client, { text: SESSION });
      await this.#check(client);
    } catch (error) {
      socket.destroy();
      throw error;
    }
    if (this.#isEnded) {
      socket.destroy();
      throw new OutageError('The connection was ended.');
    }
    this.#client = client;
    return client;
  }
}

/** Bytes of the values that can be long. */
function bytesOf(values: readonly unknown[]): number {
  return values.reduce<number>((sum, value) => sum + (value instanceof Uint8Array ? value.length : 0), 0);
}

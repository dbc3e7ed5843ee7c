import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import type { TestPostgres } from './postgres.ts';

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
}

/** A TCP proxy before PostgreSQL that a test can disturb. */
export class DatabaseProxy {
  readonly #listener: Server;
  readonly #pairs = new Set<Pair>();
  #isHeld = false;
  /** Connections break instead of giving the next replies, after the server has sent them. */
  #drops = 0;
  /** Bytes for each ms in each direction of a connection. */
  #rate = Number.POSITIVE_INFINITY;
  /** Replies that were dropped. */
  dropped = 0;

  private constructor(port: number) {
    this.#listener = createServer((client) => this.#join(client, port));
  }

  static async start(postgres: TestPostgres): Promise<DatabaseProxy> {
    const proxy = new DatabaseProxy(postgres.port);
    await new Promise<void>((done) => proxy.#listener.listen(0, '127.0.0.1', done));
    return proxy;
  }

  /** The connection string of a database, through this proxy. */
  through(database: string): string {
    const url = new URL(database);
    url.port = String((this.#listener.address() as AddressInfo).port);
    return url.href;
  }

  /** The next `count` replies to appends and to statements on files are lost, with their connections. */
  dropReplies(count: number): void {
    this.#drops = count;
  }

  /** From now on, a connection passes so many bytes in a second in each direction. */
  slowTo(bytesPerSecond: number): void {
    this.#rate = bytesPerSecond / 1_000;
  }

  /** Nothing passes in either direction, as in a network that fails silently. */
  hold(): void {
    this.#isHeld = true;
    for (const { client, server } of this.#pairs) {
      client.pause();
      server.pause();
    }
  }

  release(): void {
    this.#isHeld = false;
    for (const { client, server } of this.#pairs) {
      client.resume();
      server.resume();
    }
  }

  /** Breaks all connections. */
  cut(): void {
    for (const { client, server } of this.#pairs) {
      client.destroy();
      server.destroy();
    }
  }

  async close(): Promise<void> {
    const closed = new Promise((done) => this.#listener.close(done));
    this.cut();
    await closed;
  }

  /** Reads no more from the socket until the slow network has passed so many bytes. */
  #rest(socket: Socket, bytes: number): void {
    const ms = bytes / this.#rate;
    if (ms < 1) return;
    socket.pause();
    setTimeout(() => this.#isHeld || socket.resume(), ms);
  }

  #join(client: Socket, port: number): void {
    const server = connect(port, '127.0.0.1');
    const pair = { client, server };
    this.#pairs.add(pair);
    let isChange = false;
    client.on('data', (bytes) => {
      // The append and those on files are prepared statements; a name is in each use.
      isChange = bytes.includes('append\0') || bytes.includes('files-');
      server.write(bytes);
      this.#rest(client, bytes.length);
    });
    server.on('data', (bytes) => {
      if (isChange && this.#drops > 0) {
        this.#drops--;
        this.dropped++;
        client.destroy();
        server.destroy();
        return;
      }
      client.write(bytes);
      this.#rest(server, bytes.length);
    });
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      one.on('error', () => {});
      one.on('close', () => {
        other.destroy();
        this.#pairs.delete(pair);
      });
    }
    if (this.#isHeld) {
      client.pause();
      server.pause();
    }
  }
}

import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** The network between one client and the server, which tests cut. It passes bytes. */
export class Wire {
  readonly #target: () => string | undefined;
  readonly #server: Server;
  readonly #pairs = new Set<Pair>();
  #cutAfterBytes: number | undefined;
  #isDown = false;

  /** `target`: the URL of the server now; undefined: there is none. */
  private constructor(target: () => string | undefined) {
    this.#target = target;
    this.#server = createServer({ allowHalfOpen: false }, (client) => this.#join(client));
  }

  static async open(target: () => string | undefined): Promise<Wire> {
    const wire = new Wire(target);
    await new Promise<void>((resolve) => wire.#server.listen(0, '127.0.0.1', resolve));
    return wire;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Closes all connections. */
  cut(): void {
    for (const pair of this.#pairs) pair.close();
  }

  /** Cuts a connection after so many bytes of the server, perhaps in the middle of a reply or a frame. */
  cutAfter(bytes: number): void {
    this.#cutAfterBytes = bytes;
  }

  /** Bytes get lost without a word; then the client has another address, and its connections are closed. */
  async change(pauseMs: number): Promise<void> {
    this.#isDown = true;
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    this.#isDown = false;
    this.cut();
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #join(client: Socket): void {
    const target = this.#target();
    if (target === undefined || this.#isDown) {
      client.destroy();
      return;
    }
    const server = connect(Number(new URL(target).port), '127.0.0.1');
    const pair: Pair = {
      close: () => {
        this.#pairs.delete(pair);
        client.destroy();
        server.destroy();
      },
    };
    this.#pairs.add(pair);
    for (const socket of [client, server]) {
      socket.setNoDelay(true);
      socket.on('close', pair.close);
      socket.on('error', pair.close);
    }
    client.on('data', (bytes) => {
      if (!this.#isDown) server.write(bytes);
    });
    server.on('data', (bytes) => this.#pass(bytes, client, pair));
  }

  #pass(bytes: Buffer, client: Socket, pair: Pair): void {
    if (this.#isDown) return;
    if (this.#cutAfterBytes === undefined) {
      client.write(bytes);
      return;
    }
    const passed = bytes.subarray(0, this.#cutAfterBytes);
    this.#cutAfterBytes -= passed.length;
    if (passed.length === bytes.length && this.#cutAfterBytes > 0) {
      client.write(bytes);
      return;
    }
    this.#cutAfterBytes = undefined;
    client.write(passed, () => pair.close());
  }
}

interface Pair {
  close(): void;
}

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { fileURLToPath } from 'node:url';
import { WebSocket } from 'ws';
import { inTurns } from '../rounds.ts';
import type { Send } from './bayeuxPeer.ts';

/**
 * Clients of CometD: the heap of a client whose connect is held, and the processor time of a message to it,
 * beside faye. ORSAY_BENCH_CLIENTS sets the number of the clients that are held.
 */

const HELD = Number(process.env.ORSAY_BENCH_CLIENTS ?? 10_000);
/** Clients that get messages. */
const RECEIVERS = 200;
const MESSAGES_OF_ROUND = 5;
const OPENED_AT_ONCE = 100;
const QUIET_MS = 2_000;
const TRANSPORTS = ['long-polling', 'websocket'] as const;
const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });

type Message = Readonly<Record<string, unknown>>;
/** Sends messages, and resolves with the replies to them. */
type Exchange = (messages: readonly Message[]) => Promise<readonly Message[]>;

/** A server in a process of its own, and what its clients have received. */
class Peer {
  readonly #child: ChildProcess;
  readonly #port: number;
  readonly #sockets: WebSocket[] = [];
  readonly #clientIds: string[] = [];
  #received = 0;
  #wanted: { readonly count: number; readonly resolve: () => void } | undefined;

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.#port = port;
  }

  static async start(name: 'orsay' | 'faye'): Promise<Peer> {
    const script = fileURLToPath(new URL('bayeuxPeer.ts', import.meta.url));
    const child = fork(script, [name], { execArgv: [...process.execArgv, '--expose-gc'] });
    const [port] = (await once(child, 'message')) as [number];
    return new Peer(child, port);
  }

  async ask(order: 'heap' | 'cpu'): Promise<number> {
    this.#child.send(order);
    const [value] = (await once(this.#child, 'message')) as [number];
    return value;
  }

  /** Microseconds of the server's processor time for one message to one client. */
  async costOf(send: Send): Promise<number> {
    const before = await this.ask('cpu');
    for (let done = 0; done < MESSAGES_OF_ROUND; done += 1) {
      const arrived = new Promise<void>((resolve) => {
        this.#wanted = { count: this.#received + RECEIVERS, resolve };
      });
      this.#child.send({ send, clientIds: this.#clientIds });
      await arrived;
    }
    return ((await this.ask('cpu')) - before) / (RECEIVERS * MESSAGES_OF_ROUND);
  }

  async openAll(transport: (typeof TRANSPORTS)[number], count: number): Promise<void> {
    for (let first = 0; first < count; first += OPENED_AT_ONCE) {
      const numbers = Array.from({ length: Math.min(OPENED_AT_ONCE, count - first) }, (_, i) => first + i);
      await Promise.all(numbers.map((number) => this.#open(transport, number)));
    }
    await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
  }

  /** Resolves when the client has subscribed. Its connects go on. */
  async #open(transport: (typeof TRANSPORTS)[number], number: number): Promise<void> {
    const user = `u${number}`;
    const url = `127.0.0.1:${this.#port}/genesys/cometd`;
    const exchange =
      transport === 'websocket' ? await this.#socket(`ws://${url}?gms_user=${user}`) : this.#polling(user);
    const [shaken] = await exchange([
      {
        channel: '/meta/handshake',
        version: '1.0',
        supportedConnectionTypes: [transport],
      },
    ]);
    const clientId = String(shaken!.clientId);
    this.#clientIds[number] = clientId;
    for (const subscription of [`/b/${number}`, '/_genesys']) {
      await exchange([{ channel: '/meta/subscribe', clientId, subscription }]);
    }
    const connecting = async () => {
      for (;;) await exchange([{ channel: '/meta/connect', clientId, connectionType: transport }]);
    };
    // It ends with the server.
    connecting().catch(() => {});
  }

  #hear(messages: readonly Message[]): readonly Message[] {
    this.#received += messages.filter(({ data }) => data !== undefined).length;
    if (this.#wanted !== undefined && this.#received >= this.#wanted.count) {
      this.#wanted.resolve();
      this.#wanted = undefined;
    }
    return messages.filter(({ channel }) => String(channel).startsWith('/meta/'));
  }

  #polling(user: string): Exchange {
    const headers = { 'content-type': 'application/json', gms_user: user };
    const options = {
      host: '127.0.0.1',
      port: this.#port,
      path: '/genesys/cometd',
      method: 'POST',
      agent,
      headers,
    };
    const exchange: Exchange = (messages) =>
      new Promise((resolve, reject) => {
        const req = request(options, (res) => {
          let text = '';
          res.setEncoding('utf8').on('data', (part: string) => {
            text += part;
          });
          res.on('error', reject).on('end', () => resolve(this.#hear(JSON.parse(text) as Message[])));
        });
        // The server may close a connection while the request is on its way to it.
        req.on('error', (error) => (req.reusedSocket ? resolve(exchange(messages)) : reject(error)));
        req.end(JSON.stringify(messages));
      });
    return exchange;
  }

  async #socket(url: string): Promise<Exchange> {
    const socket = new WebSocket(url, { perMessageDeflate: false });
    this.#sockets.push(socket);
    let answer: ((replies: readonly Message[]) => void) | undefined;
    socket.on('message', (bytes: Buffer) => {
      const replies = this.#hear(JSON.parse(String(bytes)) as Message[]);
      if (replies.length > 0) answer?.(replies);
    });
    await once(socket, 'open');
    return (messages) =>
      new Promise((resolve) => {
        answer = resolve;
        socket.send(JSON.stringify(messages));
      });
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.terminate();
    const exited = once(this.#child, 'exit');
    this.#child.kill();
    await exited;
  }
}

console.log(`CometD clients, ${HELD} held; messages to ${RECEIVERS} clients`);
for (const transport of TRANSPORTS) {
  for (const name of ['orsay', 'faye'] as const) {
    const peer = await Peer.start(name);
    // The first clients load the code.
    await peer.openAll(transport, 100);
    const before = await peer.ask('heap');
    await peer.openAll(transport, HELD);
    const kb = ((await peer.ask('heap')) - before) / HELD / 1_024;
    console.log(`  ${transport}, ${name}: ${kb.toFixed(1)} KB of heap for a held client`);
    await peer.stop();
  }
  const [orsay, faye] = [await Peer.start('orsay'), await Peer.start('faye')];
  await orsay.openAll(transport, RECEIVERS);
  await faye.openAll(transport, RECEIVERS);
  const costs = await inTurns(
    {
      faye: () => faye.costOf('message'),
      orsay: () => orsay.costOf('message'),
      'orsay, durable': () => orsay.costOf('notice'),
    },
    'faye',
  );
  for (const [name, { value, ratio }] of Object.entries(costs)) {
    console.log(`  ${transport}, ${name}: ${value.toFixed(0)} µs for a message, ratio ${ratio.toFixed(2)}`);
  }
  await Promise.all([orsay.stop(), faye.stop()]);
}
process.exit(0);

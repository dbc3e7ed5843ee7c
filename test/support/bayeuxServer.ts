import { createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Durable } from '../../engine/durable/durable.ts';
import { DurableStore } from '../../engine/durable/durableStore.ts';
import { MemoryStore } from '../../engine/durable/memory/memoryStore.ts';
import { arrivalOf } from '../../server/access/arrival.ts';
import { Bayeux } from '../../server/bayeux/bayeux.ts';
import type { BayeuxOptions } from '../../server/bayeux/options.ts';
import type { BayeuxCustomer } from '../../server/bayeux/sessionRegistry.ts';
import type { BodyBudget } from '../../server/bodies/bodyBudget.ts';
import { WireError } from '../../server/errors/index.ts';
import { handleUpgrades } from '../../server/process/upgrades.ts';
import { createBodyBudget } from './bodyBudget.ts';
import { openCustomer, plainCookies } from './openGuard.ts';
import { silentLog } from './silentLog.ts';
import { createSimulatedClock, type SimulatedClock } from './simulatedClock.ts';
import { createTestIds } from './testIds.ts';

export interface BayeuxReplyMessage {
  readonly channel: string;
  readonly [field: string]: unknown;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** The body as Bayeux messages; throws when it is not JSON. */
  messages(): BayeuxReplyMessage[];
}

/** A request that waits for its answer. */
export interface Exchange {
  readonly answer: Promise<HttpAnswer>;
  /** Closes the socket without waiting for the answer. */
  abort(): void;
}

/** A Bayeux server on loopback over a memory store and a simulated clock. */
export interface BayeuxServer {
  readonly port: number;
  readonly url: string;
  readonly clock: SimulatedClock;
  readonly durable: Durable;
  readonly bayeux: Bayeux;
  send(body: unknown, headers?: Record<string, string>, path?: string): Exchange;
  post(body: unknown, headers?: Record<string, string>, path?: string): Promise<HttpAnswer>;
  /**
   * Makes a handshake with a gms_user and the first connect; `subscribe` (default) subscribes to /_genesys.
   */
  client(
    gmsUser: string,
    options?: { readonly ack?: boolean; readonly subscribe?: boolean },
  ): Promise<TestClient>;
  /** Resolves when that many connects are held. */
  held(count: number): Promise<void>;
  /** A new Bayeux layer over the same store at the same address, as after a restart. */
  restart(): void;
  /** Closes the socket instead of writing the next reply. */
  cutNextReply(): void;
  stop(): Promise<void>;
}

export interface TestClient {
  readonly clientId: string;
  readonly headers: Record<string, string>;
  connect(fields?: object): Exchange;
}

/** The header `x-client` of a request is the address of its client. */
export async function startBayeuxServer(
  options: Partial<BayeuxOptions> = {},
  {
    budget = createBodyBudget(),
    more,
  }: {
    readonly budget?: BodyBudget;
    /** Further fields of the customer of a WebSocket. */
    readonly more?: (req: IncomingMessage) => Partial<BayeuxCustomer>;
  } = {},
): Promise<BayeuxServer> {
  const clock = createSimulatedClock();
  const durable = new DurableStore({ store: new MemoryStore(), clock, log: silentLog });
  durable.start();
  const ids = createTestIds();
  const build = () => new Bayeux({ durable, clock, ids, log: silentLog, cookies: plainCookies, options });
  let bayeux = build();
  let cutNext = false;
  const server = createServer((req, res) => {
    const end = res.end.bind(res) as (body: string) => typeof res;
    res.end = ((body: string) => {
      if (!cutNext) return end(body);
      cutNext = false;
      // The server believes that the operating system has the bytes. The client never gets them.
      const { socket } = res;
      res.emit('finish');
      socket?.destroy();
      return res;
    }) as typeof res.end;
    const address = req.headers['x-client'];
    const body = budget.open(undefined);
    const customer = { ...openCustomer(req), ...(typeof address === 'string' && { address }), body };
    void bayeux.handler(req, res, customer).finally(() => body.release());
  });
  handleUpgrades({
    server,
    arrival: { audiences: new Set(['customer']), isSecure: false },
    handler(req, res) {
      const address = req.headers['x-client'];
      const customer = {
        ...openCustomer(req),
        ...(typeof address === 'string' && { address }),
        ...more?.(req),
      };
      const { socket } = req;
      const write = socket.write.bind(socket) as (...args: readonly unknown[]) => boolean;
      let isOpen = false;
      let isCut = false;
      socket.write = ((...args: readonly unknown[]) => {
        if (!isCut && !(isOpen && cutNext)) {
          isOpen = true;
          return write(...args);
        }
        // As above.
        [isCut, cutNext] = [true, false];
        for (const done of args) if (typeof done === 'function') done();
        setImmediate(() => socket.destroy());
        return true;
      }) as typeof socket.write;
      try {
        bayeux.upgrade({ req, res, head: arrivalOf(req).upgradeHead! }, customer);
      } catch (error) {
        if (!(error instanceof WireError)) throw error;
        res.writeHead(error.status, error.headers).end(JSON.stringify(error.body()));
      }
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  function send(body: unknown, headers: Record<string, string> = {}, path = '/genesys/cometd'): Exchange {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const req = httpRequest({
      host: '127.0.0.1',
      port,
      path,
      method: 'POST',
      agent: false,
      headers: { 'content-type': 'application/json;charset=UTF-8', ...headers },
    });
    const answer = new Promise<HttpAnswer>((resolve, reject) => {
      req.on('error', reject);
      req.on('response', (res) => {
        const chunks: Buffer[] = [];
        res.on('data', (chunk: Buffer) => chunks.push(chunk));
        res.on('error', reject);
        res.on('end', () => {
          const received = Buffer.concat(chunks).toString('utf8');
          resolve({
            status: res.statusCode!,
            headers: res.headers,
            text: received,
            messages: () => JSON.parse(received) as BayeuxReplyMessage[],
          });
        });
      });
    });
    answer.catch(() => {}); // An aborted exchange fails; whoever waits for the answer sees it.
    req.end(text);
    return { answer, abort: () => req.destroy() };
  }

  const post: BayeuxServer['post'] = (...args) => send(...args).answer;

  async function until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise((resolve) => setImmediate(resolve));
  }

  return {
    port,
    url: `http://127.0.0.1:${port}/genesys/cometd`,
    clock,
    durable,
    get bayeux() {
      return bayeux;
    },
    send,
    post,
    async client(gmsUser, { ack = false, subscribe = true } = {}) {
      const headers = { gms_user: gmsUser };
      const ext = ack ? { ext: { ack: true } } : {};
      const [handshake] = (
        await post({ channel: '/meta/handshake', version: '1.0', ...ext }, headers)
      ).messages();
      const clientId = handshake!.clientId as string;
      if (subscribe) {
        await post([{ channel: '/meta/subscribe', clientId, subscription: '/_genesys' }], headers);
      }
      const connect: TestClient['connect'] = (fields = {}) =>
        send([{ channel: '/meta/connect', connectionType: 'long-polling', clientId, ...fields }], headers);
      await connect(ack ? { ext: { ack: 0 } } : {}).answer;
      return { clientId, headers, connect };
    },
    held: (count) => until(() => bayeux.counts().held === count),
    restart() {
      bayeux.close();
      bayeux = build();
    },
    cutNextReply() {
      cutNext = true;
    },
    async stop() {
      bayeux.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await durable.stop();
    },
  };
}

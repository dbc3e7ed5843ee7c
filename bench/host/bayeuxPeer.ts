import { once } from 'node:events';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { ownId } from '../../engine/ports/index.ts';
import { startBayeuxServer } from '../../test/support/bayeuxServer.ts';

/**
 * The process of a server of `bayeux.ts`: faye, or our Bayeux layer over a store in memory and a simulated
 * clock.
 */

/** Sends one message to each client: `message` from memory, `notice` by the durable queue of its user. */
export type Send = 'message' | 'notice';

type SendTo = (send: Send, client: number, clientId: string) => void;

interface Started {
  readonly port: number;
  readonly sendTo: SendTo;
}

interface Faye {
  readonly NodeAdapter: new (options: {
    readonly mount: string;
    readonly timeout: number;
  }) => {
    attach(server: ReturnType<typeof createServer>): void;
    getClient(): { publish(channel: string, data: object): unknown };
  };
}

const TEXT = 'A text of a chat, as long as most of them are, with a few words more than that.'.repeat(2);
let number = 0;

async function startOrsay(): Promise<Started> {
  const { port, bayeux } = await startBayeuxServer({ mayPublish: () => true, maxUnconnected: 50_000 });
  const sendTo: SendTo = (send, client, clientId) => {
    number += 1;
    const id = String(number);
    const message = { id, text: TEXT };
    if (send === 'notice') void bayeux.comet.deliver(`u${client}`, { id, message, tag: 'bench' });
    else bayeux.deliver(ownId(clientId), `/b/${client}`, message);
  };
  return { port, sendTo };
}

async function startFaye(): Promise<Started> {
  const server = createServer();
  const { NodeAdapter } = createRequire(new URL('../../test/peers/package.json', import.meta.url))(
    'faye',
  ) as Faye;
  const adapter = new NodeAdapter({ mount: '/genesys/cometd', timeout: 60 });
  adapter.attach(server);
  const client = adapter.getClient();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const sendTo: SendTo = (_send, to) => {
    number += 1;
    void client.publish(`/b/${to}`, { id: String(number), text: TEXT });
  };
  return { port: (server.address() as AddressInfo).port, sendTo };
}

const { port, sendTo } = await (process.argv[2] === 'faye' ? startFaye() : startOrsay());

process.on(
  'message',
  (order: 'heap' | 'cpu' | { readonly send: Send; readonly clientIds: readonly string[] }) => {
    if (order === 'heap') {
      gc!();
      process.send!(process.memoryUsage().heapUsed);
    } else if (order === 'cpu') {
      const { user, system } = process.cpuUsage();
      process.send!(user + system);
    } else {
      for (const [client, clientId] of order.clientIds.entries()) sendTo(order.send, client, clientId);
    }
  },
);

process.send!(port);

import { WebSocket } from 'ws';
import type { BayeuxReplyMessage, BayeuxServer } from './bayeuxServer.ts';

/** A WebSocket of a client that sends the Bayeux messages of a test. */
export interface BayeuxSocket {
  readonly ws: WebSocket;
  /** Set-Cookie of the reply to the upgrade. */
  readonly cookie: string | undefined;
  /** All frames, in their order. */
  readonly frames: (readonly BayeuxReplyMessage[])[];
  send(...messages: object[]): void;
  /** Resolves with the frame of that number, from 0. */
  frame(number: number): Promise<readonly BayeuxReplyMessage[]>;
  /** Sends messages, and resolves with the next frame. */
  ask(...messages: object[]): Promise<readonly BayeuxReplyMessage[]>;
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
}

export async function openBayeuxSocket(
  { port }: Pick<BayeuxServer, 'port'>,
  headers: Record<string, string> = {},
  path = '/genesys/cometd',
): Promise<BayeuxSocket> {
  const ws = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers });
  const frames: (readonly BayeuxReplyMessage[])[] = [];
  const waiting = new Set<() => void>();
  let cookie: string | undefined;
  ws.on('upgrade', (response) => {
    cookie = response.headers['set-cookie']?.[0];
  });
  ws.on('message', (data) => {
    frames.push(JSON.parse(String(data)) as BayeuxReplyMessage[]);
    for (const check of waiting) check();
  });
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    ws.on('close', (code, reason) => resolve({ code, reason: String(reason) }));
  });
  await new Promise<void>((resolve, reject) => {
    ws.once('open', resolve);
    ws.once('error', reject);
  });
  ws.on('error', () => {}); // A close follows.
  const frame: BayeuxSocket['frame'] = (number) =>
    new Promise((resolve) => {
      const check = () => {
        const found = frames[number];
        if (found === undefined) return;
        waiting.delete(check);
        resolve(found);
      };
      waiting.add(check);
      check();
    });
  const send = (...messages: object[]) => ws.send(JSON.stringify(messages));
  return {
    ws,
    cookie,
    frames,
    send,
    frame,
    ask(...messages) {
      const next = frame(frames.length);
      send(...messages);
      return next;
    },
    closed,
  };
}

/** Makes the handshake, the subscription to /_genesys and the first connect. Returns the clientId. */
export async function joinBySocket(socket: BayeuxSocket, { ack = false } = {}): Promise<string> {
  const ext = ack ? { ext: { ack: true } } : {};
  const [handshake] = await socket.ask({ channel: '/meta/handshake', version: '1.0', ...ext });
  const clientId = handshake!.clientId as string;
  await socket.ask({ channel: '/meta/subscribe', clientId, subscription: '/_genesys' });
  await socket.ask({
    channel: '/meta/connect',
    connectionType: 'websocket',
    clientId,
    ...(ack && { ext: { ack: 0 } }),
  });
  return clientId;
}

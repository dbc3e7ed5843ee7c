import type { CometD, Configuration, Message } from 'cometd';
import { adapt } from 'cometd-nodejs-client';
import { type CometdVersion, cometdLibrary } from './cometdLibraries.ts';

// Without a cookie jar every client is a browser of its own. Clients that share one are told to poll, except
// the first, every two seconds (multiple-clients advice). Without cookies only gms_user binds a session.
adapt({
  cookies: {
    storeCookie: (_uri, _header, done) => done(null, undefined),
    retrieveCookies: (_context, _uri, done) => done(null, []),
  },
});

/** A real CometD client that collects the messages on /_genesys. */
export interface CometdClient {
  readonly cometd: CometD;
  /** Data of the messages on /_genesys, in their order. */
  readonly received: unknown[];
  /** Resolves when that many messages have arrived on /_genesys. */
  receivedCount(count: number): Promise<readonly unknown[]>;
  /** Resolves with the next message on a (meta) channel. */
  next(channel: string): Promise<Message>;
  disconnect(): Promise<void>;
}

export type NodeTransport = 'long-polling' | 'websocket';

export interface CometdOptions {
  /** With the ack extension. */
  readonly ack?: boolean;
  /** Absent: long-polling. */
  readonly transports?: readonly NodeTransport[];
  /** Absent: the newest. */
  readonly version?: CometdVersion;
  /** Further configuration of the client. */
  readonly configuration?: Omit<Configuration, 'url'>;
}

/**
 * Makes the handshake and the subscription as the GMS samples do, with gms_user as a header of every request,
 * or in the query of a WebSocket.
 */
export async function connectCometd(
  url: string,
  gmsUser: string,
  { ack = false, transports = ['long-polling'], version = '9', configuration }: CometdOptions = {},
): Promise<CometdClient> {
  const { CometD, AckExtension } = await cometdLibrary(version);
  const cometd = new CometD();
  for (const transport of ['websocket', 'long-polling', 'callback-polling'] as const) {
    if (transport === 'callback-polling' || !transports.includes(transport))
      cometd.unregisterTransport(transport);
  }
  if (ack) cometd.registerExtension('ack', new AckExtension());
  cometd.configure({
    url: transports.includes('websocket') ? `${url}?gms_user=${gmsUser}` : url,
    logLevel: 'warn',
    requestHeaders: { gms_user: gmsUser },
    backoffIncrement: 20,
    maxBackoff: 20,
    ...configuration,
  });
  const received: unknown[] = [];
  const waiting = new Set<() => void>();

  function hear(message: Message): void {
    received.push(message.data);
    for (const check of waiting) check();
  }

  function subscribe(): void {
    if (cometd.isDisconnected()) return;
    cometd.clearSubscriptions();
    cometd.batch(() => void cometd.subscribe('/_genesys', () => {}));
  }

  // A listener stays when the reply to a subscription is cut. The client removes the function of a
  // subscription then, although the server has it: messages would come meanwhile, and nobody would hear them.
  // The pattern is another one, because a client does not send a subscription beside a listener of its name.
  cometd.addListener('/*', (message) => {
    if (message.channel === '/_genesys') hear(message);
  });

  // Subscribes on every handshake, because the client makes a new one when the server has forgotten it.
  cometd.addListener('/meta/handshake', (reply) => {
    if (reply.successful) subscribe();
  });
  // The client does not repeat a subscription that was cut or met no session. The application has to.
  cometd.addListener('/meta/subscribe', (reply) => {
    if (reply.successful || !('failure' in reply || reply.error?.startsWith('402'))) return;
    setTimeout(subscribe, 20);
  });
  const subscribed = new Promise<void>((resolve, reject) => {
    const handle = cometd.addListener('/meta/subscribe', (reply) => {
      cometd.removeListener(handle);
      if (reply.successful) resolve();
      else reject(new Error(`subscription refused: ${reply.error}`));
    });
  });
  cometd.handshake((reply) => {
    if (!reply.successful) throw new Error(`handshake refused: ${reply.error}`);
  });
  await subscribed;

  return {
    cometd,
    received,
    receivedCount: (count) =>
      new Promise((resolve) => {
        const check = () => {
          if (received.length < count) return;
          waiting.delete(check);
          resolve(received);
        };
        waiting.add(check);
        check();
      }),
    next: (channel) =>
      new Promise((resolve) => {
        const handle = cometd.addListener(channel, (message) => {
          cometd.removeListener(handle);
          resolve(message);
        });
      }),
    async disconnect() {
      if (!cometd.isDisconnected()) await new Promise<void>((resolve) => cometd.disconnect(() => resolve()));
    },
  };
}

import { connectCometd, type NodeTransport } from '../cometdClient.ts';
import type { CometdVersion } from '../cometdLibraries.ts';
import { Page } from '../page.ts';

/** A client that gets numbered notifications while it is cut. */
export interface CutClient {
  /** The numbers in their order. */
  readonly numbers: readonly number[];
  /** Numbers that came again to a page that was loaded again, which knew them by their ids. */
  readonly repeated: readonly number[];
  /** True when reload() loads a page again. */
  readonly isPage: boolean;
  /** Reads what a page has received. */
  refresh(): Promise<void>;
  reload(): Promise<void>;
  /** True when it may use a WebSocket and long-polling. */
  readonly hasChoice: boolean;
  /** It uses the other transport when a request fails the next time. */
  switchTransport(): void;
  /** The state of the CometD client, and the last messages that it sent and received, for a failed test. */
  status(): Promise<string>;
  close(): Promise<void>;
}

/** The part of a notification that these tests use. */
export interface Numbered {
  readonly id: string;
  readonly message: { readonly number: number };
}

const BACKOFF_MS = 20;
/**
 * A client gives up a request after this time, and repeats it. Every cut ends with closed connections, which
 * tell the client at once. So the time is long: a machine that is slow for some seconds loses no request.
 */
const NETWORK_DELAY_MS = 30_000;

interface TransportFailure {
  readonly action: string;
}

type OnTransportFailure = (
  message: object,
  failure: TransportFailure,
  handle: (decided: TransportFailure) => void,
) => void;

/** Messages that status() shows. */
const SHOWN_MESSAGES = 40;
/** A message in short, as an expression that a page evaluates too. */
const SHORT = `(direction, { channel, id, successful, error, advice, ext, clientId, data, failure }) =>
  direction + JSON.stringify({
    channel, id, successful, error, advice, ext, clientId,
    number: data?.message?.number,
    failure: failure && String(failure.reason),
  })`;

/** npm `cometd` under Node.js. */
export async function openNodeClient(
  url: string,
  { user, ...options }: { user: string; version: CometdVersion; transports: readonly NodeTransport[] },
): Promise<CutClient> {
  const client = await connectCometd(`${url}/genesys/cometd`, user, {
    ...options,
    ack: true,
    configuration: { maxNetworkDelay: NETWORK_DELAY_MS, maxBackoff: BACKOFF_MS * 5 },
  });
  const { cometd } = client;
  let wanted = options.transports[0];
  // The place where the client lets an application choose the transport of the next connect.
  const failing = cometd as unknown as { onTransportFailure: OnTransportFailure };
  const decide = failing.onTransportFailure.bind(cometd);
  failing.onTransportFailure = (message, failure, handle) =>
    decide(message, failure, (decided) => {
      const transport = wanted === undefined ? undefined : cometd.findTransport(wanted);
      handle.call(cometd, decided.action === 'retry' ? { ...decided, transport } : decided);
    });
  return {
    get numbers() {
      return client.received.map((data) => (data as Numbered).message.number);
    },
    repeated: [],
    isPage: false,
    refresh: async () => {},
    reload: async () => {},
    hasChoice: options.transports.length > 1,
    switchTransport() {
      wanted = wanted === 'long-polling' ? 'websocket' : 'long-polling';
    },
    async status() {
      return cometd.getStatus();
    },
    async close() {
      client.cometd.disconnect();
    },
  };
}

/** npm `cometd` in a page, with the extensions ack and reload. The page keeps what it has received. */
export async function openPageClient(
  url: string,
  { user, version, transport }: { user: string; version: '3' | '9'; transport: string },
): Promise<CutClient> {
  const page = new Page(url, { version, hasScripts: true });
  const join = () =>
    page.run(`{
      window.seen = JSON.parse(sessionStorage.getItem('seen') ?? '[]');
      window.repeated = JSON.parse(sessionStorage.getItem('repeated') ?? '[]');
      window.trace = JSON.parse(sessionStorage.getItem('trace') ?? '[]');
      window.cometd = new CometD();
      const short = ${SHORT};
      const log = (direction) => (message) => {
        trace.push(short(direction, message));
        trace.splice(0, trace.length - ${SHOWN_MESSAGES});
        return message;
      };
      cometd.registerExtension('trace', { incoming: log('<'), outgoing: log('>') });
      cometd.addListener('/meta/unsuccessful', log('!'));
      for (const type of ['websocket', 'long-polling', 'callback-polling']) {
        // A client whose first WebSocket is cut uses none any more, and needs another transport.
        const isFallback = type === 'long-polling' && '${transport}' === 'websocket';
        if (type !== '${transport}' && !isFallback) cometd.unregisterTransport(type);
      }
      cometd.registerExtension('ack', new AckExtension());
      cometd.registerExtension('reload', new ReloadExtension());
      cometd.configure({
        url: '${url}/genesys/cometd?gms_user=${user}',
        logLevel: 'error',
        appendMessageTypeToURL: false,
        backoffIncrement: ${BACKOFF_MS},
        maxBackoff: ${BACKOFF_MS * 5},
        maxNetworkDelay: ${NETWORK_DELAY_MS},
      });
      const hear = ({ data }) => {
        // It came before the page was loaded again.
        const isKnown = window.before?.has(data.id);
        (isKnown ? repeated : seen).push([data.id, data.message.number]);
      };
      const subscribe = () => {
        if (cometd.isDisconnected()) return;
        cometd.clearSubscriptions();
        cometd.batch(() => cometd.subscribe('/_genesys', () => {}));
      };
      cometd.addListener('/*', (message) => {
        if (message.channel === '/_genesys') hear(message);
      });
      cometd.addListener('/meta/handshake', (reply) => {
        if (reply.successful) subscribe();
        // The client gives up a session that it stored before its first connect.
        else if (reply.ext?.reload) setTimeout(() => cometd.handshake());
      });
      cometd.addListener('/meta/subscribe', (reply) => {
        if (!reply.successful) setTimeout(subscribe, ${BACKOFF_MS});
      });
      window.before = seen.length > 0 ? new Set(seen.map(([id]) => id)) : undefined;
      cometd.handshake();
      }
      null`);
  let numbers: number[] = [];
  let repeated: number[] = [];
  const numbersIn = async (name: string) =>
    JSON.parse(String(await page.run(`JSON.stringify(${name}.map(([, number]) => number))`))) as number[];
  await join();
  return {
    get numbers() {
      return numbers;
    },
    get repeated() {
      return repeated;
    },
    isPage: true,
    async refresh() {
      [numbers, repeated] = [await numbersIn('seen'), await numbersIn('repeated')];
    },
    async reload() {
      await page.run(`
        trace.push('reload');
        sessionStorage.setItem('trace', JSON.stringify(trace));
        sessionStorage.setItem('seen', JSON.stringify(seen));
        sessionStorage.setItem('repeated', JSON.stringify(repeated));
        cometd.reload();
        null`);
      page.reload();
      await join();
    },
    hasChoice: false,
    switchTransport: () => {},
    status: async () => String(await page.run("cometd.getStatus() + '\\n' + trace.join('\\n')")),
    async close() {
      page.close();
    },
  };
}

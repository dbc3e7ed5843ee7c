import { Agent, request } from 'node:http';

/**
 * The program of the clients that disturb a server, in a process of its own: `<kind> <url> <number>`. Its
 * parent sends 'prepare', gets 'ready', sends 'begin', and then 'end', which gets 'ended'.
 */

interface Trouble {
  prepare(): Promise<void>;
  /** The trouble goes on until end(). */
  begin(): void;
  end(): Promise<void>;
}

const OPENED_AT_ONCE = 100;

interface Sent {
  readonly user: string;
  readonly path: string;
  readonly body: string;
  readonly type?: string;
}

/** Requests on connections that are kept open. */
class Requests {
  readonly #base: URL;
  #agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });

  constructor(base: string) {
    this.#base = new URL(base);
  }

  /** Resolves with the text of the reply, whatever its status. */
  send({ user, path, body, type = 'application/x-www-form-urlencoded' }: Sent): Promise<string> {
    const { hostname: host, port } = this.#base;
    const headers = { 'content-type': type, gms_user: user };
    const options = { host, port, path, method: 'POST', agent: this.#agent, headers };
    return new Promise((resolve, reject) => {
      const req = request(options, (res) => {
        let text = '';
        res.setEncoding('utf8').on('data', (part: string) => {
          text += part;
        });
        res.on('error', reject).on('end', () => resolve(text));
      });
      req.on('error', reject).end(body);
    });
  }

  /** Closes all connections at once, without a word. */
  cut(): void {
    this.#agent.destroy();
    this.#agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });
  }
}

/** Clients of CometD whose connects are held, and that vanish at one moment. */
function vanishing(requests: Requests, count: number): Trouble {
  const exchange = async (user: string, message: object): Promise<Record<string, unknown>> => {
    const sent = { user, path: '/genesys/cometd', body: JSON.stringify([message]), type: 'application/json' };
    return (JSON.parse(await requests.send(sent)) as Record<string, unknown>[])[0]!;
  };
  async function open(user: string): Promise<void> {
    const shake = { channel: '/meta/handshake', version: '1.0', supportedConnectionTypes: ['long-polling'] };
    const { clientId } = await exchange(user, shake);
    const connect = { channel: '/meta/connect', clientId, connectionType: 'long-polling' };
    await exchange(user, connect);
    // It ends when the connections are cut.
    exchange(user, connect).catch(() => {});
  }
  return {
    async prepare() {
      for (let first = 0; first < count; first += OPENED_AT_ONCE) {
        const some = Array.from({ length: Math.min(OPENED_AT_ONCE, count - first) }, (_, at) => first + at);
        await Promise.all(some.map((number) => open(`vanishing-${number}`)));
      }
    },
    begin: () => requests.cut(),
    end: async () => {},
  };
}

/**
 * Each has a chat and sends notices of typing as fast as the server answers, by turns with requests for a
 * chat that does not exist.
 */
function flooding(requests: Requests, count: number): Trouble {
  const users = Array.from({ length: count }, (_, number) => `flooding-${number}`);
  const chats = new Map<string, string>();
  let isOver = true;
  let floods: readonly Promise<void>[] = [];
  async function flood(user: string): Promise<void> {
    for (let turn = 0; !isOver; turn += 1) {
      const path = turn % 2 === 0 ? `${chats.get(user)}/startTyping` : '/genesys/2/chat/none/1/send';
      await requests.send({ user, path, body: 'message=x&secureKey=unknown' });
    }
  }
  return {
    async prepare() {
      for (const user of users.filter((one) => !chats.has(one))) {
        const created = await requests.send({ user, path: '/genesys/1/service/request-chat', body: '' });
        const path = `/genesys/1/service/${(JSON.parse(created) as { readonly _id: string })._id}/ixn/chat`;
        await requests.send({ user, path, body: 'subject=flood' });
        chats.set(user, path);
      }
    },
    begin() {
      isOver = false;
      floods = users.map((user) => flood(user));
    },
    async end() {
      isOver = true;
      await Promise.all(floods);
    },
  };
}

const [kind, base = '', count] = process.argv.slice(2);
const trouble = (kind === 'vanishing' ? vanishing : flooding)(new Requests(base), Number(count));
process.on('message', async (order) => {
  if (order === 'begin') return trouble.begin();
  await (order === 'prepare' ? trouble.prepare() : trouble.end());
  process.send!(order === 'prepare' ? 'ready' : 'ended');
});
process.on('disconnect', () => process.exit());

import { type CometdClient, connectCometd, type NodeTransport } from '../support/cometdClient.ts';

/** The APIs that a customer's page can speak. */
export const WIRES = ['v1', 'v2', 'v2-cometd'] as const;
export type Wire = (typeof WIRES)[number];

/** A customer's page in a simulation. */
export interface Visitor {
  /** Asks for a chat. Resolves with the time until an agent joined. */
  begin(): Promise<number>;
  /** Sends a message. Resolves with the time until its answer came. */
  ask(message: string): Promise<number>;
  /** Ends the chat. */
  end(): Promise<void>;
  /** Closes the page. */
  close(): Promise<void>;
}

export interface VisitorOptions {
  /** URL of the server. */
  readonly base: string;
  /** Milliseconds for an agent to come, and for an answer. */
  readonly patienceMs: number;
  /** Transport of customers who listen over CometD. */
  readonly transport: NodeTransport;
  /** Milliseconds between two polls of a customer who uses Chat V2 over REST. */
  readonly pollMs: number;
}

/** Times that a client tries to connect. */
const ATTEMPTS = 3;

/** Things that have come, and those who wait for one of them. */
export class Heard<Thing> {
  readonly #patienceMs: number;
  readonly #things: Thing[] = [];
  readonly #waiting = new Set<() => void>();
  #fault: Error | undefined;

  constructor(patienceMs: number) {
    this.#patienceMs = patienceMs;
  }

  add(thing: Thing): void {
    this.#things.push(thing);
    this.#tell();
  }

  /** Nothing comes any more, for this reason. */
  fail(error: Error): void {
    this.#fault ??= error;
    this.#tell();
  }

  /** Resolves when such a thing comes, or has come already. Rejects when it does not come in time. */
  wanted(isWanted: (thing: Thing) => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      let seen = 0;
      const end = (error?: Error): void => {
        clearTimeout(timer);
        this.#waiting.delete(check);
        if (error === undefined) resolve();
        else reject(error);
      };
      const timer = setTimeout(
        () => end(new Error('The awaited message did not come in time.')),
        this.#patienceMs,
      );
      const check = (): void => {
        for (; seen < this.#things.length; seen++) {
          if (isWanted(this.#things[seen]!)) {
            end();
            return;
          }
        }
        if (this.#fault !== undefined) end(this.#fault);
      };
      this.#waiting.add(check);
      check();
    });
  }

  #tell(): void {
    for (const check of [...this.#waiting]) check();
  }
}

/** A client that is slow to connect is forgotten by the server, and begins again. */
export async function connectPatiently(
  options: VisitorOptions,
  user: string,
  attempts = ATTEMPTS,
): Promise<CometdClient> {
  try {
    const { base, transport } = options;
    return await connectCometd(`${base}/genesys/cometd`, user, { transports: [transport] });
  } catch (error) {
    if (attempts <= 1) throw error;
    return connectPatiently(options, user, attempts - 1);
  }
}

/** POST of a form by a customer. */
export async function postForm(
  { base, user }: { readonly base: string; readonly user: string },
  path: string,
  fields: Readonly<Record<string, string>>,
): Promise<{ readonly [field: string]: unknown }> {
  const reply = await fetch(`${base}${path}`, {
    method: 'POST',
    headers: { gms_user: user },
    body: new URLSearchParams(fields),
  });
  return readJson(reply, path);
}

export async function readJson(
  reply: Response,
  path: string,
): Promise<{ readonly [field: string]: unknown }> {
  const text = await reply.text();
  if (!reply.ok) throw new Error(`${path}: ${reply.status} ${text}`);
  return (text === '' ? {} : JSON.parse(text)) as { readonly [field: string]: unknown };
}

/** The answer of every agent. */
export function answerTo(message: string): string {
  return `answer to ${message}`;
}

export function pause(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms).unref());
}

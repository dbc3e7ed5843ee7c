import { passed } from '../cellCluster.ts';
import { type CallOptions, call, NoAnswer, type Reply } from './load.ts';

/** Time that a client waits for an answer before it asks the next address. */
const PATIENCE_MS = 3_000;
const UNAVAILABLE = 503;

/** A client that repeats a request, with its idempotency key, at the next address until a node answers it. */
export class RepeatingClient {
  readonly #urls: () => readonly string[];
  readonly #paceMs: number;
  /** The address that answered last. */
  #at = 0;
  #isOver = false;
  readonly #waiting = new Set<(begun: number) => void>();
  /** Requests that were sent again. */
  repeated = 0;

  /** `urls`: the addresses that the client knows now. `paceMs`: pause after each answer. */
  constructor({ urls, paceMs }: { readonly urls: () => readonly string[]; readonly paceMs: number }) {
    this.#urls = urls;
    this.#paceMs = paceMs;
  }

  /** Only the path of the URL counts. Rejects with NoAnswer after end(). */
  readonly call = async (url: string, options: CallOptions = {}): Promise<Reply> => {
    const { pathname, search } = new URL(url);
    const begun = performance.now();
    for (let at = this.#at; ; at++) {
      if (this.#isOver) throw new NoAnswer(`${url} after the end of the client`);
      const urls = this.#urls();
      const reply = await this.#ask(`${urls[at % urls.length]}${pathname}${search}`, options);
      if (reply !== undefined) {
        this.#at = at;
        for (const notify of this.#waiting) notify(begun);
        await passed(this.#paceMs);
        return reply;
      }
      this.repeated++;
      await passed(50);
    }
  };

  /** ms from now to the next answer of a request that is begun after now. */
  nextAnswer(): Promise<number> {
    const now = performance.now();
    return new Promise((resolve) => {
      const notify = (begun: number): void => {
        if (begun < now) return;
        this.#waiting.delete(notify);
        resolve(performance.now() - now);
      };
      this.#waiting.add(notify);
    });
  }

  /** Requests that have no answer are given up. */
  end(): void {
    this.#isOver = true;
  }

  resume(): void {
    this.#isOver = false;
  }

  async #ask(url: string, options: CallOptions): Promise<Reply | undefined> {
    try {
      const reply = await call(url, { ...options, signal: AbortSignal.timeout(PATIENCE_MS) });
      return reply.status === UNAVAILABLE ? undefined : reply;
    } catch (error) {
      if (error instanceof NoAnswer) return undefined;
      throw error;
    }
  }
}

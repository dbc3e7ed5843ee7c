import type { IncomingMessage } from 'node:http';
import type { Writable } from 'node:stream';

/** Bytes of a body that are kept, so that the request can be sent once more. */
const MAX_REPEATED_BYTES = 65_536;

/**
 * The body of a request that is forwarded while it arrives. Its beginning is kept, so that a short one can be
 * sent to a second node.
 */
export class ForwardedBody {
  readonly #request: IncomingMessage;
  /** Undefined: there was too much. */
  #kept: Buffer[] | undefined = [];
  #bytes = 0;
  #hasEnded: boolean;
  #sink: Writable | undefined;
  #isRead = false;

  constructor(request: IncomingMessage) {
    this.#request = request;
    const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
    this.#hasEnded = encoding === undefined && (length === undefined || length === '0');
  }

  /** Whether all of it so far can be sent once more. */
  get canRepeat(): boolean {
    return this.#kept !== undefined;
  }

  /** Sends all of it to another place, from its beginning. */
  sendTo(sink: Writable): void {
    if (this.#kept === undefined) throw new Error('Too much of the body was sent already.');
    this.#sink = sink;
    for (const chunk of this.#kept) sink.write(chunk);
    if (this.#hasEnded) {
      sink.end();
      return;
    }
    sink.on('drain', () => {
      if (this.#sink === sink) this.#request.resume();
    });
    this.#read();
  }

  /** Sends no more of it to the present place. */
  stop(): void {
    this.#sink = undefined;
    if (!this.#hasEnded) this.#request.pause();
  }

  #read(): void {
    if (!this.#isRead) {
      this.#isRead = true;
      this.#request.on('data', (chunk: Buffer) => this.#take(chunk));
      this.#request.on('end', () => {
        this.#hasEnded = true;
        this.#sink?.end();
      });
    }
    this.#request.resume();
  }

  #take(chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes > MAX_REPEATED_BYTES) this.#kept = undefined;
    this.#kept?.push(chunk);
    if (this.#sink?.write(chunk) === false) this.#request.pause();
  }
}

/** An event of a stream, as a desktop reads it. */
export interface StreamedEvent {
  readonly event: string;
  readonly data: { readonly [field: string]: unknown };
  readonly id?: string;
}

/** Reads server-sent events over HTTP. */
export class EventReader {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #decoder = new TextDecoder();
  readonly #read: StreamedEvent[] = [];
  #text = '';

  private constructor(body: ReadableStream<Uint8Array>) {
    this.#reader = body.getReader();
  }

  static async open(url: string, headers: Readonly<Record<string, string>> = {}): Promise<EventReader> {
    const reply = await fetch(url, { headers });
    if (!reply.ok || reply.body === null) throw new Error(`${url}: ${reply.status} ${await reply.text()}`);
    return new EventReader(reply.body as ReadableStream<Uint8Array>);
  }

  /** The next events; waits until so many have come. Throws when the stream ends before. */
  async next(count: number): Promise<readonly StreamedEvent[]> {
    while (this.#read.length < count) {
      const { done, value } = await this.#reader.read();
      if (done) throw new Error(`The stream ended after ${JSON.stringify(this.#read)}.`);
      this.#take(this.#decoder.decode(value, { stream: true }));
    }
    return this.#read.splice(0, count);
  }

  /** All events until the stream ends. */
  async rest(): Promise<readonly StreamedEvent[]> {
    for (;;) {
      const { done, value } = await this.#reader.read();
      if (done) return this.#read.splice(0);
      this.#take(this.#decoder.decode(value, { stream: true }));
    }
  }

  cancel(): Promise<void> {
    return this.#reader.cancel();
  }

  #take(text: string): void {
    this.#text += text;
    const blocks = this.#text.split('\n\n');
    this.#text = blocks.pop() ?? '';
    for (const block of blocks) {
      const fields = Object.fromEntries(
        block.split('\n').map((line) => {
          const colon = line.indexOf(': ');
          return [line.slice(0, colon), line.slice(colon + 2)];
        }),
      );
      const { event, data, id } = fields;
      if (event === undefined || data === undefined) continue;
      this.#read.push({ event, data: JSON.parse(data), ...(id === undefined ? {} : { id }) });
    }
  }
}

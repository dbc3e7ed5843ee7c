import { PassThrough, type Readable } from 'node:stream';
import type { Context } from 'koa';
import type { Durable } from '../../engine/durable/index.ts';
import type { Clock } from '../../engine/ports/index.ts';
import type { Validity } from '../access/index.ts';

/** Characters of an event id that a reader names. */
const MAX_EVENT_ID_CHARS = 64;

/** An event of a stream. `removed`: there are no more. */
export interface StreamedEvent {
  readonly type: string;
}

/** The events of many readers, each with a key. */
export interface EventSource<Key, Event extends StreamedEvent> {
  /** `position`: absent for an event that is not kept. Returns a function that removes the listener. */
  onChange(listener: (key: Key, event: Event, position?: number) => void): () => void;
  /** The kept events, for those who lost their stream. */
  readonly events: {
    /** False: events after this position have been dropped. */
    isComplete(key: Key, position: number): boolean;
    between(
      key: Key,
      range: { readonly after: number; readonly to: number; readonly limit: number },
    ): readonly { readonly position: number; readonly event: Event }[];
    /** The position of the last event. */
    present(key: Key): number;
  };
}

/** Interval of the comment line that keeps proxies from closing a quiet stream. */
export const HEARTBEAT_MS = 15_000;
/**
 * A reader with more unread bytes gets no events that are not kept. The kept ones wait in the store until it
 * reads.
 */
export const MAX_STREAM_BACKLOG_BYTES = 1_048_576;
/** A reader that lost its stream reconnects after this time. */
const RETRY_MS = 2_000;
/** A reader that reads nothing for this many heartbeats loses its stream. */
const MAX_FULL_BEATS = 2;
/** Kept events that are read at once. */
const READ_AT_ONCE = 50;

/** The beginning of a stream. */
export interface StreamStart<Event extends StreamedEvent> {
  /** The events before all others: the present state, or nothing for a reader that resumes. */
  readonly first: readonly Event[];
  /** The position after which the reader gets every event. */
  readonly position: number;
}

/**
 * The server-sent events of one key: the first ones, then every later one, until the reader disconnects,
 * its credentials count no longer, or `closing` is aborted. `event` of each is its type, `data` the event as
 * JSON, `id` the position from which the reader can resume.
 *
 * ES1. The kept events are sent in the order of their positions, each once, and only after their commit.
 * ES2. A slow reader gets no further event before it has read; the events wait in the store. A stream whose
 *      next events have been dropped meanwhile ends, and the reader learns it when it resumes.
 */
export function openEventStream<Key, Event extends StreamedEvent>(deps: StreamDeps<Key, Event>): Readable {
  return new EventStream(deps).readable;
}

/** The credentials are those of the reader. */
interface StreamDeps<Key, Event extends StreamedEvent> extends Validity {
  readonly source: EventSource<Key, Event>;
  readonly durable: Pick<Durable, 'whenDurable'>;
  readonly clock: Clock;
  /** Whose events. */
  readonly key: Key;
  readonly start: StreamStart<Event>;
  readonly closing?: AbortSignal;
}

class EventStream<Key, Event extends StreamedEvent> {
  readonly readable = new PassThrough();
  readonly #source: EventSource<Key, Event>;
  readonly #clock: Clock;
  readonly #key: Key;
  readonly #isRevoked: () => boolean;
  /** The position of the last event that was sent. */
  #sent: number;
  /** The position of the last event that was committed. */
  #committed: number;
  #hasBegun = false;
  #isFull = false;
  /** Heartbeats since the reader stopped to read. */
  #fullBeats = 0;
  #stopHeartbeat: () => void = () => {};

  constructor(deps: StreamDeps<Key, Event>) {
    const { source, clock, key, start, validUntil, isRevoked = () => false, closing } = deps;
    this.#source = source;
    this.#clock = clock;
    this.#key = key;
    this.#isRevoked = isRevoked;
    this.#sent = start.position;
    this.#committed = start.position;
    const end = () => this.readable.end();
    const forget = source.onChange((changed, event, position) => {
      if (changed === key) this.#told(event, position);
    });
    const keep = validUntil === undefined ? () => {} : clock.at(validUntil, end);
    const stop = () => {
      forget();
      keep();
      this.#stopHeartbeat();
      closing?.removeEventListener('abort', end);
    };
    this.readable.once('close', stop);
    this.readable.once('finish', stop);
    this.readable.on('drain', () => {
      this.#isFull = false;
      this.#fullBeats = 0;
      this.#pump();
    });
    closing?.addEventListener('abort', end, { once: true });
    void this.#begin(deps).catch((error: Error) => this.readable.destroy(error));
    if (closing?.aborted) end();
    this.#beat();
  }

  /** The present state, and the events so far, were read before they are durable. */
  async #begin({ durable, start }: StreamDeps<Key, Event>): Promise<void> {
    const present = this.#source.events.present(this.#key);
    await durable.whenDurable();
    this.#write(`retry: ${RETRY_MS}\n\n${this.#firstText(start)}`);
    this.#hasBegun = true;
    this.#committed = Math.max(this.#committed, present);
    this.#pump();
  }

  /** Only the last of the first events has an id: a reader that missed one of them gets all again. */
  #firstText({ first, position }: StreamStart<Event>): string {
    return first.map((event, at) => format(event, at === first.length - 1 ? position : undefined)).join('');
  }

  #told(event: Event, position: number | undefined): void {
    if (position !== undefined) {
      this.#toldKept(event, position);
      return;
    }
    const { writableLength, readableLength } = this.readable;
    const hasRoom = writableLength + readableLength <= MAX_STREAM_BACKLOG_BYTES;
    if (this.#hasBegun && hasRoom) this.#write(format(event));
    // Nothing more will happen to it.
    if (event.type === 'removed') this.readable.end();
  }

  /** A reader who has all events before this one gets it without a read of the store. */
  #toldKept(event: Event, position: number): void {
    const hasAllBefore = this.#hasBegun && !this.#isFull && this.#sent === this.#committed;
    if (hasAllBefore && position > this.#sent) {
      this.#sent = position;
      this.#committed = position;
      this.#write(format(event, position));
      return;
    }
    this.#committed = Math.max(this.#committed, position);
    this.#pump();
  }

  /** ES1, ES2. */
  #pump(): void {
    const { events } = this.#source;
    while (this.#hasBegun && !this.#isFull && this.#sent < this.#committed) {
      if (!events.isComplete(this.#key, this.#sent)) {
        this.readable.end();
        return;
      }
      const range = { after: this.#sent, to: this.#committed, limit: READ_AT_ONCE };
      const next = events.between(this.#key, range);
      for (const { position, event } of next) this.#write(format(event, position));
      this.#sent = next.length < READ_AT_ONCE ? this.#committed : next.at(-1)!.position;
    }
  }

  #write(text: string): void {
    if (this.readable.writableEnded || this.readable.destroyed) return;
    if (this.#isRevoked()) {
      this.readable.end();
      return;
    }
    if (!this.readable.write(text)) this.#isFull = true;
  }

  #beat(): void {
    this.#stopHeartbeat = this.#clock.at(this.#clock.now() + HEARTBEAT_MS, () => {
      this.#fullBeats += this.#isFull ? 1 : 0;
      if (this.#fullBeats >= MAX_FULL_BEATS) {
        this.readable.destroy();
        return;
      }
      this.#write(': heartbeat\n\n');
      this.#beat();
    });
  }
}

/** One data line is enough, because JSON text has no line breaks. */
function format(event: StreamedEvent, position?: number): string {
  const id = position === undefined ? '' : `id: ${position}\n`;
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n${id}\n`;
}

/** The reply of a request for a stream. */
export function replyStream(ctx: Context, stream: Readable): void {
  ctx.set({ 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store', 'X-Accel-Buffering': 'no' });
  ctx.body = stream;
}

/** The id of the last event that the reader got, from a reconnecting EventSource or from the query. */
export function lastEventIdOf(ctx: Context): string | undefined {
  const { lastEventId } = ctx.query;
  const given = ctx.get('last-event-id') || (typeof lastEventId === 'string' ? lastEventId : '');
  return given === '' ? undefined : given.slice(0, MAX_EVENT_ID_CHARS);
}

import { PassThrough, type Readable } from 'node:stream';
import type { Durable } from '../../engine/durable/index.ts';
import type { Clock } from '../../engine/ports/index.ts';
import type { AgentId } from '../../strategies/ids/index.ts';
import type { AgentEvent, Agents } from '../../strategies/routing/index.ts';

/** Interval of the comment line that keeps proxies from closing a quiet stream. */
export const HEARTBEAT_MS = 15_000;
/**
 * A desktop with more unread bytes gets no events that are not kept. The kept ones wait in the store until it
 * reads.
 */
export const MAX_STREAM_BACKLOG_BYTES = 1_048_576;
/** A desktop that lost its stream reconnects after this time. */
const RETRY_MS = 2_000;
/** A desktop that reads nothing for this many heartbeats loses its stream. */
const MAX_FULL_BEATS = 2;
/** Kept events that are read at once. */
const READ_AT_ONCE = 50;

/** The beginning of a stream. */
export interface StreamStart {
  /** The events before all others: the present state, or nothing for a desktop that resumes. */
  readonly first: readonly AgentEvent[];
  /** The position after which the desktop gets every event. */
  readonly position: number;
}

/**
 * The server-sent events of one agent: the first ones, then every later one, until the reader disconnects,
 * its credentials count no longer, or `closing` is aborted. `event` of each is its type, `data` the event as
 * JSON, `id` the position from which the desktop can resume.
 *
 * ES1. The kept events are sent in the order of their positions, each once, and only after their commit.
 * ES2. A slow reader gets no further event before it has read; the events wait in the store. A stream whose
 *      next events have been dropped meanwhile ends, and the desktop learns it when it resumes.
 */
export function openEventStream(deps: {
  readonly agents: Pick<Agents, 'onChange' | 'events'>;
  readonly durable: Pick<Durable, 'whenDurable'>;
  readonly clock: Clock;
  readonly agentId: AgentId;
  readonly start: StreamStart;
  /** ms since epoch until which the credentials of the reader count; absent: they have no end. */
  readonly validUntil?: number;
  readonly closing?: AbortSignal;
}): Readable {
  return new EventStream(deps).readable;
}

class EventStream {
  readonly readable = new PassThrough();
  readonly #agents: Pick<Agents, 'onChange' | 'events'>;
  readonly #clock: Clock;
  readonly #agentId: AgentId;
  /** The position of the last event that was sent. */
  #sent: number;
  /** The position of the last event that was committed. */
  #committed: number;
  #hasBegun = false;
  #isFull = false;
  /** Heartbeats since the reader stopped to read. */
  #fullBeats = 0;
  #stopHeartbeat: () => void = () => {};

  constructor(deps: Parameters<typeof openEventStream>[0]) {
    const { agents, clock, agentId, start, validUntil, closing } = deps;
    this.#agents = agents;
    this.#clock = clock;
    this.#agentId = agentId;
    this.#sent = start.position;
    this.#committed = start.position;
    const end = () => this.readable.end();
    const forget = agents.onChange((changed, event, position) => {
      if (changed === agentId) this.#told(event, position);
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
  async #begin({ durable, start }: Parameters<typeof openEventStream>[0]): Promise<void> {
    const present = this.#agents.events.present(this.#agentId);
    await durable.whenDurable();
    this.#write(`retry: ${RETRY_MS}\n\n${this.#firstText(start)}`);
    this.#hasBegun = true;
    this.#committed = Math.max(this.#committed, present);
    this.#pump();
  }

  /** Only the last of the first events has an id: a desktop that missed one of them gets all again. */
  #firstText({ first, position }: StreamStart): string {
    return first.map((event, at) => format(event, at === first.length - 1 ? position : undefined)).join('');
  }

  #told(event: AgentEvent, position: number | undefined): void {
    if (position !== undefined) {
      this.#toldKept(event, position);
      return;
    }
    const { writableLength, readableLength } = this.readable;
    const hasRoom = writableLength + readableLength <= MAX_STREAM_BACKLOG_BYTES;
    if (this.#hasBegun && hasRoom) this.#write(format(event));
    // The agent no longer exists.
    if (event.type === 'removed') this.readable.end();
  }

  /** A reader who has all events before this one gets it without a read of the store. */
  #toldKept(event: AgentEvent, position: number): void {
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
    const { events } = this.#agents;
    while (this.#hasBegun && !this.#isFull && this.#sent < this.#committed) {
      if (!events.isComplete(this.#agentId, this.#sent)) {
        this.readable.end();
        return;
      }
      const range = { after: this.#sent, to: this.#committed, limit: READ_AT_ONCE };
      const next = events.between(this.#agentId, range);
      for (const { position, event } of next) this.#write(format(event, position));
      this.#sent = next.length < READ_AT_ONCE ? this.#committed : next.at(-1)!.position;
    }
  }

  #write(text: string): void {
    if (this.readable.writableEnded || this.readable.destroyed) return;
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
function format(event: AgentEvent, position?: number): string {
  const id = position === undefined ? '' : `id: ${position}\n`;
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n${id}\n`;
}

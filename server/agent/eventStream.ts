import { PassThrough, type Readable } from 'node:stream';
import type { Clock } from '../../engine/ports/index.ts';
import type { AgentId } from '../../strategies/ids/index.ts';
import type { AgentEvent, Agents } from '../../strategies/routing/index.ts';

/** Interval of the comment line that keeps proxies from closing a quiet stream. */
export const HEARTBEAT_MS = 15_000;
/** A desktop with more unread bytes is disconnected; when it reconnects it gets the present state. */
export const MAX_STREAM_BACKLOG_BYTES = 1_048_576;
/** A desktop that lost its stream reconnects after this time. */
const RETRY_MS = 2_000;

/**
 * The server-sent events of one agent: `first`, then every change, until the reader disconnects or `closing`
 * is aborted. `event` of each is its type, `data` the event as JSON.
 */
export function openEventStream(deps: {
  readonly agents: Pick<Agents, 'onChange'>;
  readonly clock: Clock;
  readonly agentId: AgentId;
  readonly first: readonly AgentEvent[];
  readonly closing?: AbortSignal;
}): Readable {
  const { agents, clock, agentId, first, closing } = deps;
  const stream = new PassThrough();
  let stopHeartbeat = () => {};
  const end = () => stream.end();

  function write(text: string): void {
    if (stream.writableEnded || stream.destroyed) return;
    stream.write(text);
    if (stream.writableLength + stream.readableLength > MAX_STREAM_BACKLOG_BYTES) stream.destroy();
  }

  function beat(): void {
    stopHeartbeat = clock.at(clock.now() + HEARTBEAT_MS, () => {
      write(': heartbeat\n\n');
      beat();
    });
  }

  const forget = agents.onChange((changed, event) => {
    if (changed === agentId) write(format(event));
  });
  function stop(): void {
    forget();
    stopHeartbeat();
    closing?.removeEventListener('abort', end);
  }
  stream.once('close', stop);
  stream.once('finish', stop);
  closing?.addEventListener('abort', end, { once: true });
  if (closing?.aborted) end();

  write(`retry: ${RETRY_MS}\n\n${first.map(format).join('')}`);
  beat();
  return stream;
}

/** One data line is enough, because JSON text has no line breaks. */
function format(event: AgentEvent): string {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}

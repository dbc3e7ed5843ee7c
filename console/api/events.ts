import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { ApiError } from './apiError.ts';
import { send } from './call.ts';
import type { Inputs, OperationName } from './operationTypes.ts';

/** A server-sent event. `data`: its JSON. */
export interface StreamedEvent {
  readonly type: string;
  readonly data: unknown;
}

/** The server sends a comment line every 15 s. A stream that is silent for longer is dead. */
const SILENCE_MS = 40_000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;

export type StreamState = 'connecting' | 'open' | { readonly failed: ApiError };

/**
 * Reads the events of a route until `signal` is aborted. A stream that ends is opened again after the last
 * event that came. It ends for good when the server refuses it (`failed`), for example because the thing is
 * gone.
 */
export async function readEvents(
  open: (lastEventId: string | undefined, signal: AbortSignal) => Promise<Response>,
  {
    onEvent,
    onState,
    signal: ended,
  }: {
    readonly onEvent: (event: StreamedEvent) => void;
    readonly onState: (state: StreamState) => void;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  let lastEventId: string | undefined;
  let pause = FIRST_PAUSE_MS;
  while (!ended.aborted) {
    const silence = new AbortController();
    const both = AbortSignal.any([ended, silence.signal]);
    onState('connecting');
    try {
      const reply = await open(lastEventId, both);
      onState('open');
      await readLines(reply, silence, (event, id) => {
        lastEventId = id ?? lastEventId;
        pause = FIRST_PAUSE_MS;
        onEvent(event);
      });
    } catch (error) {
      if (ended.aborted) return;
      if (error instanceof ApiError && error.status < 500 && error.status !== 429) {
        onState({ failed: error });
        return;
      }
      // Another failure: the stream broke off, and is opened again below.
    }
    await new Promise((resolve) => setTimeout(resolve, pause));
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
  }
}

/** Events of a route while the component is shown. Returns the state of the stream. */
export function useEvents<Name extends OperationName>(
  name: Name,
  input: Inputs<Name>[0],
  onEvent: (event: StreamedEvent) => void,
): StreamState {
  const state = useRef(signal<StreamState>('connecting')).current;
  const listener = useRef(onEvent);
  listener.current = onEvent;
  const key = JSON.stringify(input);
  useEffect(() => {
    const ended = new AbortController();
    const open = (lastEventId: string | undefined, signal: AbortSignal): Promise<Response> => {
      const headers = lastEventId === undefined ? {} : { 'Last-Event-ID': lastEventId };
      return send(name, { ...(input as object), headers, signal });
    };
    void readEvents(open, {
      onEvent: (event) => listener.current(event),
      onState: (next) => {
        state.value = next;
      },
      signal: ended.signal,
    });
    return () => ended.abort();
  }, [name, key]);
  return state.value;
}

async function readLines(
  reply: Response,
  silence: AbortController,
  onEvent: (event: StreamedEvent, id: string | undefined) => void,
): Promise<void> {
  const reader = reply.body?.pipeThrough(new TextDecoderStream()).getReader();
  if (reader === undefined) return;
  let rest = '';
  for (;;) {
    const timer = setTimeout(() => silence.abort(), SILENCE_MS);
    const { done, value } = await reader.read().finally(() => clearTimeout(timer));
    if (done) return;
    const blocks = (rest + value).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) readBlock(block, onEvent);
  }
}

function readBlock(block: string, onEvent: (event: StreamedEvent, id: string | undefined) => void): void {
  const fields = new Map<string, string>();
  for (const line of block.split('\n')) {
    const [, name, value] = /^(\w+): ?(.*)$/.exec(line) ?? [];
    if (name !== undefined) fields.set(name, value ?? '');
  }
  const data = fields.get('data');
  if (data === undefined) return;
  onEvent({ type: fields.get('event') ?? 'message', data: JSON.parse(data) }, fields.get('id'));
}

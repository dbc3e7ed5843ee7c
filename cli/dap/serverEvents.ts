/** Characters of an event. */
const MAX_EVENT_CHARS = 16 * 1024 * 1024;

/** A server-sent event whose data are a JSON object. */
export interface StreamedEvent {
  readonly event: string;
  readonly data: { readonly [field: string]: unknown };
}

/** The events of a stream, until it ends or `closing` is aborted. */
export async function* serverEvents(
  stream: AsyncIterable<Uint8Array>,
  closing: AbortSignal,
): AsyncGenerator<StreamedEvent> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const bytes of stream) {
    if (closing.aborted) return;
    text += decoder.decode(bytes, { stream: true });
    if (text.length > MAX_EVENT_CHARS) {
      throw new Error(`Expected an event of at most ${MAX_EVENT_CHARS} characters.`);
    }
    const parts = text.split('\n\n');
    text = parts.pop() ?? '';
    for (const part of parts) {
      const found = eventIn(part);
      if (found !== undefined) yield found;
    }
  }
}

function eventIn(part: string): StreamedEvent | undefined {
  const fields = new Map(
    part.split('\n').map((line) => [line.split(': ', 1)[0]!, line.replace(/^[^:]*: /, '')]),
  );
  const [event, data] = [fields.get('event'), fields.get('data')];
  if (event === undefined || data === undefined) return undefined;
  return { event, data: JSON.parse(data) as StreamedEvent['data'] };
}

import type { Readable } from 'node:stream';
import inject from 'light-my-request';
import { BASE, type TestReply, type TestServer } from '../../support/testServer.ts';

/** Type of replies that do not end. */
export const STREAM_TYPE = 'text/event-stream';

/** The fields of an event, `data` as JSON. */
type StreamEvent = Readonly<Record<string, unknown>>;

/** Sends a request whose reply does not end, reads the reply to its first event, and closes it. */
export async function firstEventOf(
  { orsay }: TestServer,
  url: string,
  headers: Readonly<Record<string, string>>,
): Promise<TestReply> {
  const authority = new URL(BASE).host;
  const reply = await inject(orsay.handler, {
    method: 'GET',
    url,
    authority,
    headers,
    payloadAsStream: true,
  });
  const stream: Readable = reply.stream();
  let text = '';
  for await (const chunk of stream) {
    text += String(chunk);
    if (eventsIn(text).length > 0) break;
  }
  return {
    status: reply.statusCode,
    headers: reply.headers as Record<string, string>,
    text,
    bytes: Buffer.from(text),
    json: undefined,
  };
}

/** The whole events of a stream: those with an empty line after them. */
export function eventsIn(text: string): readonly StreamEvent[] {
  return text
    .split('\n\n')
    .slice(0, -1)
    .map((part) => Object.fromEntries(part.split('\n').map(fieldOf)))
    .filter(({ data }) => data !== undefined);
}

function fieldOf(line: string): [string, unknown] {
  const [name = '', value = ''] = line.split(/: ?(.*)/s);
  return [name, name === 'data' ? (JSON.parse(value) as unknown) : value];
}

import type { Example, Operation } from '../../../server/openapi/operation.ts';
import type { TestReply, TestServer } from '../../support/testServer.ts';
import { firstEventOf, STREAM_TYPE } from './streams.ts';

const BOUNDARY = '----WebKitFormBoundaryy16gocbN6tmPORZL';

/** Printed texts, such as ids, and those that take their place on a test server. */
export type Replacements = Readonly<Record<string, string>>;

/** Sends the request of an example. A reply that does not end is read to its first event. */
export async function sendExample(
  server: TestServer,
  { method, path }: { readonly method: string; readonly path: string },
  {
    operation,
    example,
    replacements,
  }: { operation: Operation; example: Example; replacements: Replacements },
): Promise<TestReply> {
  const real = <T>(value: T): T => replaced(value, replacements);
  const query = new URLSearchParams(real(example.query) ?? {}).toString();
  const url = urlOf(path, real(example.path) ?? {}) + (query === '' ? '' : `?${query}`);
  const headers = { ...real(example.headers) };
  const body = real(example.body);
  if (operation.replies[example.reply.status]?.type === STREAM_TYPE)
    return firstEventOf(server, url, headers);
  if (body === undefined) return server.send(method, url, { headers });
  const type = example.type ?? operation.body?.types?.[0] ?? 'application/x-www-form-urlencoded';
  if (type === 'application/json') return server.send(method, url, { headers, json: body });
  if (type === 'application/x-www-form-urlencoded') {
    return server.send(method, url, { headers, form: body as Record<string, string> });
  }
  if (type === 'multipart/form-data') {
    return server.send(method, url, {
      headers: { ...headers, 'content-type': `${type}; boundary=${BOUNDARY}` },
      body: multipart(body as Record<string, string>, operation.body?.files ?? {}),
    });
  }
  return server.send(method, url, { headers: { ...headers, 'content-type': type }, body: String(body) });
}

function urlOf(path: string, values: Replacements): string {
  return path
    .replace(/\{[^}]*\}/g, '')
    .replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(values[name] ?? ''))
    .replace(/\*(\w+)/g, (_, name: string) => values[name] ?? '');
}

function multipart(
  fields: Readonly<Record<string, string>>,
  files: Readonly<Record<string, string>>,
): Buffer {
  const parts = Object.entries(fields).map(([name, value]) => {
    const type = files[name];
    const head = `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"`;
    return type === undefined
      ? `${head}\r\n\r\n${value}\r\n`
      : `${head}; filename="${value}"\r\nContent-Type: ${type}\r\n\r\nbytes\r\n`;
  });
  return Buffer.from(`${parts.join('')}--${BOUNDARY}--\r\n`);
}

/** A copy with other texts; the longest is replaced first. */
export function replaced<T>(value: T, replacements: Replacements): T {
  if (value === undefined) return value;
  const pairs = Object.entries(replacements).sort(([a], [b]) => b.length - a.length);
  let text = JSON.stringify(value);
  for (const [from, to] of pairs) text = text.replaceAll(from, to);
  return JSON.parse(text) as T;
}

import { METHODS } from 'node:http';
import {
  context,
  ProxyTracerProvider,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import type { Middleware } from 'koa';
import type { Durable, StorePort } from '../../engine/durable/index.ts';
import type { StepTracing } from '../../engine/host/index.ts';
import type { Clock, HttpClient } from '../../engine/ports/index.ts';
import { HEADER_GETTER, HEADER_SETTER } from './headers.ts';
import { withinSpan } from './spans.ts';
import { CommitLinks, TracedDurable } from './tracedDurable.ts';

/**
 * The spans of the work of the server, for the SDK of OpenTelemetry that the operator loaded. Attributes have
 * no text of a customer, a document or a user: no body, no query, no path, no message of an error.
 */
export class Tracing {
  readonly #commits = new CommitLinks();

  /** A span for each request. Its parent is the span that the caller names in `traceparent`. */
  requests(): Middleware {
    return (ctx, next) => {
      const parent = propagation.extract(ROOT_CONTEXT, ctx.headers, HEADER_GETTER);
      const attributes = { 'http.request.method': ctx.method };
      return withinSpan({ name: ctx.method, kind: SpanKind.SERVER, parent, attributes }, async (span) => {
        try {
          await next();
        } finally {
          const { statusCode } = ctx.res;
          span.setAttribute('http.response.status_code', statusCode);
          if (statusCode >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
          const route: unknown = ctx._matchedRoute;
          if (route !== undefined) {
            span.updateName(`${ctx.method} ${String(route)}`);
            span.setAttribute('http.route', String(route));
          }
        }
      });
    };
  }

  /** The client, with a span for each request, which the other server can name as the parent of its own. */
  client(client: HttpClient): HttpClient {
    return (request) => {
      const method = knownMethod(request.method);
      const attributes = { 'http.request.method': method, ...serverOf(request.url) };
      return withinSpan({ name: method, kind: SpanKind.CLIENT, attributes }, async (span) => {
        const headers = { ...request.headers };
        propagation.inject(context.active(), headers, HEADER_SETTER);
        const reply = await client({ ...request, headers });
        span.setAttribute('http.response.status_code', reply.status);
        if (reply.status >= 400) span.setStatus({ code: SpanStatusCode.ERROR });
        return reply;
      });
    };
  }

  /** Spans of tasks. */
  durable(durable: Durable, clock: Pick<Clock, 'now'>): Durable {
    return new TracedDurable(durable, { clock, links: this.#commits });
  }

  /** Spans of writes: each has the commits that came together. */
  write(write: StorePort['write']): StorePort['write'] {
    return this.#commits.around(write);
  }

  readonly steps: StepTracing = {
    bind: (work) => context.bind(context.active(), work),
    around({ sessionId, documentHash, input }, perform) {
      const attributes = {
        'orsay.session.id': sessionId,
        'orsay.document.hash': documentHash,
        'orsay.step.input': input,
      };
      return withinSpan({ name: 'session step', attributes }, perform);
    },
  };
}

/** As the conventions of OpenTelemetry want it: documents may write any text. */
function knownMethod(text: string): string {
  const method = text.toUpperCase();
  return METHODS.includes(method) ? method : '_OTHER';
}

function serverOf(url: string): Record<string, string | number> {
  if (!URL.canParse(url)) return {};
  const { hostname, port, protocol } = new URL(url);
  return { 'server.address': hostname, 'server.port': Number(port) || (protocol === 'https:' ? 443 : 80) };
}

/** Undefined: no SDK was loaded before the server, so nobody would see a span. */
export function loadedTracing(): Tracing | undefined {
  const provider = trace.getTracerProvider();
  const isLoaded =
    !(provider instanceof ProxyTracerProvider) || provider.getDelegateTracer('orsay') !== undefined;
  return isLoaded ? new Tracing() : undefined;
}

import {
  type Attributes,
  type Context,
  context,
  type Span,
  type SpanOptions,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { CodedError } from '../../engine/ports/index.ts';

/** Performs the work inside a span, which ends with it. `parent`: default is the context of the caller. */
export async function withinSpan<Result>(
  {
    name,
    parent = context.active(),
    ...options
  }: SpanOptions & { readonly name: string; readonly parent?: Context },
  work: (span: Span) => Promise<Result>,
): Promise<Result> {
  return trace.getTracer('orsay').startActiveSpan(name, options, parent, async (span) => {
    try {
      return await work(span);
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR });
      span.setAttributes(faultOf(error));
      throw error;
    } finally {
      span.end();
    }
  });
}

/** The kind of an error, never its message, which may name a person. */
function faultOf(error: unknown): Attributes {
  if (error instanceof CodedError) return { 'error.type': error.code };
  return { 'error.type': error instanceof Error ? error.name : 'thrown' };
}

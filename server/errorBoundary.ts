import type { Middleware } from 'koa';
import { DocumentError, formatProblem } from '../engine/errors.ts';
import type { Json } from '../engine/event.ts';
import { HostError } from '../engine/host/sessions.ts';
import type { Log } from '../engine/ports.ts';
import { ServiceError } from '../strategies/callback/errors.ts';
import { StorageError } from '../strategies/storage/errors.ts';
import { WireError } from './errors.ts';
import { idsOfRequest } from './idsOfRequest.ts';

/**
 * First middleware: turns whatever was thrown into {"message","exception","code"}. Only faults that were
 * made for the client (WireError, ServiceError, HostError, DocumentError, an http error that exposes itself) show their
 * message; anything else is logged whole and answered as INTERNAL.
 */
export function errorBoundary(deps: { readonly log: Log }): Middleware {
  return async (ctx, next) => {
    try {
      await next();
    } catch (thrown) {
      const error = toWireError(thrown);
      if (error.status >= 500) {
        deps.log.error(
          { method: ctx.method, path: ctx.path, code: error.code, ...idsOfRequest(ctx), err: thrown },
          error.message,
        );
      }
      ctx.status = error.status;
      ctx.set(error.headers);
      ctx.set('Content-Type', 'application/json;charset=UTF-8');
      ctx.body = JSON.stringify(error.body());
    }
  };
}

/** What the client is told of a fault. */
export function toWireError(thrown: unknown): WireError {
  if (thrown instanceof WireError) {
    return thrown;
  }
  if (thrown instanceof ServiceError || thrown instanceof StorageError) {
    return new WireError(thrown.code, { message: thrown.message, cause: thrown });
  }
  if (thrown instanceof HostError) {
    return new WireError(thrown.code, {
      status: thrown.status,
      message: messageOfHost(thrown),
      cause: thrown,
    });
  }
  if (thrown instanceof DocumentError) {
    return new WireError('DOCUMENT_INVALID', {
      message: thrown.problems.map(formatProblem).join('\n'),
      details: { problems: thrown.problems.map((problem) => ({ ...problem }) as unknown as Json) },
      cause: thrown,
    });
  }
  if (isExposed(thrown)) {
    return new WireError(codeOfStatus(thrown.status), {
      status: thrown.status,
      message: thrown.message,
      cause: thrown,
    });
  }
  return new WireError('INTERNAL', { cause: thrown });
}

/** Why a document could not be read is for the one who named it; other causes are for the log. */
function messageOfHost(error: HostError): string {
  return error.code === 'DOCUMENT_UNREACHABLE' && error.cause instanceof Error
    ? `${error.message.replace(/\.$/, '')}: ${error.cause.message}`
    : error.message;
}

/** Errors of koa and its parts (http-errors) say themselves whether their message may be shown. */
function isExposed(thrown: unknown): thrown is Error & { readonly status: number } {
  return (
    thrown instanceof Error &&
    'expose' in thrown &&
    thrown.expose === true &&
    'status' in thrown &&
    typeof thrown.status === 'number'
  );
}

function codeOfStatus(status: number): 'BODY_MALFORMED' | 'NOT_FOUND' | 'BODY_TOO_LARGE' {
  if (status === 404) {
    return 'NOT_FOUND';
  }
  return status === 413 ? 'BODY_TOO_LARGE' : 'BODY_MALFORMED';
}

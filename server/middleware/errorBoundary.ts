import type { Context, Middleware } from 'koa';
import { CodedError, type Log } from '../../engine/ports/index.ts';
import { toWireError, WIRE_ERRORS, WireError } from '../errors/index.ts';
import { replyJson } from './replies.ts';
import { idsOfRequest, routeOf } from './requestLog.ts';

/** Codes that always say that a part of the server failed. */
const FAULTS: readonly string[] = [
  'INTERNAL',
  'ENGINE_UNAVAILABLE',
  'STORE_UNAVAILABLE',
  'STORE_DAMAGED',
  'OUTCOME_UNKNOWN',
];

/**
 * First middleware: answers every thrown error as {"message","exception","code"}. Faults of the server are
 * errors in the log, with their stack. A refusal by a rule (no more callbacks, no room at present, ...) is a
 * warning. Neither line has the message for the client, which repeats values of the request.
 */
export function errorBoundary(deps: { readonly log: Log }): Middleware {
  return async (ctx, next) => {
    try {
      requireTarget(ctx);
      await next();
    } catch (thrown) {
      const error = toWireError(thrown);
      if (error.status >= 500) logFailure(deps.log, { ctx, error, thrown });
      ctx.status = error.status;
      ctx.set(error.headers);
      replyJson(ctx, error.body());
    }
  };
}

/** Errors of a reply whose client has left: nothing is wrong. */
const LEFT: readonly (string | undefined)[] = ['ERR_STREAM_PREMATURE_CLOSE', 'EPIPE', 'ECONNRESET'];

/** For the event `error` of Koa: a reply that could not be sent. */
export function replyFailures(log: Log): (error: NodeJS.ErrnoException) => void {
  return (err) => log[LEFT.includes(err.code) ? 'debug' : 'error']({ err }, 'A reply could not be sent.');
}

/** Koa reads the path of a target such as `http://[` only when somebody asks for it, and throws then. */
function requireTarget(ctx: Context): void {
  try {
    if (typeof ctx.path === 'string') return;
  } catch {
    // As below.
  }
  throw new WireError('PARAMETER_INVALID', {
    message: 'Expected the target of the request to be a path or a URL.',
  });
}

function logFailure(
  log: Log,
  { ctx, error, thrown }: { readonly ctx: Context; readonly error: WireError; readonly thrown: unknown },
): void {
  const { code } = error;
  const fields = { method: ctx.method, path: routeOf(ctx), code, ...idsOfRequest(ctx) };
  const { message } = WIRE_ERRORS[code];
  if (FAULTS.includes(code) || isFault(error)) log.error({ ...fields, err: thrown }, message);
  else log.warn(fields, message);
}

/** True when something failed below the refusal: a file, a socket, or the code itself. */
function isFault(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const isRefusal = error instanceof WireError || error instanceof CodedError;
  return !isRefusal || isFault(error.cause);
}

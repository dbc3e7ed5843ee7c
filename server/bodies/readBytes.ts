import type { Context } from 'koa';
import { WireError } from '../errors/index.ts';
import type { BodyCount } from './bodyBudget.ts';
import { ByteList } from './byteList.ts';
import { BODY_LIMITS } from './limits.ts';

/** Reads the body unchanged. Rejects with BODY_TOO_LARGE beyond the limit, or as BodyCount.take. */
export function readBytes(
  ctx: Context,
  { limit, body }: { readonly limit: 'MAX_RAW_BYTES' | 'MAX_FIELD_BYTES'; readonly body: BodyCount },
): Promise<Buffer> {
  const { req } = ctx;
  return new Promise((resolve, reject) => {
    if (Number(ctx.get('content-length') || 0) > BODY_LIMITS[limit]) {
      reject(bodyTooLarge(limit));
      return;
    }
    const bytes = new ByteList(BODY_LIMITS[limit]);

    function take(chunk: Buffer): void {
      try {
        if (bytes.size + chunk.length > BODY_LIMITS[limit]) throw bodyTooLarge(limit);
        body.take(chunk.length);
        bytes.add(chunk);
      } catch (error) {
        fail(error as Error);
      }
    }
    function end(): void {
      release();
      resolve(bytes.take());
    }
    function fail(error: Error): void {
      release();
      bytes.free();
      reject(error);
    }
    /** The client disconnected. */
    function abort(cause?: unknown): void {
      fail(new WireError('BODY_MALFORMED', { message: 'The body ended before it was complete.', cause }));
    }
    function release(): void {
      req.off('data', take).off('end', end).off('error', abort).off('close', abort);
      // Bytes beyond the limit are read but not kept, so that the connection can still carry the reply.
      if (!req.complete) req.on('error', () => {}).resume();
    }
    req.on('data', take).on('end', end).on('error', abort).on('close', abort);
  });
}

export function bodyTooLarge(limit: keyof typeof BODY_LIMITS, cause?: unknown): WireError {
  return new WireError('BODY_TOO_LARGE', {
    message: `The body is larger than ${limit} (${BODY_LIMITS[limit]} bytes).`,
    cause,
  });
}

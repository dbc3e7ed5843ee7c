import type { Context } from 'koa';
import type { BodyCount } from './bodyBudget.ts';

/**
 * Reads a body by a parser that listens to the request itself, and counts its bytes. `read` gives `count`
 * each chunk. When the budget is used up, the parser gets no more bytes, and is forgotten with the request.
 */
export function readCounted<T>(
  ctx: Context,
  body: BodyCount,
  read: (count: (chunk: Uint8Array) => void) => Promise<T>,
): Promise<T> {
  const { req } = ctx;
  return new Promise((resolve, reject) => {
    const count = (chunk: Uint8Array): void => {
      try {
        body.take(chunk.length);
      } catch (error) {
        req.unpipe().removeAllListeners('data').removeAllListeners('end').resume();
        reject(error);
      }
    };
    read(count).then(resolve, reject);
  });
}

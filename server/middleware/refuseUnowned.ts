import type { Middleware } from 'koa';
import { WireError } from '../errors/index.ts';

/**
 * Refuses every request while another node may have the store: the records of this node may be old.
 * `mayAnswer`: absent when no other node can have it.
 */
export function refuseUnowned(mayAnswer: () => boolean = () => true): Middleware {
  return (_, next) => {
    if (mayAnswer()) return next();
    throw new WireError('UNAVAILABLE', {
      message: 'This node does not have the cell at present. Repeat the request at the other node, or later.',
      headers: { 'Retry-After': '1' },
    });
  };
}

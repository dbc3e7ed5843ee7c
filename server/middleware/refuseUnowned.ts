import type { Context, Middleware } from 'koa';
import { WireError } from '../errors/index.ts';

/**
 * Refuses requests while another node may have the store: the records of this node may be old. `isOfNode`:
 * of a request that needs no records.
 */
export function refuseUnowned(deps: {
  readonly mayAnswer: () => boolean;
  readonly isOfNode: (ctx: Context) => boolean;
}): Middleware {
  return (ctx, next) => {
    if (deps.mayAnswer() || deps.isOfNode(ctx)) return next();
    throw new WireError('UNAVAILABLE', {
      message: 'This node does not have the cell at present. Repeat the request at the other node, or later.',
      headers: { 'Retry-After': '1' },
    });
  };
}

import type { Socket } from 'node:net';
import type { Middleware } from 'koa';
import { defined } from '../../engine/ports/index.ts';
import { arrivalOf, markArrival } from '../access/index.ts';
import { NODE_MARK, type NodeIdentity } from './nodeIdentity.ts';

/**
 * Reads the mark of a request that another node forwarded: from then on, the request counts as arrived where
 * the client sent it. `trust` gets the connection of the other node. Throws FORBIDDEN.
 */
export function receiveForwarded(deps: {
  readonly identity: Pick<NodeIdentity, 'clientOf'>;
  readonly trust: (socket: Socket) => void;
}): Middleware {
  return (ctx, next) => {
    const arrival = arrivalOf(ctx.req);
    // A document may set any header of its requests.
    const client = arrival.inside === undefined ? deps.identity.clientOf(ctx.req) : undefined;
    if (client !== undefined) {
      const { cell, peer, isSecure, audiences, inside } = client;
      const forwarded = { cell, peer };
      markArrival(ctx.req, {
        ...arrival,
        isSecure,
        audiences: new Set(audiences),
        forwarded,
        ...defined({ inside }),
      });
      // Nobody behind this needs it.
      delete ctx.req.headers[NODE_MARK];
      deps.trust(ctx.req.socket);
    }
    return next();
  };
}

import type { IncomingMessage } from 'node:http';
import type { Context, Middleware } from 'koa';
import type { Clock, Log } from '../../engine/ports/index.ts';
import { arrivalOf, peerOf } from '../access/index.ts';
import { RefusalLog, WireError } from '../errors/index.ts';
import type { NamedCell } from './cellOfRequest.ts';
import type { CellPlace, ClusterCells } from './clusterCells.ts';
import { ForwardedBody } from './forwardedBody.ts';
import { type Attempt, type Forwarder, NOT_TAKEN } from './forwarder.ts';
import { isOfNode } from './healthRoutes.ts';
import type { NodeIdentity } from './nodeIdentity.ts';
import { RequestTurns } from './requestTurns.ts';

/** Time for which a request waits for a node that has its cell, in ms. */
const MAX_WAIT_MS = 10_000;
/** Pause before the same node is tried again, in ms. */
const RETRY_MS = 250;
/** Requests that wait at a time. */
const MAX_WAITING = 1_000;
const RETRY_AFTER = { 'Retry-After': '1' };

export interface ForwardDeps {
  /** The cell of this node. */
  readonly own: string;
  /** The cell that a request names. Undefined: none. */
  readonly cellOf: (request: IncomingMessage) => Promise<NamedCell | undefined>;
  /** Whether this node has the cell. */
  readonly has: (cell: string) => boolean;
  /** Whether a repetition of the request, with its key or by its nature, has no second effect. */
  readonly isRepeatable: (request: Pick<IncomingMessage, 'method' | 'url' | 'headers'>) => boolean;
  readonly cells: ClusterCells;
  readonly identity: Pick<NodeIdentity, 'markOf'>;
  readonly forwarder: Pick<Forwarder, 'attempt'>;
  /** Monotonic. */
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Sends the requests for cells of other nodes to their owners.
 *
 * FR1. A request is forwarded at most once: a node that gets a marked one and does not have the cell says so.
 *      The node that forwarded it asks the database again.
 * FR2. A request that no node has taken waits for the next owner. One that a node may have done is sent again
 *      only if a repetition has no second effect; else the client gets OUTCOME_UNKNOWN.
 * FR3. When another node gets the cell, the requests to the former owner end. A reply that has begun is cut,
 *      so that the client notices.
 * FR4. The requests of a connection are forwarded one after the other (RequestTurns).
 */
export function forwardRequests(deps: ForwardDeps): Middleware {
  const forwarding = new Forwarding(deps);
  return async (ctx, next) => {
    const { forwarded } = arrivalOf(ctx.req);
    if (isOfNode(ctx)) return next();
    const cell = forwarded?.cell ?? (await forwarding.cellOf(ctx));
    if (deps.has(cell)) return next();
    if (forwarded === undefined) return forwarding.forward(ctx, cell);
    throw new WireError('UNAVAILABLE', {
      message: `This node does not have the cell '${cell}'.`,
      headers: { ...RETRY_AFTER, [NOT_TAKEN]: 'true' },
    });
  };
}

class Forwarding {
  readonly #deps: ForwardDeps;
  readonly #failures: RefusalLog;
  readonly #turns = new RequestTurns();
  #waiting = 0;

  constructor(deps: ForwardDeps) {
    this.#deps = deps;
    this.#failures = new RefusalLog(deps);
  }

  /** A request with no id of a cell of the database is for the cell of this node. */
  async cellOf(ctx: Context): Promise<string> {
    const { cellOf, own, cells } = this.#deps;
    const { cell, by } = (await cellOf(ctx.req)) ?? { cell: own, by: 'id' };
    if (cell === own || by === 'configuration') return cell;
    return (await cells.place(cell)) === undefined ? own : cell;
  }

  /** Resolves when the reply is sent. Throws UNAVAILABLE, OUTCOME_UNKNOWN or TOO_MANY_REQUESTS while no reply
   * has begun. */
  async forward(ctx: Context, cell: string): Promise<void> {
    const { clock, isRepeatable } = this.#deps;
    // A request that the server sends to itself has no connection.
    const isClient = arrivalOf(ctx.req).inside === undefined;
    if (isClient && !(await this.#turns.next(ctx.req, ctx.res))) return;
    const until = clock.now() + MAX_WAIT_MS;
    const body = new ForwardedBody(ctx.req);
    let failed: { readonly place: CellPlace; readonly at: number } | undefined;
    for (;;) {
      const place = await this.#placeOf(cell, { failed, until, ctx });
      if (place === undefined) return;
      const attempt = await this.#attempt(ctx, { place, body });
      if (attempt.kind === 'answered') {
        ctx.respond = false;
        return;
      }
      const { reason } = attempt;
      this.#failures.warn({ cell, node: place.owner, reason }, 'A request could not be forwarded.');
      if (attempt.kind === 'unknown' && !(isRepeatable(ctx.req) && body.canRepeat)) {
        throw new WireError('OUTCOME_UNKNOWN', { headers: RETRY_AFTER });
      }
      if (!body.canRepeat) throw unavailable(cell);
      failed = { place, at: clock.now() };
    }
  }

  /** The owner of a cell; waits while there is none. Undefined: the client is gone. */
  async #placeOf(
    cell: string,
    {
      failed,
      until,
      ctx,
    }: {
      readonly failed: { readonly place: CellPlace; readonly at: number } | undefined;
      readonly until: number;
      readonly ctx: Context;
    },
  ): Promise<CellPlace | undefined> {
    const { cells, clock } = this.#deps;
    const place = await cells.place(cell);
    if (place === undefined) throw unknownCell(cell);
    if (hasOwner(place) && failed === undefined) return place;
    if (this.#waiting >= MAX_WAITING) throw unavailable(cell);
    this.#waiting++;
    try {
      for (;;) {
        await nextReading(cells);
        if (ctx.res.destroyed) return undefined;
        if (clock.now() >= until) throw unavailable(cell);
        const now = cells.known(cell);
        if (now === undefined || !hasOwner(now)) continue;
        // An owner that did not answer may be there again soon.
        const isTriedAgain = failed === undefined || clock.now() - failed.at >= RETRY_MS;
        if (isTriedAgain || !isSame(now, failed.place)) return now;
      }
    } finally {
      this.#waiting--;
    }
  }

  async #attempt(
    ctx: Context,
    { place, body }: { readonly place: CellPlace; readonly body: ForwardedBody },
  ): Promise<Attempt> {
    const { cells, identity, forwarder } = this.#deps;
    const { isSecure, audiences, upgradeHead, inside } = arrivalOf(ctx.req);
    const client = { cell: place.cell, peer: peerOf(ctx.req), isSecure, audiences: [...audiences], inside };
    const moved = new AbortController();
    const unwatch = cells.watch(() => {
      if (!isSame(cells.known(place.cell), place)) moved.abort();
    });
    try {
      return await forwarder.attempt({
        request: ctx.req,
        response: ctx.res,
        body,
        upgradeHead,
        address: place.address,
        mark: identity.markOf(ctx.req, client),
        moved: moved.signal,
      });
    } finally {
      unwatch();
    }
  }
}

function nextReading(cells: ClusterCells): Promise<void> {
  return new Promise((resolve) => {
    const unwatch = cells.watch(() => {
      unwatch();
      resolve();
    });
  });
}

function hasOwner({ owner, address }: CellPlace): boolean {
  return owner !== '' && address !== '';
}

/** A claim that its owner renewed is of the same owner. */
function isSame(now: CellPlace | undefined, before: CellPlace): boolean {
  return now?.owner === before.owner && now.address === before.address;
}

function unavailable(cell: string): WireError {
  return new WireError('UNAVAILABLE', {
    message: `No node that has the cell '${cell}' answers at present; nothing was changed.`,
    headers: RETRY_AFTER,
  });
}

function unknownCell(cell: string): WireError {
  return new WireError('UNAVAILABLE', {
    message: `The database has no cell '${cell}', or was not reached yet.`,
    headers: RETRY_AFTER,
  });
}

import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { type Clock, defined, ownId, type SessionId } from '../../engine/ports/index.ts';
import { AUDIENCES, type Audience, type PlatformCaller } from '../access/index.ts';
import { WireError } from '../errors/index.ts';

/** The header with the mark of a node, in a request that it forwards. */
export const NODE_MARK = 'x-orsay-node';
/** Time for which a mark counts, in ms. It also bounds how far the clocks of two nodes may differ. */
const MARK_MS = 300_000;

/** A client's connection to the node that forwards the client's request. */
export interface ForwardedClient {
  /** The cell that the request is for. */
  readonly cell: string;
  /** Address of the peer of the connection. */
  readonly peer: string;
  readonly isSecure: boolean;
  /** The audiences of the listener. */
  readonly audiences: readonly Audience[];
  /** The part of the other node, or its document, that sends the request; absent: a client does. */
  readonly inside?: PlatformCaller | undefined;
}

/** The parts of a request that a mark is for. */
type MarkedRequest = Pick<IncomingMessage, 'method' | 'url' | 'headers'>;

const claimsSchema = z.strictObject({
  node: z.string(),
  at: z.number(),
  cell: z.string(),
  peer: z.string(),
  isSecure: z.boolean(),
  audiences: z.array(z.enum(AUDIENCES)),
  inside: z
    .strictObject({
      kind: z.literal('platform'),
      name: z.string(),
      sessionId: z
        .string()
        .transform(ownId<SessionId>)
        .optional(),
    })
    .optional(),
});

/**
 * Marks the requests that a node forwards, and knows the marks of the other nodes of the same database.
 *
 * NI1. A mark is signed with the secret of the database (HMAC-SHA-256), for one method, target and Host, and
 *      counts for MARK_MS. So nobody else can make one, or use one for another request.
 * NI2. A request with a wrong mark is refused, because a client has no reason to send any.
 * NI3. A mark says how the client reached the other node, or that a document there sends the request. The
 *      guard of the owner checks the request as if that had happened at the owner.
 */
export class NodeIdentity {
  readonly #node: string;
  readonly #secret: string;
  readonly #clock: Clock;

  /** `secret`: of CellDirectory. `clock`: of the day. */
  constructor(deps: { readonly node: string; readonly secret: string; readonly clock: Clock }) {
    this.#node = deps.node;
    this.#secret = deps.secret;
    this.#clock = deps.clock;
  }

  /** The value of NODE_MARK for a request that this node forwards. */
  markOf(request: MarkedRequest, client: ForwardedClient): string {
    const claims: z.input<typeof claimsSchema> = {
      node: this.#node,
      at: this.#clock.now(),
      cell: client.cell,
      peer: client.peer,
      isSecure: client.isSecure,
      audiences: [...client.audiences],
      ...defined({ inside: client.inside }),
    };
    const content = Buffer.from(JSON.stringify(claims)).toString('base64url');
    return `${content}.${this.#signatureOf(content, request).toString('base64url')}`;
  }

  /** The client of a request that another node forwarded. Undefined: it has no mark. Throws FORBIDDEN. */
  clientOf(request: MarkedRequest): ForwardedClient | undefined {
    const mark = request.headers[NODE_MARK];
    if (mark === undefined) return undefined;
    const [content = '', signature = ''] = String(mark).split('.');
    const expected = this.#signatureOf(content, request);
    const got = Buffer.from(signature, 'base64url');
    if (got.length !== expected.length || !timingSafeEqual(got, expected)) throw notOfNode();
    const claims = claimsSchema.parse(JSON.parse(Buffer.from(content, 'base64url').toString()));
    if (Math.abs(this.#clock.now() - claims.at) > MARK_MS) {
      throw new WireError('FORBIDDEN', {
        message: `The mark in ${NODE_MARK} is older than MARK_MS (${MARK_MS / 1000} s). The clocks of the nodes may differ.`,
      });
    }
    const { cell, peer, isSecure, audiences, inside } = claims;
    return { cell, peer, isSecure, audiences, ...defined({ inside: inside && defined(inside) }) };
  }

  #signatureOf(content: string, { method, url, headers }: MarkedRequest): Buffer {
    return createHmac('sha256', this.#secret)
      .update(JSON.stringify([content, method, url, headers.host ?? '']))
      .digest();
  }
}

function notOfNode(): WireError {
  return new WireError('FORBIDDEN', {
    message: `Expected ${NODE_MARK} only from another node of the cluster, with its signature.`,
  });
}

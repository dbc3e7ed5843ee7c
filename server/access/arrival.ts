import type { IncomingMessage } from 'node:http';
import type { SessionId } from '../../engine/ports/index.ts';
import { AUDIENCES, type Audience } from './audiences.ts';
import type { PlatformCaller } from './caller.ts';

/** How a request reached the server. It is kept beside the request, where no client can write. */
export interface Arrival {
  /** The audiences whose routes exist for the request. */
  readonly audiences: ReadonlySet<Audience>;
  /** True when the connection is encrypted. */
  readonly isSecure: boolean;
  /** Set for a request for a WebSocket: the bytes that came after it. */
  readonly upgradeHead?: Buffer;
  /** Set for a request that the server sends to itself, without a socket. */
  readonly inside?: PlatformCaller;
  /** Set for a request that another node of the cluster forwarded: the client's connection there. */
  readonly forwarded?: {
    /** Address of the peer of that connection. */
    readonly peer: string;
    /** The cell that the request is for. */
    readonly cell: string;
  };
}

const EVERY_AUDIENCE: ReadonlySet<Audience> = new Set(AUDIENCES);
const ARRIVALS = new WeakMap<IncomingMessage, Arrival>();

/** The arrival of a request that nothing marked: no socket of a listener, and no caller inside. */
const UNMARKED: Arrival = { audiences: EVERY_AUDIENCE, isSecure: false };

/**
 * Marks a request that the server sends to itself. `sessionId`: the session whose document sends it;
 * undefined: a part of the server sends it.
 */
export function markInside(request: IncomingMessage, sessionId: SessionId | undefined): void {
  ARRIVALS.set(request, {
    audiences: EVERY_AUDIENCE,
    isSecure: true,
    inside:
      sessionId === undefined
        ? { kind: 'platform', name: 'server' }
        : { kind: 'platform', name: 'document', sessionId },
  });
}

/** Address of the peer from whom the cluster got a request; '' when it is gone. */
export function peerOf(request: IncomingMessage): string {
  return arrivalOf(request).forwarded?.peer ?? request.socket?.remoteAddress ?? '';
}

/** Marks a request of a listener. */
export function markArrival(request: IncomingMessage, arrival: Arrival): void {
  ARRIVALS.set(request, arrival);
}

export function arrivalOf(request: IncomingMessage): Arrival {
  return ARRIVALS.get(request) ?? UNMARKED;
}

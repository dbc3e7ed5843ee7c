import { type Json, type SessionId, textOf } from '../../engine/ports/index.ts';
import type { ServiceId } from '../ids/index.ts';
import type { ConnId } from './callIds.ts';
import { RoutingError } from './errors.ts';
import type { PriorityRule } from './priority.ts';

/** GMS option `_agent_reserve_timeout`. */
export const DEFAULT_RESERVE_TIMEOUT_MS = 30_000;
/** The last position of which a session can be told: a look at a queue passes this many calls of a lane. */
export const MAX_TELL_POSITION = 100;
/** Longest finite route delay: a month. */
export const MAX_ROUTE_DELAY_SECONDS = 30 * 86_400;

/** The request for a virtual interaction. */
export interface StartCall {
  /** Default: DEFAULT_TENANT. */
  readonly tenant?: string;
  /** Name of a strategy. Default: WaitForTarget. */
  readonly strategy?: string;
  /** GMS option `_target`: target string or JSON array. */
  readonly target: string;
  /** Virtual queue; absent: the queue of all calls that named none and wait for this target. */
  readonly vq?: string;
  /** URL of the session that is told when an agent is reserved. */
  readonly sessionUrl?: string;
  /** The session behind the URL, if it is ours: its redirect takes the reserved agent over. */
  readonly sessionId?: SessionId;
  readonly serviceId?: ServiceId;
  /** Default: 'chat'. */
  readonly media?: string;
  readonly priority?: Partial<PriorityRule>;
  /** ms for which an agent stays reserved. */
  readonly reserveTimeoutMs?: number;
  /** The session, if it is ours, gets queue.position.reached when the call comes to this position. */
  readonly tellPosition?: number;
  /** ms; null or absent: infinite, the call keeps its position until SetRouteDelay. */
  readonly routeDelayMs?: number | null;
  /** Other parameters of the request, kept with the call. */
  readonly data?: Readonly<Record<string, string>>;
  /** Idempotency key: the same key starts one call. */
  readonly key?: string;
}

export interface StartedCall {
  readonly connId: ConnId;
  /** The session will be told of this position. */
  readonly tellPosition?: number;
}

/**
 * DELAY of SetRouteDelay, in seconds; the result is in ms, null for infinite. 0: route now (urs-routing 1);
 * `infinite` or -1: hold again [inferred]. Throws RoutingError ROUTING_REQUEST_INVALID.
 */
export function readRouteDelay(params: Readonly<Record<string, Json>>): number | null {
  const given = params.DELAY;
  const text = textOf(given).trim().toLowerCase();
  if (text === '-1' || text === 'infinite') return null;
  const seconds = text === '' ? Number.NaN : Number(text);
  if (!(seconds >= 0 && seconds <= MAX_ROUTE_DELAY_SECONDS)) {
    throw new RoutingError(
      'ROUTING_REQUEST_INVALID',
      `Expected DELAY to be 0 to ${MAX_ROUTE_DELAY_SECONDS} seconds, or 'infinite', got ${given === undefined ? 'none' : `'${text}'`}.`,
    );
  }
  return seconds * 1000;
}

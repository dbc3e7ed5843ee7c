import type { Json } from '../../engine/ports/index.ts';
import { RoutingError } from './errors.ts';

/** Longest finite route delay: a month. */
export const MAX_ROUTE_DELAY_SECONDS = 30 * 86_400;

/**
 * DELAY of SetRouteDelay, seconds; ms or null for infinite. 0: route now (urs-routing 1); `infinite` or
 * -1: hold again [inferred].
 */
export function readRouteDelay(params: Readonly<Record<string, Json>>): number | null {
  const given = params.DELAY;
  const text = String(given ?? '')
    .trim()
    .toLowerCase();
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

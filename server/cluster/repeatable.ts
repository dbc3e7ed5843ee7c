import type { IncomingMessage } from 'node:http';
import type { ApiDescription, Operation } from '../openapi/index.ts';
import { RouteTable } from './routeTable.ts';

/**
 * Tells of requests whether a repetition has no second effect: by the nature of the route, or by the key of
 * the request at a route that takes one.
 */
export function repeatableRequests(
  apis: readonly ApiDescription[],
): (request: Pick<IncomingMessage, 'method' | 'url' | 'headers'>) => boolean {
  const routes = new RouteTable<Operation>(apis.flatMap(({ operations }) => Object.entries(operations)));
  return ({ method = '', url = '', headers }) => {
    const repeated = routes.find(method, url.split('?', 1)[0]!)?.repeated;
    if (repeated === undefined) return false;
    const hasKey = (headers['idempotency-key'] ?? '') !== '';
    return repeated === 'reads' || repeated.includes('nature') || hasKey;
  };
}

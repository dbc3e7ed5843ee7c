import type { Route } from '../access/index.ts';
import { callerOfRole, type Identity } from '../identity/index.ts';

/**
 * The routes that a user may use, as `GET /genesys/1/admin/sessions`. A route may still refuse a single
 * thing, for example the work of another agent.
 */
export function operationsOf(identity: Identity, routes: readonly Route[]): readonly string[] {
  return routes
    .filter(({ audience, method, path }) => {
      if (audience === 'everybody') return true;
      const request = { audience, method, path: examplePath(path, identity) };
      return callerOfRole(identity, request) !== undefined;
    })
    .map(({ method, path }) => `${method} ${path}`);
}

/** A path of the route. A supervisor may change one agent: their own. */
function examplePath(path: string, { user, agentId = user }: Identity): string {
  return path
    .replace(/^(\/agent\/1\/agents\/):\w+$/, `$1${encodeURIComponent(agentId)}`)
    .replace(/:\w+/g, 'x');
}

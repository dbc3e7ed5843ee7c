import { call } from '../../api/call.ts';
import type { OperationName } from '../../api/operationTypes.ts';

/** Named parts of the configuration that have the same shape. */
export interface PartKind {
  readonly key: 'users' | 'providers' | 'groups' | 'lists';
  readonly get: OperationName;
  readonly put: OperationName;
  readonly remove: OperationName;
  /** The name of the part in the paths of these routes. */
  readonly parameter: 'name' | 'group';
  /** Names, each with a short text. */
  readonly all: (signal: AbortSignal) => Promise<Readonly<Record<string, string>>>;
}

export const PART_KINDS: readonly PartKind[] = [
  {
    key: 'users',
    get: 'GET /genesys/1/admin/users/:name',
    put: 'PUT /genesys/1/admin/users/:name',
    remove: 'DELETE /genesys/1/admin/users/:name',
    parameter: 'name',
    async all(signal) {
      const users = await call('GET /genesys/1/admin/users', { signal });
      return shortened(users, ({ role, agentId }) => [role, agentId ?? ''].join(' '));
    },
  },
  {
    key: 'providers',
    get: 'GET /genesys/1/admin/push/providers/:name',
    put: 'PUT /genesys/1/admin/push/providers/:name',
    remove: 'DELETE /genesys/1/admin/push/providers/:name',
    parameter: 'name',
    all: async (signal) => shortened(await call('GET /genesys/1/admin/push/providers', { signal }), namesIn),
  },
  {
    key: 'groups',
    get: 'GET /genesys/1/admin/patterns/groups/:group',
    put: 'PUT /genesys/1/admin/patterns/groups/:group',
    remove: 'DELETE /genesys/1/admin/patterns/groups/:group',
    parameter: 'group',
    async all(signal) {
      const { groups = {} } = await call('GET /genesys/1/admin/patterns', { signal });
      return shortened(groups, namesIn);
    },
  },
  {
    key: 'lists',
    get: 'GET /genesys/1/admin/lists/:name',
    put: 'PUT /genesys/1/admin/lists/:name',
    remove: 'DELETE /genesys/1/admin/lists/:name',
    parameter: 'name',
    all: async (signal) => shortened(await call('GET /genesys/1/admin/lists', { signal }), namesIn),
  },
];

function namesIn(part: object): string {
  return Object.keys(part).join(', ');
}

function shortened<T>(
  parts: Readonly<Record<string, T>>,
  text: (part: T) => string,
): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, text(part)]));
}

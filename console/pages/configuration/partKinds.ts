import { call } from '../../api/call.ts';
import type { OperationName } from '../../api/operationTypes.ts';
import { desktopForm } from './desktopForm.ts';
import { listForm } from './listForm.ts';
import type { PartForm } from './partForm.ts';
import { patternForm } from './patternForm.ts';
import { providerForm, pushForm } from './pushForm.ts';
import { userForm } from './userForm.ts';

interface Kind {
  readonly get: OperationName;
  readonly put: OperationName;
  readonly form: () => PartForm;
}

/** Parts that have names and the same shape. */
export interface NamedKind extends Kind {
  readonly key: 'users' | 'providers' | 'groups' | 'lists';
  readonly remove: OperationName;
  /** The name of the part in the paths of these routes. */
  readonly parameter: 'name' | 'group';
  /** Names, each with a short text. */
  readonly all: (signal: AbortSignal) => Promise<Readonly<Record<string, string>>>;
}

/** A part of which there is one. */
export interface SingleKind extends Kind {
  readonly key: 'push' | 'list' | 'desktop';
}

export type PartKind = NamedKind | SingleKind;

export const PART_KINDS: readonly PartKind[] = [
  {
    key: 'users',
    get: 'GET /genesys/1/admin/users/:name',
    put: 'PUT /genesys/1/admin/users/:name',
    remove: 'DELETE /genesys/1/admin/users/:name',
    parameter: 'name',
    form: userForm,
    async all(signal) {
      const users = await call('GET /genesys/1/admin/users', { signal });
      return shortened(users, ({ role, agentId }) => [role, agentId ?? ''].join(' '));
    },
  },
  {
    key: 'desktop',
    get: 'GET /genesys/1/admin/desktop',
    put: 'PUT /genesys/1/admin/desktop',
    form: desktopForm,
  },
  { key: 'push', get: 'GET /genesys/1/admin/push', put: 'PUT /genesys/1/admin/push', form: pushForm },
  {
    key: 'providers',
    get: 'GET /genesys/1/admin/push/providers/:name',
    put: 'PUT /genesys/1/admin/push/providers/:name',
    remove: 'DELETE /genesys/1/admin/push/providers/:name',
    parameter: 'name',
    form: providerForm,
    all: async (signal) => shortened(await call('GET /genesys/1/admin/push/providers', { signal }), namesIn),
  },
  {
    key: 'list',
    get: 'GET /genesys/1/admin/patterns/list',
    put: 'PUT /genesys/1/admin/patterns/list',
    form: patternForm,
  },
  {
    key: 'groups',
    get: 'GET /genesys/1/admin/patterns/groups/:group',
    put: 'PUT /genesys/1/admin/patterns/groups/:group',
    remove: 'DELETE /genesys/1/admin/patterns/groups/:group',
    parameter: 'group',
    form: patternForm,
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
    form: listForm,
    all: async (signal) => shortened(await call('GET /genesys/1/admin/lists', { signal }), namesIn),
  },
];

export function isNamed(kind: PartKind): kind is NamedKind {
  return 'parameter' in kind;
}

function namesIn(part: object): string {
  return Object.keys(part).join(', ');
}

function shortened<T>(
  parts: Readonly<Record<string, T>>,
  text: (part: T) => string,
): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, text(part)]));
}

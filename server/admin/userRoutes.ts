import type Router from '@koa/router';
import type { Context } from 'koa';
import { defined, type Json } from '../../engine/ports/index.ts';
import { actorOf } from '../access/index.ts';
import { WireError } from '../errors/index.ts';
import { replyJson } from '../middleware/index.ts';
import { detailsOfChange } from './changeDetails.ts';
import {
  conditionsOf,
  type LiveConfiguration,
  type PartChange,
  readObject,
  replyPart,
} from './configurationRoutes.ts';
import { partRefused, requireName } from './invalidParameter.ts';

/** Characters of a password that is set over HTTP. */
export const MIN_PASSWORD_CHARS = 8;
export const MAX_PASSWORD_CHARS = 1_024;

const URL = '/genesys/1/admin/users';

type Fields = { readonly [name: string]: Json };

/** Users of the configuration file. A body sets a password; no reply has its hash. */
export function registerUserRoutes(
  router: Router,
  {
    configuration,
    hashPassword,
  }: {
    readonly configuration: LiveConfiguration;
    readonly hashPassword: (password: string) => Promise<string>;
  },
): void {
  router.get(URL, async (ctx) => {
    const { value, etag } = await configuration.read(['users']);
    const users = Object.entries((value ?? {}) as Fields).map(([name, user]) => [name, viewOf(user)]);
    replyPart(ctx, { value: Object.fromEntries(users) as Json, etag }, '{}');
  });

  router.get(`${URL}/:name`, async (ctx) => {
    const { name } = ctx.params as { name: string };
    const { value, etag } = await configuration.read(['users', name]);
    replyPart(ctx, { value: viewOf(value), etag }, noUser(name));
  });

  router.put(`${URL}/:name`, async (ctx) => {
    const { name } = ctx.params as { name: string };
    requireName(name);
    const { password, ...fields } = readObject(ctx, 'a user, such as {"role":"viewer","password":"..."}');
    if (fields.passwordHash !== undefined) {
      throw partRefused([{ field: 'passwordHash', message: 'expected the field password instead' }]);
    }
    const given = password === undefined ? undefined : await hashPassword(readPassword(password));
    const { value, etag } = await configuration.change({
      ...conditionsOf(ctx),
      path: ['users', name],
      edit(present) {
        const passwordHash = given ?? (present as Fields | undefined)?.passwordHash;
        if (passwordHash !== undefined) return { ...fields, passwordHash };
        throw partRefused([{ field: 'password', message: 'expected a password for a new user, got none' }]);
      },
      record: recordOf(ctx, name),
    });
    replyPart(ctx, { value: viewOf(value), etag }, noUser(name));
  });

  router.delete(`${URL}/:name`, async (ctx) => {
    const { name } = ctx.params as { name: string };
    await configuration.change({
      ...conditionsOf(ctx),
      path: ['users', name],
      edit(present) {
        if (present === undefined) throw noUser(name);
        return undefined;
      },
      record: recordOf(ctx, name),
    });
    replyJson(ctx, {});
  });
}

/** The password itself is in no message. */
function readPassword(password: Json): string {
  const refused = (got: string): WireError =>
    partRefused([
      {
        field: 'password',
        message: `expected ${MIN_PASSWORD_CHARS} (MIN_PASSWORD_CHARS) to ${MAX_PASSWORD_CHARS} (MAX_PASSWORD_CHARS) characters, and no control characters, got ${got}`,
      },
    ]);
  if (typeof password !== 'string') throw refused('no text');
  if (password.length < MIN_PASSWORD_CHARS || password.length > MAX_PASSWORD_CHARS) {
    throw refused(`${password.length} characters`);
  }
  if (/\p{Cc}/u.test(password)) throw refused('a control character');
  return password;
}

function recordOf(ctx: Context, name: string): PartChange['record'] {
  return (before, after) => {
    const isNewPassword =
      after !== undefined && (before as Fields | undefined)?.passwordHash !== (after as Fields).passwordHash;
    return {
      ...actorOf(ctx),
      action: after === undefined ? 'user.removed' : 'user.changed',
      object: `user:${name}`,
      details: {
        ...detailsOfChange(viewOf(before), viewOf(after)),
        ...defined({ password: isNewPassword ? 'set' : undefined }),
      },
    };
  };
}

function viewOf(user: Json | undefined): Json | undefined {
  if (typeof user !== 'object' || user === null) return undefined;
  const { passwordHash: _, ...view } = user as Fields;
  return view;
}

function noUser(name: string): WireError {
  return new WireError('NOT_FOUND', { message: `No user '${name}' is configured.` });
}

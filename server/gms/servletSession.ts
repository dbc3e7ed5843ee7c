import type { Context, Middleware } from 'koa';
import { type Ids, prefixOfId } from '../../engine/ports/index.ts';
import { arrivalOf, type Cookies } from '../access/index.ts';

const NAME = 'JSESSIONID';

/**
 * The cookie with which load balancers keep a client on one node, as GMS sets it with replies about services.
 * Nothing is kept for it here. A client that has one of this node gets no other.
 */
export function servletSession(deps: {
  readonly cookies: Cookies;
  readonly ids: Pick<Ids, 'hex' | 'prefix'>;
  /** The end of the value. */
  readonly node: string;
}): Middleware {
  return async (ctx, next) => {
    await next();
    if (arrivalOf(ctx.req).inside !== undefined || hasOwn(ctx, deps)) return;
    const value = `${deps.ids.prefix}${deps.ids.hex(32)}.${deps.node}`;
    ctx.append('Set-Cookie', deps.cookies.header(ctx.req, NAME, value, '/genesys'));
  };
}

function hasOwn(
  ctx: Context,
  { ids, node }: { readonly ids: Pick<Ids, 'prefix'>; readonly node: string },
): boolean {
  const value = ctx.cookies.get(NAME);
  return value?.endsWith(`.${node}`) === true && prefixOfId(value) === ids.prefix;
}

import { fileURLToPath } from 'node:url';
import type { Context } from 'koa';
import { type Clock, defined } from '../../engine/ports/index.ts';
import { arrivalOf, type Cookies, type Guard, type Routers, tableOf } from '../access/index.ts';
import { WireError } from '../errors/index.ts';
import { BROWSER_COOKIE, type BrowserLogins, type Identities, type Identity } from '../identity/index.ts';
import { replyJson } from '../middleware/index.ts';
import { type BuiltFile, BuiltFiles } from './builtFiles.ts';
import { NOT_BUILT_PAGE } from './notBuiltPage.ts';
import { operationsOf } from './operations.ts';
import { replyBuilt } from './replyBuilt.ts';
import { registerWidgetRoute } from './widgetRoute.ts';

export interface ConsoleRouteDeps {
  readonly guard: Pick<Guard, 'requestOf' | 'requireOwnPage'>;
  readonly identities: Pick<Identities, 'hasUsers' | 'takesTokens' | 'login' | 'browserUser'>;
  readonly browserLogins: Pick<BrowserLogins, 'open' | 'close'>;
  readonly cookies: Cookies;
  readonly clock: Clock;
  /** Version of the package. */
  readonly version: string;
}

/** Only files of this server run and are shown, and they reach only this server. */
const POLICY = [
  "default-src 'self'",
  "img-src 'self' data: blob:",
  "object-src 'none'",
  "base-uri 'self'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');
const YEAR_SECONDS = 31_536_000;
const isSource = import.meta.url.endsWith('.ts');
/** The build writes into dist/, where this file is in server/console/ as well. */
const FOLDER = fileURLToPath(new URL(isSource ? '../../dist/console/' : '../../console/', import.meta.url));

/**
 * The web pages of the product, and the login of their browsers. The pages have no secrets, so they need no
 * credentials; everything that they show comes from the routes of the other audiences. They exist on
 * listeners of administrators and agents.
 */
export function registerConsoleRoutes(routers: Routers, deps: ConsoleRouteDeps): void {
  const { everybody } = routers;
  const files = new BuiltFiles(FOLDER);
  const { guard, identities, browserLogins, cookies } = deps;

  const replyLogin = (ctx: Context, identity: Identity | undefined): void => {
    const { hasUsers, takesTokens } = identities;
    const known: Identity | undefined = hasUsers ? identity : { user: '', role: 'administrator' };
    replyJson(ctx, {
      version: deps.version,
      hasUsers,
      takesTokens,
      ...defined({
        user: identity?.user,
        role: known?.role,
        agentId: identity?.agentId,
        until: identity?.validUntil && new Date(identity.validUntil).toISOString(),
      }),
      operations: known === undefined ? [] : operationsOf(known, tableOf(routers)),
    });
  };

  registerWidgetRoute(routers, files);

  everybody.get('/', (ctx) => {
    requireListener(ctx);
    ctx.redirect('console/');
  });

  everybody.get('/console/login', (ctx) => {
    requireListener(ctx);
    replyLogin(ctx, identities.browserUser(guard.requestOf(ctx, 'administrator')));
  });

  everybody.post('/console/login', async (ctx) => {
    requireListener(ctx);
    guard.requireOwnPage(ctx);
    const identity = await identities.login(guard.requestOf(ctx, 'administrator'));
    const { cookie, until } = await browserLogins.open(identity);
    const seconds = Math.max(1, Math.floor((until - deps.clock.now()) / 1000));
    ctx.set('Set-Cookie', cookies.strictHeader(ctx.req, { name: BROWSER_COOKIE, value: cookie, seconds }));
    replyLogin(ctx, { ...identity, validUntil: until });
  });

  everybody.delete('/console/login', async (ctx) => {
    requireListener(ctx);
    guard.requireOwnPage(ctx);
    await browserLogins.close(ctx.headers.cookie);
    ctx.set('Set-Cookie', cookies.strictHeader(ctx.req, { name: BROWSER_COOKIE, value: '', seconds: 0 }));
    replyLogin(ctx, undefined);
  });

  everybody.get('/console{/*path}', (ctx) => {
    requireListener(ctx);
    const { path = '' } = ctx.params as { readonly path?: string };
    if (ctx.path === '/console') ctx.redirect('console/');
    else if (path.startsWith('assets/')) replyAsset(ctx, files.asset(path));
    else if (path.startsWith('docs/')) replyGuide(ctx, files.page(path));
    else replyPage(ctx, files.page('index.html'));
  });
}

/** Other listeners may be reached by anybody. */
function requireListener(ctx: Context): void {
  const { audiences } = arrivalOf(ctx.req);
  if (audiences.has('administrator') || audiences.has('agent')) return;
  throw nothingAt(ctx);
}

function nothingAt(ctx: Context): WireError {
  return new WireError('NOT_FOUND', { message: `There is nothing at '${ctx.path}'.` });
}

function replyAsset(ctx: Context, file: BuiltFile | undefined): void {
  if (file === undefined) throw nothingAt(ctx);
  replyBuilt(ctx, file, `public, max-age=${YEAR_SECONDS}, immutable`);
}

/** The documentation, which needs no script. */
function replyGuide(ctx: Context, file: BuiltFile | undefined): void {
  if (file === undefined) throw nothingAt(ctx);
  ctx.set('Content-Security-Policy', POLICY);
  replyBuilt(ctx, file, 'no-cache');
}

function replyPage(ctx: Context, file: BuiltFile | undefined): void {
  ctx.set('Content-Security-Policy', POLICY);
  ctx.set('Content-Type', 'text/html;charset=UTF-8');
  if (file === undefined) {
    ctx.status = 503;
    ctx.body = NOT_BUILT_PAGE;
    return;
  }
  // Relative, because a gateway in front may take a part of the path away.
  const depth = ctx.path.split('/').length - '/console/'.split('/').length;
  const base = depth === 0 ? './' : '../'.repeat(depth);
  ctx.body = file.bytes.toString('utf8').replace('<base href="./"', `<base href="${base}"`);
}

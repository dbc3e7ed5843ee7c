import type { Context } from 'koa';
import { AUDIENCES, type Audience, arrivalOf, type Guard, type Routers, tableOf } from '../access/index.ts';
import { WireError } from '../errors/index.ts';
import { Documents } from './documents.ts';
import { type ExplorerFile, explorerFile } from './explorerFiles.ts';
import type { ApiDescription } from './operation.ts';

export interface OpenApiRouteDeps {
  readonly guard: Pick<Guard, 'audiencesOf'>;
  readonly apis: readonly ApiDescription[];
  /** Version of the package. */
  readonly version: string;
  readonly baseUrl: () => string;
}

/** Only these run and are shown, and they reach only this server. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/**
 * The OpenAPI document, and a page that shows it. The document has the routes that its reader may use: those
 * of the listener, less the audiences whose credentials the request does not have. So the routes are for
 * everybody, and ask the guard themselves.
 */
export function registerOpenApiRoutes(routers: Routers, deps: OpenApiRouteDeps): void {
  const { everybody } = routers;
  const texts = new Map<string, string>();
  let documents: Documents | undefined;

  // Made at the first request: then all routes are there, and the URL of the server is known.
  const textFor = (audiences: ReadonlySet<Audience>): string => {
    const key = AUDIENCES.filter((audience) => audiences.has(audience)).join(' ');
    documents ??= new Documents({ ...deps, routes: tableOf(routers), baseUrl: deps.baseUrl() });
    const text = texts.get(key) ?? JSON.stringify(documents.for(audiences));
    texts.set(key, text);
    return text;
  };

  everybody.get('/openapi.json', async (ctx) => {
    const audiences = await deps.guard.audiencesOf(ctx);
    ctx.set('Content-Type', 'application/json;charset=UTF-8');
    ctx.body = textFor(audiences);
  });

  everybody.get('/api', (ctx) => {
    // The page names its files relative to /api.
    if (ctx.path.endsWith('/')) ctx.redirect('../api');
    else showFile(ctx, 'explorer.html');
  });
  everybody.get('/api/:file', (ctx) => showFile(ctx, (ctx.params as { file: string }).file));
}

/** The page is only where operators are: other listeners may be reached by anybody. */
function showFile(ctx: Context, name: string): void {
  const isShown = arrivalOf(ctx.req).audiences.has('administrator');
  const file: ExplorerFile | undefined = isShown ? explorerFile(name) : undefined;
  if (file === undefined) {
    throw new WireError('NOT_FOUND', { message: `There is nothing at '${ctx.path}'.` });
  }
  ctx.set('Content-Type', file.type);
  ctx.set('Content-Security-Policy', POLICY);
  ctx.body = file.text;
}

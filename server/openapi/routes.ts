import { AUDIENCES, type Audience, type Guard, type Routers, tableOf } from '../access/index.ts';
import { Documents } from './documents.ts';
import type { ApiDescription } from './operation.ts';

export interface OpenApiRouteDeps {
  readonly guard: Pick<Guard, 'audiencesOf'>;
  readonly apis: readonly ApiDescription[];
  /** Version of the package. */
  readonly version: string;
  readonly baseUrl: () => string;
}

/**
 * The OpenAPI document. It has the routes that its reader may use: those
 * of the listener, less the audiences whose credentials the request does not have. So the route is for
 * everybody, and asks the guard itself.
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
}

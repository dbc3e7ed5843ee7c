import type { Middleware } from 'koa';
import { WireError } from '../errors/index.ts';

/**
 * Refuses a list as the JSON of a request: a list has no fields, so the request would change nothing. For
 * all paths but those of `takesLists`, whose routes pass any JSON on. After parseBody.
 */
export function refuseLists(takesLists: (path: string) => boolean): Middleware {
  return (ctx, next) => {
    const { json } = ctx.state;
    if (!Array.isArray(json) || takesLists(ctx.path)) return next();
    throw new WireError('BODY_MALFORMED', {
      message: `Expected a JSON object in the body, got the list ${JSON.stringify(json).slice(0, 80)}.`,
    });
  };
}

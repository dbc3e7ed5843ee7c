import type Router from '@koa/router';
import type { Context } from 'koa';
import type { Patterns } from '../../strategies/patterns/index.ts';
import { WireError } from '../errors/index.ts';
import { replyJson } from '../middleware/index.ts';

/** Pattern Matcher API: which parameters match a pattern of the configuration. */
export function registerPatternRoutes(
  router: Router,
  {
    patterns,
    optionsOf,
  }: {
    readonly patterns: Patterns;
    /** Options of a configured service. */
    readonly optionsOf: (service: string) => Readonly<Record<string, string>> | undefined;
  },
): void {
  router.post('/genesys/1/patterns', async (ctx) => {
    replyJson(ctx, await patterns.match(parametersOf(ctx)));
  });

  // The group may also be the name of a service, whose exceptions are then meant.
  router.post('/genesys/1/patterns/group/:group', async (ctx) => {
    const { group } = ctx.params as { group: string };
    const options = patterns.hasGroup(group) ? undefined : optionsOf(group);
    const exceptions = options?._exceptions?.trim();
    if (options !== undefined && !exceptions) {
      throw new WireError('EXCEPTIONS_UNSUPPORTED', {
        message: `Service (${group}) not configured to support exceptions.`,
      });
    }
    replyJson(ctx, await patterns.match(parametersOf(ctx), exceptions || group));
  });
}

function parametersOf(ctx: Context): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(ctx.state.form).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  );
}
